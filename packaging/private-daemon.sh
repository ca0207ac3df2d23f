# Sourced by the scripts that measure: a daemon of their own, in private folders, which ends with the script. Builds nothing.
#
#   PROGRAM=bench                 how the script calls itself in its complaints
#   start_daemon MODEL            starts a built hobd, fetches the model and loads it; `hob` then talks to it
#   fail PROBLEM HINT             ends the script
# shellcheck shell=bash

start_daemon() {
    local model=$1
    [[ -x target/release/hobd ]] || fail "hobd is not built" "make build"
    PATH=$PWD/target/release:$PATH
    hob models pull "$model"

    PRIVATE=$(mktemp -d "${TMPDIR:-/tmp}/hob-$PROGRAM.XXXXXX")
    DAEMON=""
    trap leave EXIT
    export XDG_RUNTIME_DIR=$PRIVATE XDG_CONFIG_HOME=$PRIVATE/config XDG_STATE_HOME=$PRIVATE/state XDG_CACHE_HOME=$PRIVATE/cache HOB_SOCKET=$PRIVATE/hob.sock
    unset DBUS_SESSION_BUS_ADDRESS HOB_CONFIG HOB_ENGINES NOTIFY_SOCKET LISTEN_FDS LISTEN_PID
    hobd 2>"$PRIVATE/hobd.log" &
    DAEMON=$!
    hob status --wait 10 >/dev/null
    hob models load "$model"
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
    echo "$PROGRAM: $1" >&2
    echo "hint: $2" >&2
    exit 1
}
