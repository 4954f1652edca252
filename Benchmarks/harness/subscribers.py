"""The program `subscribers`, and the comparison of what it was told with what the database holds."""

import collections
import json
import subprocess
import time

from harness import process, programs


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
        """(lost, extra, disordered) images against `state`, the lines of the database."""
        wanted, told = _scenes(state.splitlines()), _scenes(self._dump())
        lost = extra = disordered = 0
        for scene in wanted.keys() | told.keys():
            one, other = wanted.get(scene, "[]"), told.get(scene, "[]")
            if one == other:
                continue
            one, other = json.loads(one), json.loads(other)
            missing = collections.Counter(one) - collections.Counter(other)
            surplus = collections.Counter(other) - collections.Counter(one)
            lost += missing.total()
            extra += surplus.total()
            if not missing and not surplus:
                disordered += sum(a != b for a, b in zip(one, other))
        return dict(lost=lost, extra=extra, disordered=disordered)

    def _ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def _dump(self):
        self._ask("dump")
        while line := self.process.stdout.readline().rstrip("\n"):
            yield line


def _scenes(lines):
    """(project, scene) -> the text of its URLs."""
    return {(project, scene): urls for project, scene, urls in (line.split(" ", 2) for line in lines)}
