"""Something that serves reads and streams, as the works see it."""

import http.client

from harness import process


class Target:
    """`database`: where images are written for it; without one they are posted to it."""

    def __init__(self, port, processes, database=None, prefix="", event="image"):
        self.port = port
        self.processes = processes
        self.database = database
        self.read = prefix + "/projects/{project}"
        self.events = self.read + "/events"
        self.event = event

    @property
    def merges(self):
        """Whether an event is a scene's whole state, so that the newest may stand for those before it."""
        return self.event == "scene"

    def cpu_seconds(self):
        return sum(process.cpu_seconds_of_tree(each.pid) for each in self.processes)

    def resident_kb(self):
        return sum(process.resident_kb_of_tree(each.pid) for each in self.processes)

    def check(self):
        """Whatever was measured of a target that has ended meanwhile is not worth much."""
        for each in self.processes:
            if each.poll() is not None:
                raise RuntimeError(f"{' '.join(each.args[-2:])} ended with {each.returncode}")

    def get(self, project, headers={}):
        return self._request("GET", self.read.replace("{project}", project), headers=headers)

    def post(self, project, body):
        return self._request("POST", "/publish/" + project, body, {"X-EventSource-Event": "snapshot"})

    def _request(self, method, path, body=None, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status}")
        return content
