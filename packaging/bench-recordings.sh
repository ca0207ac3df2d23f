#!/usr/bin/env bash
# What `make bench-dictation` and `make wer` do: runs `hob bench` over a folder of recordings (`man hob` says what it must hold) against a
# daemon of its own, in private folders. Builds nothing. Leave the machine alone meanwhile.
#
#   packaging/bench-recordings.sh dictation|transcription FOLDER MODEL RIVAL [OPTION OF hob bench ...]
#
# RIVAL is none, auto (faster-whisper with the same model) or a folder with a model for it; packaging/rival.sh gets what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PROGRAM=bench
source packaging/private-daemon.sh

main() {
    local what=$1 folder=$2 model=$3 rival=$4
    shift 4
    [[ -d $folder ]] || fail "${folder:-DIR} is no folder" "make bench-dictation DIR=FOLDER, with recordings and their transcripts"
    case $rival in
        none) ;;
        auto) set -- --rival "$(packaging/rival.sh "$model")" "$@" ;;
        *) set -- --rival "$(packaging/rival.sh "$rival")" "$@" ;;
    esac
    start_daemon "$model"
    hob bench "$what" "$folder" "$@"
}

main "$@"
