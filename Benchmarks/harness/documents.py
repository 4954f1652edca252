"""What a run leaves in docs/: its lines, its charts, and its tables."""

import json
import os
import platform
import time

from harness import plots, programs, report

ROOT = os.path.dirname(programs.PACKAGE)
FOLDER = "docs/benchmarks"
LINES = "docs/benchmarks/results.jsonl"
WRITERS = ["docs/benchmarks/writers.jsonl", "docs/benchmarks/writers-slow-disk.jsonl"]
FEED = ["docs/benchmarks/feed.jsonl"]
PAGE = "docs/benchmarks.md"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->\n"


def lines():
    """Those of the last run that was written here."""
    return _read(LINES)


def tables(lines):
    """Of these lines, and of what the writers and the feed did on their day and machine."""
    return report.tables(lines, _beside(lines, WRITERS), _beside(lines, FEED))


def circumstances():
    """When and on what something is measured, in words; all that `make` runs at once has one day."""
    with open("/proc/meminfo") as file:
        gigabytes = int(file.readline().split()[1]) / 1024 ** 2
    version = ".".join(platform.release().split(".")[:2])
    day = os.environ.get("BENCH_DAY") or time.strftime("%Y-%m-%d", time.gmtime())
    return f"{day}, {os.cpu_count()} cores, {gigabytes:.0f} GiB, Linux {version}"


def draw(lines):
    """Returns the charts' titles and files."""
    charts = plots.charts(lines, _beside(lines, WRITERS))
    os.makedirs(os.path.join(ROOT, FOLDER), exist_ok=True)
    for name, chart in charts.items():
        chart.write(os.path.join(ROOT, FOLDER, name))
        print(f"drawn: {FOLDER}/{name}")
    return {chart.title: name for name, chart in charts.items()}


def page():
    """What stands before and after the results."""
    with open(os.path.join(ROOT, PAGE)) as file:
        before, begins, rest = file.read().partition(BEGIN)
    _, ends, after = rest.partition(END)
    if not begins or not ends:
        raise SystemExit(f"{PAGE}: {BEGIN.strip()} and {END.strip()} are missing")
    return before + begins, ends + after


def write(lines):
    before, after = page()
    pictures = [f"![{title}](benchmarks/{name})\n" for title, name in draw(lines).items()]
    with open(os.path.join(ROOT, LINES), "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    with open(os.path.join(ROOT, PAGE), "w") as file:
        results = [f"{lines[0]['where']}; repetitions: {max(line['rep'] for line in lines)}, "
                   f"seconds of one: {lines[0]['secs']}.", "", *report.markdown(tables(lines)), *pictures]
        file.write("\n".join([before, *results, after]))
    print("written:", LINES, PAGE)


def _beside(lines, names):
    """The lines of those files that were measured on the same day and machine."""
    where = {line["where"] for line in lines}
    return [line for name in names for line in _read(name) if line.get("where") in where]


def _read(name):
    path = os.path.join(ROOT, name)
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file]
