#!/bin/sh
# Runs tests with the address sanitizer, and fails on the first byte that is read or written where it should not be, in
# the daemon or in a test. Leaks are reported where memory is not ours to free: they are left out.
set -eu
cd "$(dirname "$0")/.."

scratch=.build-asan
tests='PostgresTests|FanoutTests|ProjectSyncTests|ChangeFeedTests|FuzzTests|EndToEndTests.(StreamTests|FilterTests|FramingTests|ResumeTests|FrontTests|GzipTests|ReadTests|WriteTests|TLSTests|LossTests)'
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

swift build --build-tests --sanitize=address --scratch-path $scratch
SCENESYNC_BINARY=$PWD/$scratch/debug/scenesync ASAN_OPTIONS="log_path=$reports/report detect_leaks=0" \
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 \
    swift test --skip-build --sanitize=address --scratch-path $scratch --filter "$tests" || status=$?
set -- "$reports"/*
[ ! -e "$1" ] || { cat "$@"; exit 1; }
exit ${status:-0}
