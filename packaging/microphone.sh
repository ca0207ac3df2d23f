#!/usr/bin/env bash
# What `make microphone` does: speaks 20 English recordings of a folder (16 kHz mono WAV, lower-case `.wav`) into a microphone of a
# private sound server, and compares the first and the last word of each dictation with those of the same recording played from its
# file (tests/tests/virtual_microphone.rs says how). Five minutes with recordings of five seconds.
#
#   packaging/microphone.sh FOLDER [pulseaudio|pipewire]     pipewire wants pipewire, wireplumber and pipewire-pulse installed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

main() {
    local folder=${1:-} server=${2:-pulseaudio}
    [[ -d $folder ]] || fail "${folder:-DIR} is no folder" "make microphone DIR=FOLDER, with English recordings as 16 kHz mono WAV"
    folder=$(realpath "$folder")
    target/release/hob models pull starter
    [[ $server != pipewire ]] || start_pipewire
    HOB_RECORDINGS=$folder cargo test --release --locked --package hob-tests --test virtual_microphone -- --nocapture
}

# With folders and a session bus of its own; the machine's own is not touched.
start_pipewire() {
    local program
    for program in pipewire wireplumber pipewire-pulse pactl dbus-daemon; do
        command -v "$program" >/dev/null || fail "there is no $program" "install PipeWire with its PulseAudio server, but not pipewire-alsa"
    done
    PRIVATE=$(mktemp -d "${TMPDIR:-/tmp}/hob-microphone.XXXXXX")
    trap leave EXIT
    (
        export XDG_RUNTIME_DIR=$PRIVATE XDG_CONFIG_HOME=$PRIVATE/config XDG_STATE_HOME=$PRIVATE/state XDG_CACHE_HOME=$PRIVATE/cache
        export DBUS_SESSION_BUS_ADDRESS=unix:path=$PRIVATE/bus
        unset PULSE_SERVER DISPLAY WAYLAND_DISPLAY
        dbus-daemon --session --nofork --nopidfile --address="$DBUS_SESSION_BUS_ADDRESS" >"$PRIVATE/log" 2>&1 &
        echo $! >>"$PRIVATE/pids"
        await test -S "$PRIVATE/bus"
        for program in pipewire wireplumber pipewire-pulse; do
            "$program" >>"$PRIVATE/log" 2>&1 &
            echo $! >>"$PRIVATE/pids"
            await test -S "$PRIVATE/pipewire-0"
        done
        await pactl --server="unix:$PRIVATE/pulse/native" info
    )
    export HOB_PULSE_SERVER=unix:$PRIVATE/pulse/native
}

# Neither of the programs says when it is ready.
await() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    fail "PipeWire does not start: $*" "see $PRIVATE/log"
}

leave() {
    local code=$?
    xargs --no-run-if-empty kill <"$PRIVATE/pids" 2>/dev/null || true
    rm -rf "$PRIVATE"
    exit "$code"
}

fail() {
    echo "microphone: $1" >&2
    echo "hint: $2" >&2
    exit 2
}

main "$@"
