#!/usr/bin/env bash
# What `make wer` does: transcribes every recording of a folder with hob and prints the word error rate (packaging/wer.py says what the
# folder must hold). Builds nothing; the daemon runs in a private runtime folder.
#
#   packaging/wer.sh FOLDER MODEL [OPTION OF wer.py ...]     as in: packaging/wer.sh ~/recordings base --save answers.jsonl
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly FOLDER=${1:?the folder of the recordings} MODEL=${2:?the speech model}
readonly VENV=target/wer/venv

main() {
    [[ -f $FOLDER/manifest.tsv ]] || fail "there is no $FOLDER/manifest.tsv" "packaging/wer.py says what it must hold"
    [[ -x target/release/hobd ]] || fail "hobd is not built" "make build"
    PATH=$PWD/target/release:$PATH
    if [[ ! -x $VENV/bin/python ]]; then
        python3 -m venv "$VENV"
        "$VENV/bin/python" -m pip install --quiet whisper-normalizer==0.1.15
    fi

    PRIVATE=$(mktemp -d "${TMPDIR:-/tmp}/hob-wer.XXXXXX")
    trap leave EXIT
    export XDG_RUNTIME_DIR=$PRIVATE XDG_CONFIG_HOME=$PRIVATE/config XDG_STATE_HOME=$PRIVATE/state HOB_SOCKET=$PRIVATE/hob.sock
    unset DBUS_SESSION_BUS_ADDRESS HOB_CONFIG HOB_ENGINES NOTIFY_SOCKET LISTEN_FDS LISTEN_PID
    hobd 2>"$PRIVATE/hobd.log" &
    DAEMON=$!
    hob status --wait 10 >/dev/null
    hob models load "$MODEL"
    "$VENV/bin/python" packaging/wer.py "$(realpath "$FOLDER")" --model "$MODEL" "$@"
}

leave() {
    kill "${DAEMON:-}" 2>/dev/null && wait "$DAEMON" || true
    rm -rf "$PRIVATE"
}

fail() {
    echo "wer: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

shift 2
main "$@"
