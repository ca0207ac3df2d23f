#!/usr/bin/env bash
# What `make bench-dictation` and `make wer` do: runs `hob bench` over a folder of recordings (`man hob` says what it must hold) against a
# daemon of its own, in private folders. Builds nothing. Leave the machine alone meanwhile.
#
#   packaging/bench-recordings.sh dictation|transcription FOLDER MODEL RIVAL [OPTION OF hob bench ...]
#
# RIVAL is none, auto (faster-whisper with the same model) or a folder with a model for it; packaging/rival.sh gets what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

main() {
    local what=$1 folder=$2 model=$3 rival=$4
    shift 4
    [[ -d $folder ]] || fail "${folder:-DIR} is no folder" "make bench-dictation DIR=FOLDER, with recordings and their transcripts"
    [[ -x target/release/hobd ]] || fail "hobd is not built" "make build"
    PATH=$PWD/target/release:$PATH
    hob models pull "$model"
    case $rival in
        none) ;;
        auto) set -- --rival "$(packaging/rival.sh "$model")" "$@" ;;
        *) set -- --rival "$(packaging/rival.sh "$rival")" "$@" ;;
    esac

    PRIVATE=$(mktemp -d "${TMPDIR:-/tmp}/hob-bench.XXXXXX")
    DAEMON=""
    trap leave EXIT
    export XDG_RUNTIME_DIR=$PRIVATE XDG_CONFIG_HOME=$PRIVATE/config XDG_STATE_HOME=$PRIVATE/state HOB_SOCKET=$PRIVATE/hob.sock
    unset DBUS_SESSION_BUS_ADDRESS HOB_CONFIG HOB_ENGINES NOTIFY_SOCKET LISTEN_FDS LISTEN_PID
    hobd 2>"$PRIVATE/hobd.log" &
    DAEMON=$!
    hob status --wait 10 >/dev/null
    hob models load "$model"
    hob bench "$what" "$folder" "$@"
}

leave() {
    local code=$?
    if [[ -n $DAEMON ]]; then
        kill "$DAEMON" 2>/dev/null || true
        wait "$DAEMON" || true
    fi
    rm -rf "$PRIVATE"
    exit "$code"
}

fail() {
    echo "bench: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main "$@"
