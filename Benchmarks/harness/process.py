"""Processes of a benchmark: started so that none survives it, and what CPU they took."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import time

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


def wait_for_port(port, child, log):
    """Until someone listens there."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if child.poll() is not None:
                break
            time.sleep(0.05)
    with open(log) as file:
        raise SystemExit(f"{child.args[-1]} did not start:\n{file.read()}")


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
    for child in _children(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            total += cpu_seconds(child)
    return total


def resident_kb_of_tree(pid):
    """Memory of the process and its children; what they share counts once, in parts."""
    return sum(_proportional_kb(one) for one in [pid, *_children(pid)])


def machine_seconds():
    """(busy, stolen) CPU of the whole machine."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, interrupts, soft_interrupts, stolen = map(int, file.readline().split()[1:9])
    return (user + nice + system + interrupts + soft_interrupts) / TICKS, stolen / TICKS


def _children(pid):
    for other in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if _stat(other)[1] == str(pid):
                yield int(other)


def _proportional_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
