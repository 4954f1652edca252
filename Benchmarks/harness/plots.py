"""What is drawn of the lines of a run."""

import collections
import statistics

from harness.chart import Axis, Chart
from harness.targets import TARGETS

LATENCIES = {
    "W1u": "W1u: from writing an image to a subscriber, 1,000 subscribers",
    "W4": "W4: from an acknowledged commit to a subscriber, 16 writers",
}
VARIANTS = {"daemon": "our triggers, daemon", "row": "NOTIFY, each row", "statement": "NOTIFY, each statement",
            "absent": "our triggers, no daemon", "none": "no trigger", "watched": "daemon, 1,000 subscribers"}


def charts(lines, writers):
    """The charts that the lines have the figures for, by the names of their files."""
    found = {**{f"latency-{work.lower()}.svg": latency(lines, work) for work in LATENCIES},
             "memory.svg": memory(lines), "writers.svg": inserts(writers, 0), "writers-slow-disk.svg": inserts(writers, 3)}
    return {name: chart for name, chart in found.items() if chart}


def latency(lines, work):
    series = []
    for stroke, target in enumerate(TARGETS):
        runs = [dict((share, ms) for ms, share in line["cdf"]) for line in lines
                if line["work"] == work and line["target"] == target and line.get("cdf")]
        if runs:
            points = [(statistics.median(run[share] for run in runs), share * 100) for share in runs[0]]
            series.append((target, stroke, points))
    return series and Chart(LATENCIES[work], Axis.of_powers("milliseconds", _xs(series), low=0.01),
                            Axis.from_zero("% of the deliveries that took no longer", [100]), series)


def memory(lines):
    series = []
    for stroke, target in enumerate(TARGETS):
        sizes = collections.defaultdict(list)
        for line in lines:
            if line["target"] == target:
                for count, kb in line.get("memory_kb", []):
                    sizes[count].append(kb / 1024)
        if sizes:
            series.append((target, stroke, [(count, statistics.median(values)) for count, values in sizes.items()]))
    return series and Chart("W3: memory of the process, 1,000 projects", Axis.from_zero("subscribers", _xs(series)),
                            Axis.from_zero("MiB", _ys(series)), series)


def inserts(lines, slower_ms):
    series = []
    for stroke, (variant, name) in enumerate(VARIANTS.items()):
        rates = collections.defaultdict(list)
        for line in lines:
            if line["work"] == "insert1" and line["variant"] == variant and line["slower_ms"] == slower_ms:
                rates[line["clients"]].append(line["tps"])
        if rates:
            points = [(count, statistics.median(values)) for count, values in sorted(rates.items())]
            series.append((name, stroke, points))
    disk = f", each flush {slower_ms} ms longer" if slower_ms else ""
    return series and Chart("Single-row inserts" + disk, Axis.of_values("writers", _xs(series)),
                            Axis.from_zero("inserts a second", _ys(series)), series)


def _xs(series):
    return [x for _, _, points in series for x, _ in points]


def _ys(series):
    return [y for _, _, points in series for _, y in points]
