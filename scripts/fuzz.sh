#!/bin/sh
# Gives each reader of untrusted bytes what nobody would send: fuzz.sh [READER…]
#
# libFuzzer follows the ways that inputs take, and keeps those that find new ones in .build/fuzz, for the next time.
# SCENESYNC_FUZZ_SECONDS is how long each reader is tried.
set -eu
cd "$(dirname "$0")/.."

SCENESYNC_FUZZ=1 swift build --product Fuzz
fuzz=.build/debug/Fuzz
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $($fuzz)
for reader in "$@"; do
    corpus=.build/fuzz/$reader
    mkdir -p "$corpus"
    # Swift's own report of a crash would come before libFuzzer could keep the input.
    SWIFT_BACKTRACE=enable=no $fuzz "$reader" "$corpus" -timeout=5 -max_len=20000 -print_final_stats=1 -verbosity=0 \
        -max_total_time="${SCENESYNC_FUZZ_SECONDS:-6}" -artifact_prefix="$corpus-" >"$corpus.log" 2>&1 || {
        cat "$corpus.log"
        echo "$reader: the input is kept where the lines above say; $fuzz $reader $corpus FILE tries it again" >&2
        exit 1
    }
    echo "$reader: $(sed -n 's/^stat::number_of_executed_units: //p' "$corpus.log") inputs, no finding"
done
