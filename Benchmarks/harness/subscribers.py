"""The program `subscribers`: what it was told of, and how fast."""

import json
import subprocess
import time

from harness import process, programs, states


class Subscribers:
    def __init__(self, stack, port, projects):
        """Opens a stream for each project and waits until all are live."""
        self.process = process.start([programs.path("subscribers"), str(port)], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)
        stack.callback(process.stop, self.process)
        self.process.stdin.write("".join(f"watch {project}\n" for project in projects))
        deadline = time.monotonic() + 60
        while self.stat()["ready"] < len(projects):
            if time.monotonic() > deadline:
                raise SystemExit(f"not all streams became ready: {self.stat()}")
            time.sleep(0.05)

    def stat(self):
        self._ask("stat")
        return json.loads(self.process.stdout.readline())

    def wait_until_silent(self):
        """Until no event has come for half a second."""
        events = -1
        while (latest := self.stat()["events"]) != events:
            events = latest
            time.sleep(0.5)

    def differences(self, state):
        """Of what was told, against `state`, the lines of the database."""
        return states.differences(state.splitlines(), self._dump())

    def _ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def _dump(self):
        self._ask("dump")
        while line := self.process.stdout.readline().rstrip("\n"):
            yield line
