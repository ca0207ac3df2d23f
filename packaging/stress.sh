#!/usr/bin/env bash
# What `make stress` does: many clients ask the real text engine at once and leave at random moments; is anything lost, left over or
# mixed up? (tests/tests/stress/ says how.) Prints what became of the requests, and memory, file descriptors and threads before and after.
#
#   packaging/stress.sh [CLIENTS] [SECONDS]     100 for 120 s if left out; HOB_STRESS_SEED repeats an earlier run
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target/release/hob models pull starter
HOB_STRESS_CLIENTS=${1:-100} HOB_STRESS_SECONDS=${2:-120} \
    cargo test --release --locked --package hob-tests --test stress -- --nocapture
