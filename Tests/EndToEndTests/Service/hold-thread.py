#!/usr/bin/env python3
"""Stops one thread of a process and leaves the others alone: hold-thread.py PID THREAD-NAME

Prints "held". The thread goes on when this ends: the kernel lets go of what nobody traces any more.
"""
import ctypes
import os
import signal
import sys

SEIZE, INTERRUPT = 0x4206, 0x4207
WALL = 0x40000000  # waits for threads, too

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        sys.exit(f"ptrace {request:#x}: {os.strerror(ctypes.get_errno())}")


process, name = sys.argv[1:]
tasks = f"/proc/{process}/task"
threads = [int(task) for task in os.listdir(tasks) if open(f"{tasks}/{task}/comm").read().strip() == name]
if len(threads) != 1:
    sys.exit(f"{len(threads)} threads are called {name}")

ptrace(SEIZE, threads[0])
ptrace(INTERRUPT, threads[0])
os.waitpid(threads[0], WALL)
os.write(1, b"held\n")
signal.pause()
