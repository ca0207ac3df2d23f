#!/usr/bin/env bash
# What `make test-desktop` does: starts desktops of its own, speaks, presses keys, and reads what applications then hold
# (tests/tests/desktop/main.rs says more), and counts how often a hobd wakes up that nobody wants anything of. Screenshots are left in
# target/desktop/.
#
#   packaging/test-desktop.sh [COUNT]     how many dictations into each application, 20 if left out
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packaging/deps.sh --desktop
target/release/hob models pull starter
HOB_DESKTOP_COUNT=${1:-20} cargo test --release --locked --package hob-tests --test desktop -- --nocapture --test-threads 1 --include-ignored
