"""A session that listens on a channel and drops what it hears, in PostgreSQL's own protocol."""

import socket
import struct
import threading


class Listener:
    def __init__(self, port, channel):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._send(b"", struct.pack("!i", 196608) + b"user\0postgres\0database\0postgres\0\0")
        self._send(b"Q", f"LISTEN {channel}\0".encode())
        self._wait_until_ready(times=2)
        threading.Thread(target=self._drain, daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _send(self, kind, body):
        self.socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def _wait_until_ready(self, times):
        while times:
            kind, length = struct.unpack("!ci", self.socket.recv(5, socket.MSG_WAITALL))
            self.socket.recv(length - 4, socket.MSG_WAITALL)
            if kind == b"E":
                raise SystemExit("the listener was refused")
            times -= kind == b"Z"

    def _drain(self):
        try:
            while self.socket.recv(1 << 16):
                pass
        except OSError:
            pass
