#!/usr/bin/env bash
# What `make eval` does: runs `hob bench actions` against a daemon of its own, in private folders. Builds nothing.
#
#   packaging/bench-actions.sh MODEL [OPTION OF hob bench actions ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

main() {
    local model=$1
    shift
    [[ -x target/release/hobd ]] || fail "hobd is not built" "make build"
    PATH=$PWD/target/release:$PATH
    hob models pull "$model"

    PRIVATE=$(mktemp -d "${TMPDIR:-/tmp}/hob-eval.XXXXXX")
    DAEMON=""
    trap leave EXIT
    export XDG_RUNTIME_DIR=$PRIVATE XDG_CONFIG_HOME=$PRIVATE/config XDG_STATE_HOME=$PRIVATE/state HOB_SOCKET=$PRIVATE/hob.sock
    unset DBUS_SESSION_BUS_ADDRESS HOB_CONFIG HOB_ENGINES NOTIFY_SOCKET LISTEN_FDS LISTEN_PID
    hobd 2>"$PRIVATE/hobd.log" &
    DAEMON=$!
    hob status --wait 10 >/dev/null
    hob models load "$model"
    hob bench actions "$@"
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
    echo "eval: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main "$@"
