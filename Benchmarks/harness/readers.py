"""Projects that the daemon has in memory, because they are read, and that nobody subscribes to."""

import json

from harness import states


class Readers:
    def __init__(self, daemon, projects):
        """Reads each of them, and so has the daemon load it."""
        self.daemon = daemon
        self.projects = set(projects)
        self.differences("")

    def stat(self):
        return {}

    def wait_until_silent(self):
        pass

    def differences(self, state):
        """Of what is answered, against `state`, the lines of the database."""
        return states.differences([line for line in state.splitlines() if line.split(" ", 1)[0] in self.projects],
                                  self._answers())

    def _answers(self):
        for project in self.projects:
            for scene in self.daemon.project(project)["generated_output"]["scenes"]:
                yield f"{project} {scene['index']} {json.dumps(scene['imageUrls'])}"
