#!/usr/bin/env bash
# What `make microphone` does: speaks 20 recordings of a folder (16 kHz mono WAV, lower-case `.wav`) into a microphone of a private sound
# server, and compares the first and the last word of each dictation with those of the same recording played from its file
# (tests/tests/virtual_microphone.rs says how). Five minutes with recordings of five seconds.
#
#   packaging/microphone.sh FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ! -d ${1:-} ]]; then
    echo "microphone: ${1:-DIR} is no folder" >&2
    echo "hint: make microphone DIR=FOLDER, with recordings as 16 kHz mono WAV" >&2
    exit 2
fi
target/release/hob models pull starter
HOB_RECORDINGS=$(realpath "$1") cargo test --release --locked --package hob-tests --test virtual_microphone -- --nocapture
