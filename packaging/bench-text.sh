#!/usr/bin/env bash
# What `make bench-text` does: runs `hob bench text` against a daemon of its own, in private folders, beside llama-server with the same file
# of weights and as many threads. Builds no hob. Leave the machine alone meanwhile.
#
#   packaging/bench-text.sh MODEL RIVAL [OPTION OF hob bench text ...]
#
# RIVAL is none, auto (packaging/llama-server.sh gets and builds it, which takes a quarter of an hour) or a built llama-server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PROGRAM=bench
source packaging/private-daemon.sh

main() {
    local model=$1 rival=$2 weights
    shift 2
    case $rival in
        none) ;;
        auto) rival=$(packaging/llama-server.sh) ;;
        *) [[ -x $rival ]] || fail "$rival cannot be run" "RIVAL=PATH of a built llama-server, or RIVAL=none" ;;
    esac
    start_daemon "$model"
    if [[ $rival != none ]]; then
        weights=$(hob models path "$model")
        set -- --rival "$(printf '%q ' "$rival" --model "$weights" --threads "$(nproc)" --ctx-size 4096 --no-webui)" "$@"
    fi
    hob bench text --model "$model" "$@"
}

main "$@"
