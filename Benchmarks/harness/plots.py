"""What is drawn of the lines of a run."""

import collections
import os
import statistics

from harness.chart import Axis, Chart
from harness.targets import TARGETS

LATENCIES = {
    "W1u": "W1u: from writing an image to a subscriber, 1,000 subscribers",
    "W4": "W4: from an acknowledged commit to a subscriber, 16 writers",
}
VARIANTS = {"none": "no trigger", "row": "NOTIFY, each row", "statement": "NOTIFY, each statement",
            "absent": "our triggers, no daemon", "daemon": "our triggers, daemon"}


def draw(lines, writers, folder):
    """Draws what the lines have the figures for, and returns the paths."""
    charts = {**{f"latency-{work.lower()}": latency(lines, work) for work in LATENCIES},
              "memory": memory(lines), "writers": inserts(writers)}
    os.makedirs(folder, exist_ok=True)
    paths = []
    for name, chart in charts.items():
        if chart:
            paths.append(os.path.join(folder, name + ".svg"))
            chart.write(paths[-1])
    return paths


def latency(lines, work):
    series = []
    for target in TARGETS:
        runs = [dict((share, ms) for ms, share in line["cdf"]) for line in lines
                if line["work"] == work and line["target"] == target and line.get("cdf")]
        if runs:
            series.append((target, [(statistics.median(run[share] for run in runs), share * 100) for share in runs[0]]))
    return series and Chart(LATENCIES[work], Axis("milliseconds", _xs(series), logarithmic=True),
                            Axis("% of the deliveries that took no longer", [100], top=100), series)


def memory(lines):
    series = []
    for target in TARGETS:
        sizes = collections.defaultdict(list)
        for line in lines:
            if line["target"] == target:
                for count, kb in line.get("memory_kb", []):
                    sizes[count].append(kb / 1024)
        if sizes:
            series.append((target, [(count, statistics.median(values)) for count, values in sizes.items()]))
    return series and Chart("W3: memory of the process, 1,000 projects", Axis("subscribers", _xs(series)),
                            Axis("MiB", _ys(series)), series)


def inserts(lines):
    series = []
    for variant, name in VARIANTS.items():
        rates = collections.defaultdict(list)
        for line in lines:
            if line["work"] == "insert1" and line["variant"] == variant:
                rates[line["clients"]].append(line["tps"])
        if rates:
            series.append((name, [(count, statistics.median(values)) for count, values in sorted(rates.items())]))
    return series and Chart("Single-row inserts", Axis("writers", _xs(series)), Axis("inserts a second", _ys(series)),
                            series)


def _xs(series):
    return [x for _, points in series for x, _ in points]


def _ys(series):
    return [y for _, points in series for _, y in points]
