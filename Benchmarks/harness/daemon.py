"""The daemon on its default settings, and its doorbell's mode over time."""

import http.client
import json
import re
import subprocess
import threading
import time

from harness import process


def migrate(binary, url):
    done = subprocess.run([binary, "migrate", "--database-url", url], capture_output=True, text=True,
                          env=process.ENVIRONMENT)
    if done.returncode:
        raise SystemExit(f"scenesync migrate: {done.stderr}")


class Daemon:
    def __init__(self, stack, binary, url, log):
        """`stack` stops it."""
        self.port = process.free_port()
        with open(log, "w") as file:
            self.process = process.start(
                [binary, "serve", "--database-url", url, "--listen", f"127.0.0.1:{self.port}"],
                stdout=file, stderr=file)
        stack.callback(process.stop, self.process)
        for _ in range(300):
            if self._get("/readyz")[0] == 200:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit("the daemon did not become ready:\n" + open(log).read())

    def cpu_seconds(self):
        return process.cpu_seconds(self.process.pid)

    def mode(self):
        """quiet or busy; ? where the metric is missing."""
        found = re.search(r'^scenesync_doorbell_mode\{mode="(\w+)"\} 1$', self._get("/metrics")[1], re.MULTILINE)
        return found[1] if found else "?"

    def project(self, project):
        status, body = self._get("/v1/projects/" + project)
        if status != 200:
            raise SystemExit(f"project {project}: {status} {body}")
        return json.loads(body)

    def _get(self, path):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException):
            return None, ""


class ModeWatch:
    """Asks for the mode every 200 ms, between `with` and its end."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.changes = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.end = time.monotonic()

    def __str__(self):
        ends = [start for _, start in self.changes[1:]] + [self.end]
        return ", ".join(f"{mode} {end - start:.1f} s" for (mode, start), end in zip(self.changes, ends))

    def _watch(self):
        while True:
            mode = self.daemon.mode()
            if not self.changes or self.changes[-1][0] != mode:
                self.changes.append((mode, time.monotonic()))
            if self.over.wait(0.2):
                return
