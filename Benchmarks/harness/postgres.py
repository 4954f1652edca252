"""A scratch PostgreSQL server on the real disk, on loopback, gone with its folder at the end."""

import glob
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time

from harness import process

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = on
synchronous_commit = on
shared_buffers = 512MB
max_wal_size = 4GB
max_connections = 200
"""


def newest_binaries():
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if not found:
        raise SystemExit("no PostgreSQL server in /usr/lib/postgresql: apt-get install postgresql")
    return os.path.dirname(max(found, key=lambda path: [int(digits) for digits in re.findall(r"\d+", path)]))


class Postgres:
    def __init__(self, stack, slower_us=0):
        """`stack` stops the server and removes the folder, also after an error. Each flush takes `slower_us` longer."""
        self.programs = newest_binaries()
        self.folder = tempfile.mkdtemp(prefix="scenesync-bench-", dir="/var/tmp")
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = os.path.join(self.folder, "data")
        self.port = process.free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")

        initdb = ["initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        with self._start(initdb, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as initialization:
            output, _ = initialization.communicate()
        if initialization.returncode:
            raise SystemExit(output)
        with open(os.path.join(self.data, "postgresql.conf"), "a") as configuration:
            configuration.write(SETTINGS)

        self.slower_us = slower_us
        prefix = self._slow_disk() if slower_us else []
        self.log = os.path.join(self.folder, "log")
        with open(self.log, "w") as log:
            self.server = self._start(["postgres", "-D", self.data, "-p", str(self.port)], prefix,
                                      stdout=log, stderr=log)
        stack.callback(process.stop, self.server, process.FAST_SHUTDOWN)
        for _ in range(300):
            if self._client("pg_isready", "-q").returncode == 0:
                return
            if self.server.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit("PostgreSQL did not start:\n" + open(self.log).read())

    def run(self, script, **variables):
        """Runs a file of sql/ and returns what it prints."""
        settings = [f"--set={name}={value}" for name, value in {"ON_ERROR_STOP": 1, **variables}.items()]
        done = self._client("psql", "-X", "-q", "-A", "-t", *settings, "-f", process.sql(script))
        if done.returncode:
            raise SystemExit(f"{script}.sql: {done.stderr}")
        return done.stdout

    def write(self, work, clients, seconds, projects, *more):
        """Runs pgbench and returns (transactions, transactions a second)."""
        done = self._client(
            "pgbench", "-n", "-M", "prepared", "-j", "2", "-c", str(clients), "-T", str(seconds),
            "-D", f"projects={projects}", "-f", process.sql("works/" + work), *more)
        if done.returncode:
            raise SystemExit(f"pgbench {work}: {done.stderr}")
        return (int(re.search(r"actually processed: (\d+)", done.stdout)[1]),
                float(re.search(r"tps = ([\d.]+)", done.stdout)[1]))

    def cpu_seconds(self):
        return process.cpu_seconds_of_tree(self.server.pid)

    def fdatasync_us(self):
        """What a commit waits for: the median of 20 times 8 kB, written where the WAL is."""
        times = []
        with open(os.path.join(self.folder, "fdatasync"), "wb", buffering=0) as file:
            for _ in range(20):
                os.pwrite(file.fileno(), bytes(8192), 0)
                start = time.monotonic()
                os.fdatasync(file.fileno())
                times.append(time.monotonic() - start)
        return round(statistics.median(times) * 1e6) + self.slower_us

    def _client(self, program, *arguments):
        target = dict(PGHOST="127.0.0.1", PGPORT=str(self.port), PGUSER="postgres", PGDATABASE="postgres")
        return subprocess.run([os.path.join(self.programs, program), *arguments], capture_output=True, text=True,
                              env=process.ENVIRONMENT | target)

    def _slow_disk(self):
        """The words before a command that make its flushes slower."""
        library = os.path.join(self.folder, "slow_disk.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow_disk.c")
        compiler = shutil.which("cc") or shutil.which("clang")
        if not compiler:
            raise SystemExit("no C compiler for a slower disk: apt-get install gcc")
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        return ["env", f"LD_PRELOAD={library}", f"SLOW_DISK_US={self.slower_us}"]

    def _start(self, command, prefix=(), **options):
        """PostgreSQL refuses to be root."""
        user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        program = os.path.join(self.programs, command[0])
        return process.start([*prefix, program, *command[1:]], how=["--pdeathsig=INT", *user], cwd=self.folder, **options)
