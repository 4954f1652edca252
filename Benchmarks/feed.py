#!/usr/bin/env python3
"""What the daemon's own work for a change takes, and whether it reaches its goals. See README.md."""

import argparse
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True

from harness import documents, process, report

PROGRAM = os.path.join(documents.ROOT, ".build/release/FeedBenchmark")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", metavar="FILE", help="also write the lines of JSON there")
    options = parser.parse_args()
    lines, where = [], documents.circumstances()
    with open(options.lines or os.devnull, "w") as file:
        program = process.start(["stdbuf", "-oL", PROGRAM], stdout=subprocess.PIPE, text=True)
        print(next(program.stdout, ""), end="", flush=True)
        for row in program.stdout:
            print(row, end="", flush=True)
            scenario, *figures = row.split()
            lines.append(dict(rep=1, work="feed", target=scenario, where=where,
                              **dict(zip(report.FEED_COLUMNS, map(float, figures)))))
            print(json.dumps(lines[-1]), file=file)
    if program.wait():
        raise SystemExit(f"{PROGRAM} ended with {program.returncode}")
    print("", *report.plain(report.goals(lines)), sep="\n")
    return report.has_missed(lines)


if __name__ == "__main__":
    sys.exit(main())
