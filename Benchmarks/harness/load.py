"""The program `load`: the subscribers of a target, and what they have been told."""

import time

from harness import programs
from harness.conversation import Conversation

SILENCE_SECONDS = 2
PATIENCE_SECONDS = 12


class Load:
    def __init__(self, stack, target, files, first_number):
        self.files = files
        self.conversation = Conversation(stack, [
            programs.path("load"), "-p", str(target.port), "-u", target.events, "-k", files.projects,
            "-e", target.event, "-f", str(first_number), "-g", files.progress, "-a", files.arrivals])

    def open(self, count):
        answer = self.conversation.ask(f"open {count}")
        if answer["failed"]:
            raise RuntimeError(f"{answer['failed']} of {count} streams failed")

    def reconnect(self, resume=False):
        return self.conversation.ask("reconnect resume" if resume else "reconnect")

    def mark(self):
        self.conversation.ask("mark")

    def stat(self):
        return self.conversation.ask("stat")

    def wait_for(self, images):
        """Until each has come or nothing comes any more; what is still on its way after a while counts as lost."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        stat, quiet_since = self.stat(), time.monotonic()
        while stat["delivered"] + stat["by_snapshot"] < images and time.monotonic() < deadline:
            time.sleep(0.2)
            latest = self.stat()
            if latest["events"] != stat["events"]:
                quiet_since = time.monotonic()
            stat = latest
            if time.monotonic() - quiet_since > SILENCE_SECONDS:
                break
        return stat

    def lost(self, numbers):
        """How many of the images in the file `numbers` did not come, counted for each subscriber."""
        return self.conversation.ask(f"lost {numbers}")["lost"]

    def distribution(self):
        """Pairs of a latency in milliseconds and the share that is not longer."""
        self.conversation.ask(f"cdf {self.files.distribution}")
        with open(self.files.distribution) as file:
            return [tuple(map(float, line.split())) for line in file]
