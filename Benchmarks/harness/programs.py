"""The programs of this package."""

import os
import subprocess

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def build():
    done = subprocess.run(["swift", "build", "-c", "release", "--package-path", PACKAGE],
                          capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


def path(name):
    return os.path.join(PACKAGE, ".build/release", name)
