#!/usr/bin/env python3
"""Does `load` count what it was sent? A server says it in awkward pieces, and knows what the counts must be."""

import contextlib
import os
import socket
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from harness import programs
from harness.conversation import Conversation
from harness.files import Files

# When the images were written; those that came first are the most.
AGO_MS = 1100
LONG_AGO_MS = 4000


class Server:
    """Answers every request with the same events, once it is told to."""

    def __init__(self, frame, events):
        self.frame = frame
        self.events = events
        self.may_go = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            threading.Thread(target=self._serve, args=self.listener.accept()[:1], daemon=True).start()

    def _serve(self, client):
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(4096)
        coding = b"" if self.frame is whole else b"Transfer-Encoding: chunked\r\n"
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + coding + b"\r\n")
        self.may_go.wait()
        with contextlib.suppress(OSError):  # all hang up at the reconnect
            for piece in self.frame(self.events().encode()):
                client.sendall(piece)
            client.recv(1)


def whole(events):
    yield events


def one_chunk(events):
    yield b"%x;extension=1\r\n%s\r\n" % (len(events), events)


def single_bytes(events):
    for byte in events:
        yield b"1\r\n%c\r\n" % byte


def image(number):
    ago_ms = LONG_AGO_MS if number == 104 else AGO_MS
    return f'"https://cdn.example.net/x.webp?ts={int(time.time() * 1e6) - ago_ms * 1000}&n={number}"'


def scene(index, *numbers):
    urls = ", ".join(map(image, numbers))
    return f'event: scene\nid: 7\ndata: {{"scene_index": {index}, "imageUrls": [{urls}]}}\n\n'


def of_scenes():
    """10 and 11 are the seed's, 102 comes in a snapshot only, 103 never."""
    return (f": a comment\n\nevent: snapshot\ndata: {{{image(10)}, {image(102)}}}\n\n"
            + scene(1, 10, 100) + scene(1, 10, 100, 101)
            + scene(1, 10, 100, 101)   # doubled
            + scene(2, 11, 104)
            + scene(1, 10, 104).replace("\n", "\r\n")
            + scene(1, 10, 100, 101)   # what it was some time ago: not doubled
            + "data: no name\n\nevent: ready\ndata: {}\n\n")


def of_images():
    return "".join(f"event: image\ndata: {{{image(number)}}}\n\n" for number in (100, 101, 100, 104))


CASES = [
    ("scene", of_scenes, dict(events=6, others=3, delivered=3, by_snapshot=1, repeated=6, doubled=1), 1),
    ("image", of_images, dict(events=4, others=0, delivered=3, by_snapshot=0, repeated=1, doubled=1), 2),
]
STREAMS = 3


def check(folder, frame, event, events, wanted, wanted_lost):
    with contextlib.ExitStack() as stack:
        server, files = Server(frame, events), Files(folder, 1)
        with open(files.numbers, "w") as file:
            file.writelines(f"0 {number}\n" for number in (10, 100, 101, 102, 103, 104))
        load = Conversation(stack, [programs.path("load"), "-p", str(server.port), "-u", "/{project}", "-f", "100",
                                    "-k", files.projects, "-e", event, "-a", files.arrivals])
        load.ask(f"open {STREAMS}")
        load.ask("mark")
        server.may_go.set()
        time.sleep(0.5)
        stat = load.ask("stat")
        told = {name: stat[name] / STREAMS for name in wanted}
        lost = load.ask(f"lost {files.numbers}")["lost"] / STREAMS
        arrivals = os.path.getsize(files.arrivals) / 16 / STREAMS
        load.ask(f"cdf {files.distribution}")
        with open(files.distribution) as file:
            share = float(file.readlines()[-1].split()[1])
        again = load.ask("reconnect resume")
        is_right = (told == wanted and lost == wanted_lost and arrivals == wanted["delivered"] and share == 1
                    and AGO_MS <= stat["p50_ms"] < AGO_MS + 150 and LONG_AGO_MS <= stat["p99_ms"] < LONG_AGO_MS + 150
                    and again["failed"] == 0)
        print("ok  " if is_right else "FAIL", event, frame.__name__, "" if is_right else (told, lost, stat, again))
        return is_right


def main():
    programs.build()
    with tempfile.TemporaryDirectory() as folder:
        results = [check(folder, frame, *case) for case in CASES for frame in (whole, one_chunk, single_bytes)]
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
