"""The works: what subscribers and writers do, and what of it is measured."""

import collections
import re
import statistics
import struct
import subprocess
import time

from harness import process
from harness.load import Load
from harness.publisher import publish

WORKS = ["W1u", "W1", "W2", "W3", "W4", "W5", "W6"]
PROJECTS = dict(W1u=1, W1=1, W2=1, W3=1000, W4=100, W5=1, W6=1000)
STORMS = 3
SHARES = [0.001, 0.005, *(share / 100 for share in range(1, 100)), 0.995, 0.999, 0.9995, 1]


class Run:
    """One work on one target."""

    def __init__(self, stack, target, postgres, files, first_number, seconds):
        self.stack = stack
        self.target = target
        self.postgres = postgres
        self.files = files
        self.first_number = first_number
        self.seconds = seconds

    def measure(self, work):
        """Returns the figures."""
        return getattr(self, "_" + work.lower())()

    def _w1u(self):
        load = self._subscribers(1000)
        return {**self._publish(load, 1000, "-r", 20, "-c", 2), "cdf": thinned(load.distribution())}

    def _w1(self):
        return self._publish(self._subscribers(1000), 1000, "-r", 200, "-c", 2)

    def _w2(self):
        return self._publish(self._subscribers(1000), 1000,
                             "-w", 64, "-n", 1000, "-g", self.files.progress, "-c", 4)

    def _w3(self):
        self._read_all()
        time.sleep(1)
        load = Load(self.stack, self.target, self.files, self.first_number)
        memory = [(0, self.target.resident_kb())]
        for count in (2000, 5000, 10000):
            load.open(count)
            time.sleep(3)
            memory.append((count, self.target.resident_kb()))
        before = self.target.cpu_seconds()
        time.sleep(5)
        idle = (self.target.cpu_seconds() - before) / 5
        return dict(memory_kb=memory, kb_per_subscriber=round((memory[-1][1] - memory[0][1]) / memory[-1][0], 3),
                    idle_percent=round(idle * 100, 2), **self._publish(load, 10, "-r", 100, "-c", 2, "-x"))

    def _w4(self):
        load = self._subscribers(1000)
        figures = self._publish(load, 10, "-r", 500, "-c", 16, "-i")
        distribution = self._since_acknowledged()
        return {**figures, **{f"ack_{name}_ms": round(quantile(distribution, share), 4)
                              for name, share in dict(p50=0.5, p90=0.9, p99=0.99, max=1).items()},
                "cdf": thinned(distribution)}

    def _w5(self):
        self._read_all()
        self._wrk(min(2, self.seconds))
        figures = self._reads(self.seconds)
        if self.target.database:
            compressed = self._reads(min(2, self.seconds), {"Accept-Encoding": "gzip"})
            figures["failed"] += compressed["failed"]
            figures.update({f"gzip_{name}": compressed[name] for name in ("requests_per_s", "cpu_us", "body_bytes")})
        return figures

    def _w6(self):
        self._read_all()
        if not self.target.database:
            for project in self.files.ids:
                self.target.post(project, "x" * len(self.target.get(project)))
        load = Load(self.stack, self.target, self.files, self.first_number)
        load.open(5000)
        time.sleep(2)
        figures = self._storms(load)
        if self.target.merges:
            figures.update({f"resumed_{name}": value for name, value in self._storms(load, resume=True).items()})
        return figures

    def _subscribers(self, count):
        load = Load(self.stack, self.target, self.files, self.first_number)
        load.open(count)
        time.sleep(1)
        return load

    def _read_all(self):
        """So that a daemon that keeps projects has them."""
        for project in self.files.ids:
            self.target.get(project)

    def _reads(self, seconds, headers={}):
        body = self.target.get(self.files.ids[0], headers)
        before = self.target.cpu_seconds()
        said = self._wrk(seconds, headers)
        used = self.target.cpu_seconds() - before
        requests = int(re.search(r"(\d+) requests in", said)[1])
        failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        return dict(body_bytes=len(body), requests=requests, failed=int(failed[1]) if failed else 0,
                    requests_per_s=float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
                    cpu_us=round(used / requests * 1e6, 3),
                    **{f"p{share}_ms": milliseconds(re.search(rf"^\s+{share}%\s+(\S+)", said, re.MULTILINE)[1])
                       for share in (50, 99)})

    def _publish(self, load, fan, *options):
        """Each image is for `fan` subscribers."""
        load.mark()
        before = self._clocks(load)
        written = publish(self.target, self.files, self.first_number, self.seconds, *options)
        expected = written["published"] * fan
        stat = load.wait_for(expected)
        used = {name: round(value - before[name], 3) for name, value in self._clocks(load).items()}
        lost = load.lost(self._numbers())
        delivered = stat["delivered"]
        ours = sum(used[name] for name in used if name.endswith("_cpu_s")) + written["publisher_cpu_s"]
        return {
            **written, **stat, **used, "expected": expected, "lost": lost,
            "coalesced": expected - stat["events"] if self.target.merges else 0,
            "deliveries_per_s": round(delivered / stat["span_s"], 1) if stat["span_s"] else 0,
            "cpu_us": round(used["target_cpu_s"] / max(1, delivered) * 1e6, 3),
            "events_per_receive": round(stat["events"] / max(1, stat["receives"]), 2),
            "bytes_per_delivery": round(stat["bytes"] / max(1, delivered), 1),
            "others_cpu_s": round(used["busy_s"] - ours, 3)}

    def _clocks(self, load):
        busy, stolen = process.machine_seconds()
        return dict(target_cpu_s=self.target.cpu_seconds(), postgres_cpu_s=self.postgres.cpu_seconds(),
                    client_cpu_s=load.stat()["client_cpu_s"], busy_s=busy, stolen_s=stolen)

    def _numbers(self):
        """A file of the images that every subscriber of their project must have been told of in the end."""
        if not self.target.merges:
            return self.files.written
        with open(self.files.numbers, "w") as file:
            file.write(self.postgres.run("numbers", projects=len(self.files.ids)))
        return self.files.numbers

    def _since_acknowledged(self):
        """As Load.distribution, but from when the writer knew of its commit."""
        with open(self.files.written) as file:
            acknowledged = {int(number): int(time_ns) for _, number, time_ns in map(str.split, file)}
        with open(self.files.arrivals, "rb") as file:
            latencies = sorted((arrived - acknowledged[number]) / 1e6
                               for number, arrived in struct.iter_unpack("=QQ", file.read()) if number in acknowledged)
        return [(latency, (place + 1) / len(latencies)) for place, latency in enumerate(latencies)]

    def _storms(self, load, resume=False):
        storms = collections.defaultdict(list)
        for _ in range(STORMS):
            before = self.target.cpu_seconds()
            storm = load.reconnect(resume)
            storms["cpu_s"].append(self.target.cpu_seconds() - before)
            for name in ("seconds", "p50_ms", "failed", "bytes"):
                storms[name].append(storm[name])
            time.sleep(2)
        return {name: round(max(values) if name == "failed" else statistics.median(values), 4)
                for name, values in storms.items()}

    def _wrk(self, seconds, headers={}):
        path = self.target.read.replace("{project}", self.files.ids[0])
        done = subprocess.run(
            ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency",
             *(f"-H{name}: {value}" for name, value in headers.items()),
             f"http://127.0.0.1:{self.target.port}{path}"],
            capture_output=True, text=True)
        if "requests in" not in done.stdout:
            raise RuntimeError(f"wrk: {done.stdout}{done.stderr}")
        return done.stdout


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return round(float(number) * dict(us=0.001, ms=1, s=1000)[unit], 4)


def quantile(distribution, share):
    return next((latency for latency, reached in distribution if reached >= share), 0)


def thinned(distribution):
    return [(round(quantile(distribution, share), 4), share) for share in SHARES] if distribution else []
