#!/usr/bin/env python3
"""What announcing changes costs the writers, and whether every one arrives. See README.md."""

import argparse
import collections
import contextlib
import json
import os
import signal
import statistics
import sys
import time

sys.dont_write_bytecode = True

from harness import documents, process, programs
from harness.daemon import Daemon, ModeWatch, migrate
from harness.listener import Listener
from harness.postgres import Postgres
from harness.readers import Readers
from harness.subscribers import Subscribers

WORKS = ["insert1", "insert10", "upsert", "light"]
VARIANTS = ["none", "row", "statement", "absent", "daemon", "watched"]
WARM_PROJECTS = 50
LIGHT = dict(clients=4, seconds=10, rate=50)
PATIENCE_SECONDS = 10
FAULTS = ["lost", "extra", "disordered", "dropped"]


def arguments():
    def words(known):
        def parse(text):
            chosen = text.split(",")
            if unknown := set(chosen) - set(known):
                raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
            return chosen
        return parse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=lambda text: list(map(int, text.split(","))), default=[1, 16, 64])
    parser.add_argument("--works", type=words(WORKS), default=WORKS)
    parser.add_argument("--variants", type=words(VARIANTS), default=VARIANTS)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--secs", type=int, default=4, help="of one run")
    parser.add_argument("--slower-ms", type=float, default=0, help="each flush of the disk takes so much longer")
    parser.add_argument("--projects", type=int, default=1000, help="that are written to")
    parser.add_argument("--lines", metavar="FILE", help="also write the lines of JSON there")
    return parser.parse_args()


class Writers:
    def __init__(self, postgres, binary, projects):
        self.postgres = postgres
        self.binary = binary
        self.projects = projects

    def run(self, work, clients, variant, seconds):
        """One run from the seeded state on; returns its figures."""
        with contextlib.ExitStack() as stack:
            self.postgres.run("triggers/none")
            self.postgres.run("seed", projects=self.projects, images=4)
            if variant in ("daemon", "watched"):
                return self._run_beside_daemon(stack, work, clients, seconds, is_watched=variant == "watched")
            if variant in ("row", "statement"):
                self.postgres.run("triggers/" + variant)
                stack.callback(Listener(self.postgres.port, "images").close)
            elif variant == "absent":
                migrate(self.binary, self.postgres.url)
            return self._write(work, clients, seconds)

    def _write(self, work, clients, seconds):
        script, more = ("insert1", ["-R", str(LIGHT["rate"])]) if work == "light" else (work, [])
        disk = [self.postgres.fdatasync_us()]
        before = self.postgres.cpu_seconds()
        transactions, tps = self.postgres.write(script, clients, seconds, self.projects, *more)
        time.sleep(0.1)
        used = self.postgres.cpu_seconds() - before
        disk.append(self.postgres.fdatasync_us())
        return dict(tps=round(tps, 1), transactions=transactions, fdatasync_us=disk,
                    postgres_us=round(used / transactions * 1e6, 1))

    def _run_beside_daemon(self, stack, work, clients, seconds, is_watched):
        migrate(self.binary, self.postgres.url)
        daemon = Daemon(stack, self.binary, self.postgres.url, os.path.join(self.postgres.folder, "daemon.log"))
        projects = self.postgres.run("projects").split()
        if is_watched:
            audience = Subscribers(stack, daemon.port, projects)
        else:
            audience = Readers(daemon, projects[::max(len(projects) // WARM_PROJECTS, 1)])
        before = daemon.cpu_seconds()
        with ModeWatch(daemon) as mode:
            figures = self._write(work, clients, seconds)
        deadline = time.monotonic() + PATIENCE_SECONDS
        audience.wait_until_silent()
        figures["daemon_us"] = round((daemon.cpu_seconds() - before) / figures["transactions"] * 1e6, 1)

        state = self.postgres.run("state")
        differences = audience.differences(state)
        while any(differences.values()) and time.monotonic() < deadline:
            time.sleep(0.5)
            differences = audience.differences(state)
        return {**figures, **audience.stat(), **differences, "mode": str(mode)}


def plan(options):
    """(work, clients, variant, seconds) of one repetition."""
    for work in options.works:
        if work == "light":
            yield work, LIGHT["clients"], "watched", LIGHT["seconds"]
            continue
        for clients in options.clients:
            for variant in options.variants:
                yield work, clients, variant, options.secs


def table(lines):
    """A row for each work, clients and variant: medians of the repetitions, and sums of what went wrong."""
    cells = collections.defaultdict(list)
    for line in lines:
        cells[line["work"], line["clients"], line["variant"]].append(line)
    columns = {"tps": 8, "ratio": 7, "fdatasync_us": 14, "postgres_us": 13, "daemon_us": 11, "delivered": 11,
               "p50_ms": 9, "p90_ms": 9, "p99_ms": 9, "max_ms": 9,
               "settled_p50_ms": 16, "settled_p99_ms": 16,
               "lost": 6, "extra": 7, "disordered": 12, "dropped": 9}
    yield f"{'work':10}{'clients':>7}  {'variant':10}" + "".join(f"{name:>{width}}" for name, width in columns.items())
    for (work, clients, variant), runs in cells.items():
        for run, none in zip(runs, cells.get((work, clients, "none"), [])):
            run["ratio"] = run["tps"] / none["tps"]
        yield f"{work:10}{clients:>7}  {variant:10}" + "".join(
            f"{figure(runs, name):>{width}}" for name, width in columns.items())


def figure(runs, name):
    if name not in runs[0]:
        return ""
    values = [run[name] for run in runs]
    if name in FAULTS:
        return str(sum(values))
    if name == "fdatasync_us":
        values = [time for pair in values for time in pair]
    return f"{statistics.median(values):,.{2 if name == 'ratio' or name.endswith('_ms') else 0}f}"


def main():
    options = arguments()
    binary = os.path.abspath(os.environ.get("SCENESYNC", ".build/release/scenesync"))
    if not os.access(binary, os.X_OK):
        raise SystemExit(f"no binary at {binary}: build it, or name one in SCENESYNC")
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: sys.exit(128 + number))
    if options.lines:
        os.makedirs(os.path.dirname(os.path.abspath(options.lines)), exist_ok=True)
    process.allow_many_descriptors()
    programs.build()

    lines, where = [], documents.circumstances()
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(options.lines or os.devnull, "w"))
        postgres = Postgres(stack, round(options.slower_ms * 1000))
        print(f"disk: fdatasync of 8 kB takes {postgres.fdatasync_us()} us", flush=True)
        postgres.run("tables")
        writers = Writers(postgres, binary, options.projects)
        for repetition in range(options.reps):
            for work, clients, variant, seconds in plan(options):
                line = dict(rep=repetition + 1, slower_ms=options.slower_ms, work=work, clients=clients,
                            variant=variant)
                line.update(writers.run(work, clients, variant, seconds))
                lines.append(line)
                print(json.dumps(line), flush=True)
                print(json.dumps({**line, "where": where}), file=file, flush=True)
    print("", *table(lines), sep="\n")
    return any(line.get(name) for line in lines for name in FAULTS)


if __name__ == "__main__":
    sys.exit(main())
