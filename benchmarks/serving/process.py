"""A server in a process of its own, whose CPU time the kernel tells."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import grpc

ROOT = Path(__file__).resolve().parents[2]
PROCESS_CLOCK = 2
SERVING = "serving on "
PAUSE = 1.0
IDLE_SHARE = 0.02


class Server:
    """A program that prints ``serving on HOST:PORT`` and answers there until it is closed."""

    def __init__(self, command: Sequence[str], *, folder: Path = ROOT) -> None:
        environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / '_gen'}"}
        self.process = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = self.process.stdout.readline().strip()
        if not said.startswith(SERVING):
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"`{' '.join(command[:2])}` did not start")
        self.address = said.removeprefix(SERVING)
        self.channel = grpc.insecure_channel(self.address)

    def cpu_seconds(self) -> float:
        """CPU time of all threads of the server so far, to the nanosecond; Linux names the clock by the process."""
        return time.clock_gettime(~self.process.pid << 3 | PROCESS_CLOCK)

    def call(self, path: str) -> Callable[[bytes], bytes]:
        """A method that takes and gives bytes."""
        return self.channel.unary_unary(path, request_serializer=None, response_deserializer=None)

    def stream(self, path: str) -> Callable[[bytes], Iterator[bytes]]:
        """A method that takes bytes and gives some again and again."""
        return self.channel.unary_stream(path, request_serializer=None, response_deserializer=None)

    def rest(self) -> None:
        """Wait until the server does nothing any more that nobody asked for."""
        before = -1.0
        while self.cpu_seconds() - before > IDLE_SHARE * PAUSE:
            before = self.cpu_seconds()
            time.sleep(PAUSE)

    def close(self) -> None:
        """End the server."""
        self.channel.close()
        self.process.terminate()
        self.process.wait()


def our_server(folder: Path, rules: Path = ROOT / "rules" / "workstation", options: Sequence[str] = ()) -> Server:
    """``server.py`` on a free port with a rule book, the shipped one of workstations, and a fresh database."""
    command = [sys.executable, "server.py", "--quiet", "--listen", "127.0.0.1:0"]
    return Server([*command, "--database", str(folder / "bench.sqlite3"), "--rules", str(rules), *options])
