#!/usr/bin/env bash
# Builds the two native engines, hob-speech and hob-text, for one instruction set level.
#
# This is the only place that says how ggml is compiled. Both engines bring their own copy of ggml and both take its options from
# GGML_* variables, so they are set once, here. Every instruction set is named: left alone, ggml would tune itself to the building
# machine and compile AMX in, which some virtual machines advertise and then kill with SIGILL.
#
#   packaging/engines.sh [LEVEL]             build into target/engines/LEVEL/
#   packaging/engines.sh --env [LEVEL]       print the variables, for eval: a cargo test or clippy of the engines needs them
#   packaging/engines.sh --features [LEVEL]  print the CPU features that the result needs
#
# LEVEL is native (default: what this CPU and this kernel offer), x86-64-v4, x86-64-v3 or x86-64-v2.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One line per instruction set: ggml's option, the first level that has it (- = only where the CPU offers it), and the names that
# /proc/cpuinfo uses for it. AMX is not in the table on purpose.
readonly INSTRUCTION_SETS="
SSE42        v2  sse4_2
AVX          v3  avx
AVX2         v3  avx2
FMA          v3  fma
F16C         v3  f16c
BMI2         v3  bmi2
AVX512       v4  avx512f avx512bw avx512cd avx512dq avx512vl
AVX_VNNI     -   avx_vnni
AVX512_VBMI  -   avx512vbmi
AVX512_VNNI  -   avx512_vnni
AVX512_BF16  -   avx512_bf16
"

# A target-cpu in these would override the table above.
readonly REFUSED=(RUSTFLAGS CARGO_ENCODED_RUSTFLAGS)

main() {
    local task=build
    case "${1:-}" in
        --env | --features) task=${1#--} && shift ;;
        -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" && exit ;;
    esac
    local level=${1:-native}
    choose_flags "$level"
    case $task in
        env) echo "unset ${REFUSED[*]}" && printf 'export %s\n' "${FLAGS[@]}" ;;
        features) echo "$FEATURES" ;;
        build) build "$level" ;;
    esac
}

# Sets FLAGS (NAME=VALUE for ggml's CMake) and FEATURES (names from /proc/cpuinfo) for a level.
choose_flags() {
    local level=$1 offered=" " option first names name wanted
    FLAGS=(GGML_NATIVE=OFF GGML_LLAMAFILE=ON GGML_OPENMP=ON)
    FEATURES=""
    case $level in
        native) [[ $(uname -m) != x86_64 ]] || offered=" $(sed -n '/^flags/{s/^[^:]*: *//p;q}' /proc/cpuinfo) " ;;
        x86-64-v[234]) [[ $(uname -m) == x86_64 ]] || fail "$level cannot be built on $(uname -m)" "use: packaging/engines.sh native" ;;
        *) fail "no engine build is called $level" "one of native, x86-64-v4, x86-64-v3, x86-64-v2" ;;
    esac
    # On other architectures: the baseline, which runs anywhere. The text engine's build fixes the same value for 64-bit Arm.
    case $(uname -m) in
        x86_64) ;;
        aarch64) FLAGS+=(GGML_CPU_ARM_ARCH=armv8-a) && return ;;
        *) return ;;
    esac
    while read -r option first names; do
        [[ -n $option ]] || continue
        wanted=ON
        if [[ $level == native ]]; then
            for name in $names; do [[ $offered == *" $name "* ]] || wanted=OFF; done
        elif [[ $first == - || ${first#v} -gt ${level##*-v} ]]; then
            wanted=OFF
        fi
        FLAGS+=("GGML_$option=$wanted")
        [[ $wanted == OFF ]] || FEATURES+="${FEATURES:+ }$names"
    done <<<"$INSTRUCTION_SETS"
    FLAGS+=(GGML_AMX_TILE=OFF GGML_AMX_INT8=OFF GGML_AMX_BF16=OFF)
}

build() {
    local level=$1 out=target/engines/$1 target=target/engines/$1/build name
    mkdir -p "$target"
    # Nothing from the caller's environment may change the instruction sets: the features file would be wrong.
    for name in $(compgen -e GGML_); do unset "$name"; done
    unset "${REFUSED[@]}"
    export "${FLAGS[@]}"

    # Cargo does not notice changed variables for the speech engine's C++ part.
    if [[ -f $target/ggml-flags && $(<"$target/ggml-flags") != "${FLAGS[*]}" ]]; then
        echo "engines: the flags changed, building the C++ parts anew"
        cargo clean --quiet --release --locked -p whisper-rs-sys -p llama-cpp-sys-2 --target-dir "$target"
    fi
    echo "${FLAGS[*]}" >"$target/ggml-flags"

    echo "engines: building hob-speech and hob-text for $level (${FEATURES:-no special CPU features})"
    cargo build --release --locked -p hob-engine-speech -p hob-engine-text --target-dir "$target"
    for name in hob-speech hob-text; do
        refuse_amx "$target/release/$name"
        install -m 755 "$target/release/$name" "$out/.$name.new"
        mv -f "$out/.$name.new" "$out/$name"
    done
    echo "$FEATURES" >"$out/.features.new"
    mv -f "$out/.features.new" "$out/features"
    echo "engines: $out is ready"
}

# A build that slipped past the flags (a target-cpu in a Cargo configuration, say) would die on its first matrix product.
refuse_amx() {
    [[ $(uname -m) == x86_64 ]] || return 0
    # Reads to the end: leaving early would end objdump by SIGPIPE and hide the find behind its status.
    objdump --disassemble --no-show-raw-insn "$1" |
        awk '$2 ~ /^(tdp|tileload|tilezero|tilestore|ldtilecfg)/ { found = 1 } END { exit found }' ||
        fail "$1 contains AMX instructions, or could not be disassembled" \
            "remove target-cpu from your Cargo configuration and run packaging/engines.sh again"
}

fail() {
    echo "engines: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

main "$@"
