#!/bin/sh
# Runs tests with the thread sanitizer, and fails on every race that it reports outside of a Mutex.
#
# It does not see Swift's own Mutex, which takes its lock by atomics that are not instrumented: what two threads do
# under one of those is reported, too. Such accesses are made in the closure of withLock, whose parameter is
# `inout sending` ("zYu" in a mangled name, "z_tYT" for a tuple).
set -eu
cd "$(dirname "$0")/.."

scratch=.build-tsan
tests='FanoutTests|ProjectSyncTests|ChangeFeedTests|EndToEndTests.(StreamTests|FilterTests|FramingTests|ResumeTests|FrontTests|GzipTests|ReadTests)'
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

swift build --build-tests --sanitize=thread --scratch-path $scratch
SCENESYNC_BINARY=$PWD/$scratch/debug/scenesync TSAN_OPTIONS="log_path=$reports/report exitcode=0" \
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 \
    swift test --skip-build --sanitize=thread --scratch-path $scratch --filter "$tests"

python3 - "$reports" <<'PYTHON'
import pathlib, re, sys

reports = [text for file in pathlib.Path(sys.argv[1]).iterdir()
           for text in re.split(r"={10,}", file.read_text(errors="replace")) if "WARNING: ThreadSanitizer" in text]


def accesses(report):
    """The stacks of the two accesses."""
    return [part for part in re.split(r"\n\s*\n", report)
            if re.search(r"access of|Write of|Read of|Previous", part.split("#0")[0])]


bare = [report for report in reports if any(not re.search("zYu|z_tYT", stack) for stack in accesses(report)) or not accesses(report)]
print(f"{len(reports)} reports, {len(bare)} of them not under a Mutex")
print("\n".join(bare))
sys.exit(bool(bare))
PYTHON
