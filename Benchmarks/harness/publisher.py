"""The program `publish`: images for a target, through the database or straight to it."""

import json
import subprocess

from harness import process, programs


def publish(target, files, first_number, seconds, *options):
    """Returns what the program says of its work."""
    where = ["-d", target.database] if target.database else ["-p", str(target.port)]
    command = [programs.path("publish"), "-k", files.projects, *where, "-s", str(seconds), "-f", str(first_number),
               "-l", files.written, *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, env=process.ENVIRONMENT, timeout=seconds + 120)
    if done.returncode:
        raise RuntimeError(f"publish: {done.stderr}")
    return json.loads(done.stdout)
