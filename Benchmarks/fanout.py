#!/usr/bin/env python3
"""How fast and how cheaply changes reach subscribers, beside the least that is possible and nchan. See README.md."""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from harness import documents, process, programs, report
from harness.files import Files
from harness.postgres import Postgres
from harness.targets import TARGETS, Starter
from harness.works import PROJECTS, WORKS, Run

# Until a run of W5 has said how large the daemon's answer is.
PROJECT_BYTES = 17_500


def arguments():
    def words(known):
        def parse(text):
            chosen = text.replace(",", " ").split() or list(known)
            if unknown := set(chosen) - set(known):
                raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
            return chosen
        return parse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=words(WORKS), default=WORKS)
    parser.add_argument("--targets", type=words(TARGETS), default=list(TARGETS))
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--secs", type=int, default=5, help="of writing or reading in one run")
    parser.add_argument("--plots", action="store_true", help=f"draw {documents.FOLDER}/*.svg")
    parser.add_argument("--write-docs", action="store_true",
                        help=f"draw, keep the lines in {documents.LINES}, and put the table into {documents.PAGE}")
    parser.add_argument("--again", action="store_true", help=f"measure nothing, take the lines of {documents.LINES}")
    return parser.parse_args()


def run(postgres, binary, work, target, seconds, project_bytes):
    """One run from the seeded state on; returns its line."""
    with contextlib.ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="scenesync-bench-", dir="/var/tmp")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        postgres.run("triggers/none")
        postgres.run("seed", projects=PROJECTS[work], images=0 if work == "W4" else 4)
        first_number = int(postgres.run("first_number"))
        files = Files(folder, PROJECTS[work])
        started = Starter(stack, folder, postgres, binary, work, project_bytes).start(target)
        try:
            figures = Run(stack, started, postgres, files, first_number, seconds).measure(work)
            started.check()
        except Exception:
            with contextlib.suppress(OSError), open(os.path.join(folder, "log")) as log:
                sys.stderr.write(log.read()[-4000:])
            raise
        return figures


def measure(options, binary):
    """Runs everything and returns the lines, repetitions outermost: what slows the machine down hits all alike."""
    process.allow_many_descriptors()
    programs.build()
    lines, project_bytes, where = [], PROJECT_BYTES, documents.circumstances()
    with contextlib.ExitStack() as stack:
        postgres = Postgres(stack)
        postgres.run("tables")
        for repetition in range(options.reps):
            for work in options.works:
                for target in [name for name in options.targets if work in TARGETS[name]]:
                    line = dict(rep=repetition + 1, work=work, target=target, secs=options.secs, where=where)
                    try:
                        line.update(run(postgres, binary, work, target, options.secs, project_bytes))
                    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                        line["error"] = str(error)
                    if target == "daemon":
                        project_bytes = line.get("body_bytes", project_bytes)
                    lines.append(line)
                    print(json.dumps({name: line[name] for name in line if name not in ("cdf", "where")}), flush=True)
    return lines


def main():
    options = arguments()
    binary = os.path.abspath(os.environ.get("SCENESYNC") or ".build/release/scenesync")
    if "daemon" in options.targets and not options.again and not os.access(binary, os.X_OK):
        raise SystemExit(f"no binary at {binary}: build it, or name one in SCENESYNC")
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: sys.exit(128 + number))
    if options.write_docs:
        documents.page()

    lines = documents.lines() if options.again else measure(options, binary)
    if not lines:
        raise SystemExit(f"nothing measured, and no lines in {documents.LINES}")
    whole = [line for line in lines if "error" not in line]
    print("", *report.plain(documents.tables(whole)), sep="\n")
    if options.write_docs:
        documents.write(whole)
    elif options.plots:
        documents.draw(whole)
    return len(whole) < len(lines) or report.has_faults(whole)


if __name__ == "__main__":
    sys.exit(main())
