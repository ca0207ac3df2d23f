#!/usr/bin/env bash
# What `make install` does: copies what `make build` built. It builds nothing itself, so that `sudo make install` leaves no files of root's
# in the tree.
#
#   packaging/install.sh PREFIX     DESTDIR from the environment is put in front of every path, and of no path in a file
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Not every shell expands the tilde in `make install PREFIX=~/.local`.
readonly prefix=${1/#\~\//$HOME/}
readonly root=${DESTDIR:-}$prefix
readonly release=target/release

main() {
    [[ $prefix == /* ]] || fail "PREFIX is not an absolute path: $prefix" "make install PREFIX=/usr/local"
    [[ -x $release/hobd && -x $release/hob ]] || fail "there is nothing to install" "run first: make build"
    compgen -G 'target/engines/*/features' >/dev/null || fail "there is no engine build" "run first: make build"

    install -d "$root/bin"
    install -m 755 "$release/hob" "$release/hobd" "$root/bin/"
    install_engines
    install_services
    install_desktop
    install_texts
    echo "install: done; start it with: systemctl --user daemon-reload && systemctl --user enable --now hobd.socket"
}

install_engines() {
    local features level
    for features in target/engines/*/features; do
        level=$(dirname "$features")
        install -d "$root/lib/hob/engines/$(basename "$level")"
        install -m 755 "$level/hob-speech" "$level/hob-text" "$root/lib/hob/engines/$(basename "$level")/"
        install -m 644 "$features" "$root/lib/hob/engines/$(basename "$level")/"
    done
}

# The files in the tree say /usr/bin, where a distribution's package puts hobd.
install_services() {
    local units=share/systemd/user file
    # Both folders are searched below /usr; below a home folder or /usr/local only share/ is sure to be.
    [[ $prefix != /usr ]] || units=lib/systemd/user
    for file in systemd/*; do
        case $file in
            systemd/dev.*.service) install_with_prefix "$file" share/dbus-1/services ;;
            *.service | *.socket | *.slice) install_with_prefix "$file" "$units" ;;
        esac
    done
}

# What the desktop's menus and notifications show. The icon in the panel needs no file.
install_desktop() {
    local icons=$root/share/icons/hicolor
    install -d "$root/share/applications" "$icons/scalable/apps" "$icons/symbolic/apps"
    install -m 644 packaging/icons/hob.svg "$icons/scalable/apps/"
    install -m 644 packaging/icons/hob-symbolic.svg "$icons/symbolic/apps/"
    sed "s|^Exec=hob |Exec=$prefix/bin/hob |" packaging/dev.hob.Hob.desktop >"$root/share/applications/dev.hob.Hob.desktop"
}

install_texts() {
    install -d "$root/share/doc/hob" "$root/share/bash-completion/completions" "$root/share/zsh/site-functions" \
        "$root/share/fish/vendor_completions.d"
    install -m 644 LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md "$root/share/doc/hob/"
    "$release/hob" completions bash >"$root/share/bash-completion/completions/hob"
    "$release/hob" completions zsh >"$root/share/zsh/site-functions/_hob"
    "$release/hob" completions fish >"$root/share/fish/vendor_completions.d/hob.fish"
    local page section
    for page in packaging/man/*.[1-8]; do
        section=${page##*.}
        install -d "$root/share/man/man$section"
        install -m 644 "$page" "$root/share/man/man$section/"
    done
}

install_with_prefix() {
    install -d "$root/$2"
    sed "s|/usr/bin/|$prefix/bin/|g" "$1" >"$root/$2/$(basename "$1")"
}

fail() {
    echo "install: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main
