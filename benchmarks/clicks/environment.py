"""The peers' own Python environment: OR-tools pins a protobuf below the one that our server needs."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / ".peers"
PACKAGES = ("ortools", "clingo", "python-sat", "python-constraint2")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a peer managed: milliseconds and hash of each click it answered, in order."""

    milliseconds: tuple[float, ...]
    hashes: tuple[str, ...]
    load: float


def python() -> Path | None:
    """The peers' interpreter, installed when missing; None, with a line that says so, when that fails."""
    found = FOLDER / "bin" / "python"
    done = FOLDER / "installed"
    if done.exists() and done.read_text() == " ".join(PACKAGES):
        return found
    print(f"installing {', '.join(PACKAGES)} into {FOLDER.name} (once)", flush=True)
    venv.create(FOLDER, with_pip=True, clear=True)
    install = subprocess.run(
        [found, "-m", "pip", "install", "--quiet", *PACKAGES], capture_output=True, text=True, check=False
    )
    if install.returncode:
        print(f"peers are left out: {install.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    done.write_text(" ".join(PACKAGES))
    return found


def ask(interpreter: Path, peer: str, problem: str, seconds: float) -> Answered:
    """Let a peer answer the clicks of a problem (JSON) for so long; what it cannot finish is missing."""
    lines = run(interpreter, "peers.py", [peer, str(seconds)], problem, 2 * seconds + 5)
    clicks = [each for each in lines if "ms" in each]
    load = next((each["load_ms"] for each in lines if "load_ms" in each), 0.0)
    return Answered(tuple(each["ms"] for each in clicks), tuple(each["hash"] for each in clicks), load)


def run(
    interpreter: Path, script: str, arguments: Sequence[str], problem: str, patience: float
) -> list[dict[str, Any]]:
    """The lines of JSON that a script prints about a problem until it ends or patience does."""
    process = subprocess.Popen(
        [interpreter, HERE / script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        shown, complaints = process.communicate(problem, timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        shown, complaints = process.communicate()
    if process.returncode and process.returncode > 0:
        raise RuntimeError(f"{script} {' '.join(arguments)}: {complaints.strip()}")
    return [json.loads(each) for each in shown.splitlines() if each.endswith("}")]
