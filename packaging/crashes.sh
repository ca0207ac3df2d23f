#!/usr/bin/env bash
# What `make crashes` does: kills the engine and the daemon again and again while a recording is dictated, and counts the words that are
# lost (tests/tests/crashes.rs says how). About four minutes.
#
#   packaging/crashes.sh [COUNT]     how often, 50 if left out; HOB_CRASH_SEED repeats an earlier run
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target/release/hob models pull starter
HOB_CRASHES=${1:-50} cargo test --release --locked --package hob-tests --test crashes -- --nocapture
