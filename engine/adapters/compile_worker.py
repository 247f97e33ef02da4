"""The process that compiles one model: ``python -m engine.adapters.compile_worker``, for ``adapters.diagrams`` alone.

Reads a pickled model and budget from standard input, written by the process that started it, and sends what happens to
standard output as frames, so that an end at any time leaves the best diagram found until then.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from typing import IO

from engine.configuration.model import Model
from engine.configuration.solver.build import CompileBudget, Compiled, compile_model
from engine.configuration.solver.flat import Diagram

HEAD = struct.Struct(">cI")


class Frame(Enum):
    """What a frame carries: an attempt in words, the bytes of a diagram, or the end with its status."""

    ATTEMPT = b"a"
    DIAGRAM = b"d"
    END = b"e"


def send(stream: IO[bytes], frame: Frame, content: bytes) -> None:
    """Write one frame."""
    stream.write(HEAD.pack(frame.value, len(content)) + content)
    stream.flush()


def frames(stream: IO[bytes]) -> Iterator[tuple[Frame, bytes]]:
    """Every whole frame until the stream ends."""
    while len(head := stream.read(HEAD.size)) == HEAD.size:
        kind, size = HEAD.unpack(head)
        content = stream.read(size)
        if len(content) < size:
            return
        yield Frame(kind), content


def work(model: Model, budget: CompileBudget, stream: IO[bytes]) -> Compiled:
    """Compile, and send every attempt, every diagram and the end."""

    def tell(attempt: str) -> None:
        send(stream, Frame.ATTEMPT, attempt.encode())

    def found(diagram: Diagram) -> None:
        send(stream, Frame.DIAGRAM, diagram.to_bytes())

    compiled = compile_model(model, budget, tell=tell, found=found)
    send(stream, Frame.END, compiled.status.value.encode())
    return compiled


def keep_to(seconds: int) -> None:
    """Let the system end this process when it has used so much processor time, whatever it is doing then."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # an end that is expected leaves no dump
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def main() -> None:
    """Serve one model; what compiles is told to stop a little before the system makes it."""
    model, budget = pickle.load(sys.stdin.buffer)
    keep_to(budget.seconds)
    budget = replace(budget, seconds=max(1, budget.seconds - 1 - int(time.process_time())))
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no frame
    work(model, budget, stream)


if __name__ == "__main__":
    main()
