"""How each target is started for a work, on a database of which everybody sees the same rows."""

import os
import subprocess

from harness import process, programs
from harness.daemon import Daemon, migrate
from harness.nginx import Nginx
from harness.target import Target

# The works by which a program that knows no database is fed from one, as the daemon is.
NOTIFIED = ["W1u", "W1", "W2", "W4"]
DIRECT = ["W3", "W5", "W6"]

# Which works a target takes part in.
TARGETS = {
    "daemon": [*NOTIFIED, *DIRECT],
    "limit-send": [*NOTIFIED, *DIRECT],
    "limit-flush": NOTIFIED,
    "nchan": ["W1u", "W1", "W2", *DIRECT],
    "nchan-notify": NOTIFIED,
}


class Starter:
    """Starts a target in a folder of its own; `stack` stops it."""

    def __init__(self, stack, folder, postgres, binary, work, project_bytes):
        self.stack = stack
        self.folder = folder
        self.postgres = postgres
        self.binary = binary
        self.work = work
        self.project_bytes = project_bytes

    def start(self, name):
        if name == "daemon":
            return self._daemon()
        port = process.free_port()
        first = self._nginx(port) if name.startswith("nchan") else self._limit(port, name == "limit-flush")
        if name == "nchan" or self.work in DIRECT:
            return Target(port, [first])
        return Target(port, [first, self._bridge(port)], database=self.postgres.url)

    def _daemon(self):
        migrate(self.binary, self.postgres.url)
        daemon = Daemon(self.stack, self.binary, self.postgres.url, os.path.join(self.folder, "log"))
        return Target(daemon.port, [daemon.process], database=self.postgres.url, prefix="/v1", event="scene")

    def _limit(self, port, flushes_once_a_turn):
        log = os.path.join(self.folder, "log")
        options = ["-t"] * flushes_once_a_turn + ["-o"] * (self.work == "W6")
        with open(log, "w") as file:
            child = process.start(
                [programs.path("limit"), "-p", str(port), "-b", str(self.project_bytes), *options],
                stdout=file, stderr=file)
        self.stack.callback(process.stop, child)
        process.wait_for_port(port, child, log)
        return child

    def _nginx(self, port):
        return Nginx(self.stack, self.folder, port, self.project_bytes, self.work == "W6").process

    def _bridge(self, port):
        """A trigger announces each row, and the bridge posts it."""
        self.postgres.run("triggers/row")
        child = process.start([programs.path("bridge"), self.postgres.url, "images", str(port)],
                              stdout=subprocess.PIPE, text=True)
        self.stack.callback(process.stop, child)
        if child.stdout.readline() != "ready\n":
            raise SystemExit("the bridge did not start")
        return child
