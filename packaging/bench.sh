#!/usr/bin/env bash
# What `make bench` does: measures a released hobd with real engines (tests/benches/resident says what). It takes about three minutes;
# leave the machine alone meanwhile.
#
#   packaging/bench.sh [SECONDS]     how long to watch idle processes, 60 if left out
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ! -x target/release/hobd || ! -x target/engines/native/hob-speech ]]; then
    echo "bench: hob is not built" >&2
    echo "hint: make build" >&2
    exit 1
fi
target/release/hob models pull starter
cargo bench --quiet --locked --package hob-tests --bench resident -- "${1:-60}"
