#!/bin/sh
# Runs tests with a sanitizer, in the tests and in the daemons that they start, and fails on what it reports.
#
#   sanitizer.sh thread     races outside of a Mutex
#   sanitizer.sh address    bytes that are read or written where they should not be; leaks are left out
#
# The thread sanitizer does not see Swift's own Mutex, which takes its lock by atomics that are not instrumented: what two
# threads do under one of those is reported, too. Such accesses are made in the closure of withLock, whose parameter is
# `inout sending` ("zYu" in a mangled name, "z_tYT" for a tuple). What is written there while an object is made ("fC") is
# read by whoever has got the object, from the lock or from a continuation. Two accesses under two locks go unnoticed.
set -eu
cd "$(dirname "$0")/.."

suites='FanoutTests|ProjectSyncTests|ChangeFeedTests|PostgresTests|SyncHTTPTests|MonitoringTests'
ends='StreamTests|FilterTests|FramingTests|ResumeTests|FrontTests|GzipTests|ReadTests|SlowReaderTests|ShutdownTests'
ends="$ends|ExpiryTests|StaleTests|LossTests|WriteTests|TLSTests|HTTP2Tests|MonitorStreamTests"
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
case $1 in
    thread)
        scratch=.build-tsan
        export TSAN_OPTIONS="log_path=$reports/report exitcode=0"
        ;;
    address)
        scratch=.build-asan
        # What is freed is kept from use for a while, which tests that bound a daemon's memory must not see much of.
        export ASAN_OPTIONS="log_path=$reports/report detect_leaks=0 quarantine_size_mb=4 thread_local_quarantine_size_kb=64"
        suites="$suites|FuzzTests"
        # With the other one they take longer than their clients wait.
        ends="$ends|LargeAnswerTests|DescriptorTests"
        ;;
    *)
        echo "sanitizer.sh: $1 is no sanitizer: thread or address" >&2
        exit 2
        ;;
esac

swift build --build-tests --sanitize="$1" --scratch-path $scratch
status=0
SCENESYNC_BINARY=$PWD/$scratch/debug/scenesync SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 \
    swift test --skip-build --sanitize="$1" --scratch-path $scratch --filter "$suites|EndToEndTests.($ends)" || status=$?

python3 - "$1" "$reports" <<'PYTHON' || status=$?
import pathlib, re, sys

texts = [file.read_text(errors="replace") for file in pathlib.Path(sys.argv[2]).iterdir()]
if sys.argv[1] == "address":
    print(f"{len(texts)} reports")
    print("\n".join(texts))
    sys.exit(bool(texts))
reports = [text for file in texts for text in re.split(r"={10,}", file) if "WARNING: ThreadSanitizer" in text]


def accesses(report):
    """The stacks of the two accesses."""
    return [part for part in re.split(r"\n\s*\n", report)
            if re.search(r"access of|Write of|Read of|Previous", part.split("#0")[0])]


def is_locked(stack):
    return re.search("zYu|z_tYT", stack)


def makes_object(stack):
    return re.search("[Ww]rite of", stack) and re.search(r"#1 \S*fC ", stack) and is_locked(stack)


def is_excused(report):
    stacks = accesses(report)
    return stacks and (all(map(is_locked, stacks)) or any(map(makes_object, stacks)))


bare = [report for report in reports if not is_excused(report)]
print(f"{len(reports)} reports, {len(bare)} of them not under a Mutex")
print("\n".join(bare))
sys.exit(bool(bare))
PYTHON
exit $status
