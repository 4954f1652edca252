#!/bin/bash
# Plants each known mistake of Tests/Mutants in a scratch copy and runs the tests that it names: they have to fail.
#
#   scripts/mutants.sh [NAME ...]      all of them, or those whose file names contain a NAME
#
# A mutant is a patch; the lines before its diff say what is wrong ("mistake: ...") and which tests notice it
# ("tests: FILTER", as `swift test --filter` takes it).
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
tree=$root/.build-mutants/tree
scratch=$root/.build-mutants/build

rm -rf "$tree"
mkdir -p "$tree"
# Times are kept, so that only what a mutant touches is built again.
tar --exclude=./.build --exclude='./.build-*' --exclude=./Benchmarks/.build --exclude=./.git --exclude=./.scenesync -cf - . | tar -C "$tree" -xf -

build() { (cd "$tree" && swift build --build-tests --scratch-path "$scratch") >"$root/.build-mutants/log" 2>&1; }
run() {
    (cd "$tree" && SCENESYNC_BINARY=$scratch/debug/scenesync SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6 timeout --kill-after=10 600 \
        swift test --skip-build --scratch-path "$scratch" --filter "$1") >"$root/.build-mutants/log" 2>&1
}


# Whether a mutant is one of those asked for.
wanted() {
    local name=$1 part
    shift
    [ $# -gt 0 ] || return 0
    for part in "$@"; do [[ $name != *$part* ]] || return 0; done
    return 1
}

echo "building the copy without a mistake"
build || { tail -n 20 .build-mutants/log; exit 1; }

failures=0
printf '%-44s %-10s %s\n' mutant result mistake
for patch in Tests/Mutants/*.patch; do
    name=$(basename "$patch" .patch)
    wanted "$name" "$@" || continue
    mistake=$(sed -n 's/^mistake: //p' "$patch")
    tests=$(sed -n 's/^tests: //p' "$patch")
    if ! (cd "$tree" && patch -p1 --forward --fuzz=0 --silent) <"$patch"; then
        result='STALE'
        (cd "$tree" && find . -name '*.rej' -delete)
    else
        if ! build; then
            result='BROKEN'
        elif run "$tests"; then
            result='MISSED'
        elif [ $? = 124 ]; then
            # A test that waits for ever has noticed, too: in its own run it ends by its time limit.
            result='caught'
        elif grep -q 'recorded an issue\|Fatal error\|timed out\|time limit' .build-mutants/log; then
            result='caught'
        else
            result='BROKEN'
        fi
        (cd "$tree" && patch -p1 --reverse --silent) <"$patch"
    fi
    [ "$result" = caught ] || failures=$((failures + 1))
    printf '%-44s %-10s %s\n' "$name" "$result" "$mistake"
done
[ "$failures" = 0 ] || { echo "$failures mutants were not caught"; exit 1; }
