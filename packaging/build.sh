#!/usr/bin/env bash
# Builds everything in release: the daemon, the client and the scripted test engine, then the native engines for this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

echo "build: daemon and client, about 4 minutes the first time"
cargo build --release --locked
echo "build: native engines, about 6 minutes the first time"
packaging/engines.sh native
