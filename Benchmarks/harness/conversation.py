"""A program that is told lines on stdin, and answers each with a line of JSON."""

import json
import select
import subprocess

from harness import process

PATIENCE_SECONDS = 90


class Conversation:
    def __init__(self, stack, command):
        """`stack` stops it."""
        self.name = command[0]
        self.process = process.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(process.stop, self.process)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        answer = self.process.stdout.readline() if ready else ""
        if not answer:
            raise RuntimeError(f"{self.name}: no answer to {line}")
        return json.loads(answer)
