"""What the daemon has to reach, as ratios to the other targets of the same run."""

import dataclasses
import statistics


@dataclasses.dataclass
class Goal:
    """`figure` of `ours`, at most or at least `bound` times that of `against`: a target, or a number itself.

    `is_share`: the figure is a count, of which the share of what was expected is meant.
    """

    work: str
    title: str
    figure: str
    relation: str
    bound: float
    against: object
    other_figure: str = None
    ours: str = "daemon"
    is_share: bool = False

    def row(self, lines):
        """(figure, that of the other, ratio, reached), medians of the repetitions; None where something is missing."""
        ours = self._by_repetition(lines, self.ours, self.figure)
        if isinstance(self.against, str):
            others = self._by_repetition(lines, self.against, self.other_figure or self.figure)
        else:
            others = dict.fromkeys(ours, self.against)
        both = [(ours[repetition], others[repetition]) for repetition in ours if others.get(repetition)]
        if not both:
            return None
        # The ratio of each repetition: what slows the machine down for a while slows both.
        ratio = statistics.median(our / other for our, other in both)
        reached = {"<=": ratio <= self.bound, "<": ratio < self.bound, ">=": ratio >= self.bound}[self.relation]
        return statistics.median(our for our, _ in both), statistics.median(other for _, other in both), ratio, reached

    def _by_repetition(self, lines, target, figure):
        return {line["rep"]: self._value(line, figure) for line in lines
                if line["work"] == self.work and line["target"] == target and line.get(figure) is not None}

    def _value(self, line, figure):
        return line[figure] / max(1, line["expected"]) if self.is_share else line[figure]


def goals(work, title, figure, *comparisons):
    return [Goal(work, title, figure, *comparison) for comparison in comparisons]


def writer_goals(slower_ms):
    """Of the lines of writers.py, as `as_targets` has them, on a disk whose flush takes so much longer."""
    for clients, ours, bound, against in [
            (16, "daemon", 0.9, "none"), (16, "absent", 0.95, "none"), (64, "daemon", 0.75, "none"),
            (64, "absent", 0.85, "none"), (64, "daemon", 10 if slower_ms else 3, "row")]:
        title = "inserts a second, no daemon" if ours == "absent" else "inserts a second"
        yield Goal(_writers(clients, slower_ms), title, "tps", ">=", bound, against, ours=ours)


def _writers(clients, slower_ms):
    return f"{clients} writer{'s' * (clients > 1)}" + (f", flush +{slower_ms:g} ms" if slower_ms else "")


GOALS = [
    *goals("W1u", "CPU a delivery, µs", "cpu_us", ("<=", 1.2, "limit-send"), ("<=", 0.7, "nchan")),
    *goals("W1u", "p50, ms", "p50_ms", ("<=", 1.3, "limit-send"), ("<", 1, "nchan")),
    *goals("W1u", "p99, ms", "p99_ms", ("<=", 1.5, "limit-send"), ("<", 1, "nchan")),
    *goals("W1", "deliveries a second", "deliveries_per_s", (">=", 0.98, 200_000), (">=", 3, "nchan-notify")),
    *goals("W1", "CPU a delivery, µs", "cpu_us", ("<=", 1.6, "limit-flush")),
    Goal("W1", "coalesced", "coalesced", "<=", 1, 0.5, is_share=True),
    *goals("W2", "deliveries a second", "deliveries_per_s", (">=", 0.7, "limit-flush"), (">=", 6, "nchan-notify")),
    *goals("W2", "CPU a delivery, µs", "cpu_us", ("<=", 1.8, "limit-flush"), ("<=", 0.2, "nchan-notify")),
    *goals("W3", "memory a subscriber, kB", "kb_per_subscriber", ("<=", 1, 1), ("<=", 0.1, "nchan")),
    *goals("W3", "idle CPU, % of a core", "idle_percent", ("<=", 1, 1)),
    *goals("W3", "CPU a delivery, µs", "cpu_us", ("<=", 1.6, "limit-send"), ("<=", 0.7, "nchan")),
    *goals("W4", "commit to client, p50, ms", "ack_p50_ms", ("<=", 1.4, "limit-send"), ("<", 1, "nchan-notify")),
    *goals("W4", "commit to client, p99, ms", "ack_p99_ms", ("<=", 2, "limit-send"), ("<", 1, "nchan-notify")),
    *goals("W4", "CPU a delivery, µs", "cpu_us", ("<=", 1.6, "limit-send"), ("<=", 0.9, "nchan-notify")),
    *goals("W5", "CPU a request, µs", "cpu_us", ("<=", 1.4, "limit-send"), ("<=", 0.65, "nchan")),
    *goals("W6", "seconds until all have an event", "seconds", ("<=", 1.5, "limit-send"), ("<=", 1, "nchan")),
    *goals("W6", "CPU, s", "cpu_s", ("<=", 1.8, "limit-send"), ("<=", 1, "nchan")),
    *goals("W6", "resumed, seconds", "resumed_seconds", ("<=", 0.5, "daemon", "seconds")),
    *goals("W6", "resumed, CPU, s", "resumed_cpu_s", ("<=", 0.5, "daemon", "cpu_s")),
    *writer_goals(0), *writer_goals(3),
    Goal("feed", "changes a second on one core", "changes_per_s", ">=", 1, 50_000, ours="watched"),
    Goal("feed", "a change in 10,000 scenes, µs", "us", "<=", 2, "scenes-10", ours="scenes-10000"),
]


def as_targets(writers):
    """Single-row inserts of writers.py, each variant as a target; `over_none` is the rate over that without a trigger."""
    inserts = [line for line in writers if line["work"] == "insert1"]
    rates = {_circumstances(line): line["tps"] for line in inserts if line["variant"] == "none"}
    return [dict(rep=line["rep"], work=_writers(line["clients"], line["slower_ms"]), target=line["variant"],
                 tps=line["tps"], over_none=_share(line["tps"], rates.get(_circumstances(line))),
                 postgres_us=line["postgres_us"], daemon_us=line.get("daemon_us"),
                 expected=line["transactions"], lost=line.get("lost"))
            for line in inserts]


def _circumstances(line):
    return line["slower_ms"], line["clients"], line["rep"]


def _share(rate, whole):
    """None where there is nothing to compare with."""
    return whole and rate / whole
