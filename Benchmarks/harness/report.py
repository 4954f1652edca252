"""The tables of a run: what each target did, and which goals the daemon has reached."""

import statistics

from harness.goals import GOALS, as_targets
from harness.targets import TARGETS
from harness.works import WORKS

# For each work what is worth a look, and how many digits of it.
COLUMNS = {
    "W1u": dict(cpu_us=2, p50_ms=2, p99_ms=2, max_ms=1, events_per_receive=2, bytes_per_delivery=0),
    "W1": dict(deliveries_per_s=0, cpu_us=2, p50_ms=1, p99_ms=1, events_per_receive=2, bytes_per_delivery=0),
    "W2": dict(deliveries_per_s=0, cpu_us=2, p50_ms=1, p99_ms=1, events_per_receive=2, bytes_per_delivery=0),
    "W3": dict(kb_per_subscriber=2, idle_percent=2, cpu_us=1, p50_ms=2, p99_ms=2),
    "W4": dict(ack_p50_ms=3, ack_p99_ms=3, cpu_us=1, p50_ms=2, p99_ms=2),
    "W5": dict(requests_per_s=0, cpu_us=2, p50_ms=2, p99_ms=2, body_bytes=0, failed=0,
               gzip_requests_per_s=0, gzip_cpu_us=2, gzip_body_bytes=0),
    "W6": dict(seconds=3, cpu_s=2, bytes=0, failed=0, resumed_seconds=3, resumed_cpu_s=2, resumed_failed=0),
}
FAULTS = ["lost", "doubled"]
SHARES = [*FAULTS, "coalesced"]
WRITER_COLUMNS = dict(tps=0, over_none=2, postgres_us=0, daemon_us=0)
FEED_COLUMNS = dict(changes_per_s=0, us=2, least_us=2, frame_bytes=0)


def plain(tables):
    """For a terminal."""
    for title, head, rows in tables:
        widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
        yield title
        for row in [head, *rows]:
            yield "  ".join(cell.ljust(width) if place < 2 else cell.rjust(width)
                            for place, (cell, width) in enumerate(zip(row, widths))).rstrip()
        yield ""


def markdown(tables):
    for title, head, rows in tables:
        yield f"### {title}\n"
        for row in [head, ["---", "---", *["---:"] * (len(head) - 2)], *rows]:
            yield "| " + " | ".join(row) + " |"
        yield ""


def tables(lines, writers, feed):
    """(title, head, rows), the goals first."""
    inserts = as_targets(writers)
    yield from goals([*lines, *inserts, *feed])
    for work in WORKS:
        if rows := [_target_row(lines, work, target, COLUMNS[work]) for target in TARGETS if _of(lines, work, target)]:
            yield work, ["work", "target", *COLUMNS[work], *SHARES], rows
    if inserts:
        rows = [_target_row(inserts, work, target, WRITER_COLUMNS)[:-2]
                for work, target in dict.fromkeys((line["work"], line["target"]) for line in inserts)]
        yield "Writers", ["work", "triggers", *WRITER_COLUMNS, "lost"], rows
    if feed:
        rows = [_target_row(feed, "feed", line["target"], FEED_COLUMNS)[:-len(SHARES)] for line in feed]
        yield "The feed", ["work", "scenario", *FEED_COLUMNS], rows


def goals(lines):
    """As a table, if there are figures for any."""
    if rows := [*_goal_rows(lines)]:
        yield "Goals", ["work", "figure", "daemon", "against", "of that", "ratio", "goal", "result", *SHARES], rows


def has_missed(lines):
    """Whether a goal was missed."""
    rows = [goal.row(lines) for goal in GOALS]
    return any(row and not row[-1] for row in rows)


def has_faults(lines):
    """Whether the daemon lost or doubled anything, or refused somebody."""
    return any(line.get(fault) for line in lines if line["target"] == "daemon"
               for fault in [*FAULTS, "refused", "failed", "resumed_failed"])


def _goal_rows(lines):
    for goal in GOALS:
        if row := goal.row(lines):
            figure, other, ratio, reached = row
            against = goal.against if isinstance(goal.against, str) else "the goal"
            shown, of_that = (_share(value, 1) if goal.is_share else _number(value, 3) for value in (figure, other))
            yield [goal.work, goal.title, shown, against, of_that, f"{ratio:.2f}",
                   f"{goal.relation} {goal.bound:g}", "reached" if reached else "missed",
                   *_shares(_of(lines, goal.work, goal.ours))]


def _target_row(lines, work, target, columns):
    runs = _of(lines, work, target)
    return [work, target, *(_median(runs, name, digits) for name, digits in columns.items()), *_shares(runs)]


def _of(lines, work, target):
    return [line for line in lines if line["work"] == work and line["target"] == target]


def _median(runs, name, digits):
    values = [run[name] for run in runs if run.get(name) is not None]
    return f"{statistics.median(values):,.{digits}f}" if values else ""


def _number(value, digits):
    """With so many significant digits, or all those before the point."""
    return f"{value:,.0f}" if value >= 10 ** digits else f"{value:.{digits}g}"


def _shares(runs):
    """Of all that was expected in all repetitions."""
    expected = sum(run.get("expected", 0) for run in runs)
    return [_share(sum(run[name] for run in runs), expected) if runs[0].get(name) is not None else ""
            for name in SHARES]


def _share(count, expected):
    """Nothing is 0; the smallest share of something is not."""
    if not count:
        return "0"
    share = count / expected
    return f"{share:.2%}" if abs(share) >= 0.0001 else f"{share:.1e}"
