"""A PostgreSQL and a daemon of a test's own, which end with it."""

import json
import os
import re
import signal
import subprocess
import threading
import urllib.request
from pathlib import Path

from picture import picture

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "Tests/PostgresTestSupport/postgres-for-tests.sh"
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("SCENESYNC_", "PG", "DATABASE_URL"))}

INSERT = "INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url)"


def literal(value):
    return "'" + value.replace("'", "''") + "'"


class Server:
    """A throw-away PostgreSQL; it ends when its stdin does."""

    def __init__(self):
        self.process = subprocess.Popen([SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=CLEAN)
        self.port = int(self._answer().split()[1])

    def stop(self):
        self._send("stop fast")

    def start(self):
        self._send("start")

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def connection(self, user="postgres"):
        return f"host=127.0.0.1 port={self.port} user={user} dbname=postgres"

    def begin(self, sql):
        """A session of its own, which runs on; `end` waits for it."""
        process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.connection(), "-f", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN)
        process.stdin.write(sql)
        process.stdin.close()
        return process

    def end(self, process):
        text, error = process.stdout.read(), process.stderr.read()
        if process.wait() != 0:
            raise RuntimeError(f"psql: {error.strip()}")
        return text.strip()

    def run(self, sql):
        return self.end(self.begin(sql))

    def _send(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the server's script has ended")
        return line


class Daemon:
    """`scenesync serve`, to be held up, killed and started again at the same address."""

    def __init__(self, binary, server, *flags):
        self.command = [binary, "serve", *flags]
        self.environment = {**CLEAN, "DATABASE_URL": server.connection("scenesync")}
        self.port = 0
        self.lines = []
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [*self.command, "--listen", f"127.0.0.1:{self.port}"], stderr=subprocess.PIPE, text=True, env=self.environment)
        for line in self.process.stderr:
            self.lines.append(line)
            if found := re.search(r" listening .*address=http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                break
        else:
            raise RuntimeError("the daemon did not start:\n" + "".join(self.lines))
        # Who does not read holds up the daemon.
        threading.Thread(target=lambda errors: self.lines.extend(errors), args=[self.process.stderr], daemon=True).start()

    def hold(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Deployment:
    """The app's tables, migrated, with a daemon on them."""

    def __init__(self, binary, *flags):
        self.server = Server()
        try:
            self.server.run(
                "CREATE TABLE content_creation_requests (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), generated_output jsonb);")
            subprocess.run(
                [binary, "migrate", "--daemon-role", "scenesync"], check=True, capture_output=True,
                env={**CLEAN, "DATABASE_URL": self.server.connection()})
            self.daemon = Daemon(binary, self.server, *flags)
        except BaseException:
            self.server.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.kill()
        self.server.close()

    def add_project(self, document):
        return self.server.run(
            f"INSERT INTO content_creation_requests (generated_output) VALUES ({literal(json.dumps(document))}) RETURNING id;")

    def warm(self, project):
        """Has it in memory."""
        urllib.request.urlopen(f"{self.daemon.url}/v1/projects/{project}").read()

    def revision(self, project):
        return urllib.request.urlopen(f"{self.daemon.url}/v1/projects/{project}").headers["ETag"].strip('"')

    def monitor(self):
        return json.load(urllib.request.urlopen(f"{self.daemon.url}/v1/monitor"))

    def insertion(self, project, *places):
        rows = ", ".join(f"('{project}', {scene}, {image}, {literal(url)})" for scene, image, url in places)
        return f"{INSERT} VALUES {rows};"

    def save(self, project, *places):
        self.server.run(self.insertion(project, *places))

    def flood(self, project, rows):
        """Each row by a statement of its own, in one transaction."""
        self.server.run(
            f"DO $$ BEGIN FOR place IN 1..{rows} LOOP {INSERT} VALUES ('{project}', 99, place, 'https://example.com/' || place); "
            "END LOOP; END $$;")

    def save_at_once(self, project, count, seconds):
        """So many sessions, whose transactions are open at one moment."""
        sessions = [
            self.server.begin(
                f"BEGIN; {self.insertion(project, (1, 100 + number, picture(f'at once {number}')))} "
                f"SELECT pg_sleep({seconds}); COMMIT;")
            for number in range(count)
        ]
        for session in sessions:
            self.server.end(session)

    def save_silently(self, project, scene, image, url):
        self.server.run(
            "BEGIN; ALTER TABLE generated_images DISABLE TRIGGER USER; "
            f"{self.insertion(project, (scene, image, url))} ALTER TABLE generated_images ENABLE TRIGGER USER; COMMIT;")

    def kill_listener(self):
        self.server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scenesync';")
