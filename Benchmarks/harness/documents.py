"""What a run leaves in docs/: its lines, its charts, and its tables."""

import json
import os
import platform
import time

from harness import plots, report

FOLDER = "docs/benchmarks"
LINES = "docs/benchmarks/results.jsonl"
WRITERS = "docs/benchmarks/writers.jsonl"
PAGE = "docs/benchmarks.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"


def read(path):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file]


def draw(lines):
    for path in plots.draw(lines, read(WRITERS), FOLDER):
        print("drawn:", path)


def write(lines):
    draw(lines)
    with open(LINES, "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    with open(PAGE) as file:
        before, _, rest = file.read().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{PAGE}: {BEGIN} and {END} are missing")
    text = "\n".join([BEGIN, "", _circumstances(lines), "", *report.markdown(lines, read(WRITERS))])
    with open(PAGE, "w") as file:
        file.write(before + text + END + after)
    print("written:", LINES, PAGE)


def _circumstances(lines):
    with open("/proc/meminfo") as file:
        gigabytes = int(file.readline().split()[1]) / 1024 ** 2
    repetitions, seconds = max(line["rep"] for line in lines), lines[0]["secs"]
    return (f"{time.strftime('%Y-%m-%d', time.gmtime())}, {os.cpu_count()} cores, {gigabytes:.0f} GiB, "
            f"Linux {platform.release()}; medians of {repetitions} runs of {seconds} s.")
