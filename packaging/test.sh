#!/usr/bin/env bash
# What `make test` does: every test of every crate, against release binaries, the native engines and real models.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly ENGINES=(hob-engine-matrix hob-engine-speech hob-engine-text)

echo "== 1/5 look for what is missing on this machine"
packaging/deps.sh
echo "== 2/5 build (about 10 minutes the first time on two cores)"
packaging/build.sh
echo "== 3/5 fetch the models that the tests use (about 320 MB the first time)"
target/release/hob models pull starter base

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "== 4/5 tests of the protocol, the daemon, the client and the whole (about 10 minutes the first time, mostly building)"
cargo test --release --locked --workspace "${ENGINES[@]/#/--exclude=}" 2>&1 | tee "$log"
echo "== 5/5 tests of the native engines"
(
    eval "$(packaging/engines.sh --env native)"
    cargo test --release --locked "${ENGINES[@]/#/--package=}" --target-dir target/engines/native/build
) 2>&1 | tee -a "$log"

# Any failure has ended the script before this line.
awk '/^test result: / { passed += $4; failed += $6; ignored += $8 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, ignored; exit failed > 0 || passed == 0 }' "$log"
