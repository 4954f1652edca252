"""Processes of a benchmark: started so that none survives it, and what CPU they took."""

import os
import resource
import signal
import socket
import subprocess

FAST_SHUTDOWN = signal.SIGINT
TICKS = os.sysconf("SC_CLK_TCK")

# Programs run on their defaults, not on what the caller's shell has for another database.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith(("PG", "SCENESYNC_")) and name != "DATABASE_URL"}


def sql(name):
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sql", name + ".sql")


def allow_many_descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(command, how=("--pdeathsig=KILL",), **options):
    """In a session of its own, so that Ctrl-C reaches the benchmark alone, which stops things in order."""
    return subprocess.Popen(
        ["setpriv", *how, "--", *command], start_new_session=True, env=ENVIRONMENT, **options)


def stop(child, how=signal.SIGTERM):
    if child.poll() is None:
        child.send_signal(how)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _stat(pid):
    """/proc/PID/stat from the state on: names may hold spaces."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(") ")[2].split()


def cpu_seconds(pid):
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_seconds_of_tree(pid):
    """With its children: the living, and those that have ended."""
    fields = _stat(pid)
    total = sum(map(int, fields[11:15])) / TICKS
    for other in filter(str.isdigit, os.listdir("/proc")):
        try:
            if _stat(other)[1] == str(pid):
                total += cpu_seconds(other)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total
