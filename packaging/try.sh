#!/usr/bin/env bash
# What `make try` does: hob's main job, once, on real speech and real text with real models. The daemon runs in a private runtime folder
# with a configuration and a journal of its own, so that an installed hob is not disturbed; models go where hob keeps them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly RECORDING=target/try/quick_brown_fox.wav
readonly EXPECTED="quick brown fox"
readonly MISTAKES="the meeting are on monday at 10, please bring you're laptop"

main() {
    step 1 "look for what is missing on this machine"
    packaging/deps.sh
    step 2 "build (about 10 minutes the first time on two cores, seconds afterwards)"
    packaging/build.sh
    PATH=$PWD/target/release:$PATH

    PRIVATE=$(mktemp -d "${TMPDIR:-/tmp}/hob-try.XXXXXX")
    DAEMON=""
    trap leave EXIT
    # mktemp's folder is 0700, which the socket's folder must be.
    export XDG_RUNTIME_DIR=$PRIVATE XDG_CONFIG_HOME=$PRIVATE/config XDG_STATE_HOME=$PRIVATE/state XDG_CACHE_HOME=$PRIVATE/cache HOB_SOCKET=$PRIVATE/hob.sock
    unset DBUS_SESSION_BUS_ADDRESS HOB_CONFIG HOB_ENGINES NOTIFY_SOCKET LISTEN_FDS LISTEN_PID

    step 3 "fetch the starter models (about 175 MB the first time) and a recording of one sentence"
    hob models pull starter
    packaging/fetch.sh pytest-audioeval==0.1.3 pytest_audioeval/samples/audio/en/quick_brown_fox.wav \
        adc24a9b99267932370842f0d5be866dc2cd09e65af9762469c198493e36870b "$RECORDING"

    step 4 "start the daemon"
    hobd 2>"$PRIVATE/hobd.log" &
    DAEMON=$!
    hob status --wait 10

    step 5 "transcribe the recording"
    hob transcribe "$RECORDING" | tee "$PRIVATE/transcribed"
    expect_sentence "$PRIVATE/transcribed"

    step 6 "dictate it: the recording is fed at the speed of speech, as a microphone would, and the text appears meanwhile"
    # A terminal shows the text as it grows on one line; anything else gets every state of it, one JSON object a line.
    if [[ -t 1 ]]; then
        hob dictate --file "$RECORDING"
    else
        hob dictate --file "$RECORDING" --json | tee "$PRIVATE/dictated"
        expect_sentence "$PRIVATE/dictated"
    fi

    step 7 "correct a text: \"$MISTAKES\""
    hob run fix --stream "$MISTAKES" | tee "$PRIVATE/fixed"
    [[ -s $PRIVATE/fixed ]] || fail "the text action answered nothing" "the end of the daemon's log is printed below"

    step 8 "what is loaded now"
    hob status

    step 9 "stop the daemon"
    stop_daemon || fail "the daemon did not end cleanly" "the end of the daemon's log is printed below"

    cat <<'END'

It works. Next:
  make install PREFIX=~/.local     install hob for yourself
  hob models pull base             understand more languages, with fewer mistakes
  hob models list                  what else there is, with sizes and licences
END
}

expect_sentence() {
    grep -qi "$EXPECTED" "$1" || fail "\"$EXPECTED\" was spoken, but that is not what came out" "the end of the daemon's log is printed below"
}

# Asks the daemon to end, waits for it, and hands back its exit code.
stop_daemon() {
    local daemon=$DAEMON
    [[ -n $daemon ]] || return 0
    DAEMON=""
    kill -TERM "$daemon" 2>/dev/null || true
    wait "$daemon"
}

leave() {
    local code=$?
    stop_daemon || true
    if [[ $code -ne 0 && -s $PRIVATE/hobd.log ]]; then
        echo "try: the end of the daemon's log:" >&2
        tail -n 30 "$PRIVATE/hobd.log" >&2
    fi
    rm -rf "$PRIVATE"
    exit "$code"
}

step() { printf '\n== %s/9 %s\n' "$1" "$2"; }

fail() {
    echo "try: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main
