#!/bin/bash
# Runs all tests, which are built already, goes on where some fail, and tells at the end which.
set -uo pipefail
cd "$(dirname "$0")/.."

# These want the whole machine, one after the other: beside them a daemon may miss what it has two seconds for.
alone='EndToEndTests\.(Storm|Chaos|Cluster|Crowd|SessionLimit|Slowloris)Tests'
# Tests start servers and daemons of their own: more at a time than this only makes them wait for each other.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6

printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
status=0
swift test --skip-build --skip "$alone" 2>&1 | tee "$printed" || status=1
SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=1 \
    swift test --skip-build --filter "$alone" 2>&1 | tee -a "$printed" || status=1
clients/js/test.sh 2>&1 | tee -a "$printed" || status=1

if [ $status != 0 ]; then
    echo
    echo "What failed:"
    # A line of Swift's tests and what is said under it, or one of Node's.
    grep -a -A 4 -E '^(✘|✖|not ok)|error:' "$printed" | grep -a -v -E '^[◇✔↳ ]*(Test|Suite) .* (started|passed)'
fi
exit $status
