#!/usr/bin/env bash
# What `make eval` does: runs `hob bench actions` against a daemon of its own, in private folders. Builds nothing.
#
#   packaging/bench-actions.sh MODEL [OPTION OF hob bench actions ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PROGRAM=eval
source packaging/private-daemon.sh

main() {
    start_daemon "$1"
    shift
    hob bench actions "$@"
}

main "$@"
