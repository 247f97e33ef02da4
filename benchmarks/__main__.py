"""Runs every benchmark, or those named, each in a process of its own so that none warms the next.

What starts with ``--``, such as ``--full``, is handed on to the benchmarks that are named.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_BENCHMARKS = {"__init__", "__main__", "measure", "page"}


def main() -> int:
    """Return 0 when every benchmark ran and its results were equal to its peers'."""
    options = [each for each in sys.argv[1:] if each.startswith("--")]
    wanted = [each for each in sys.argv[1:] if each not in options]
    names = [path.stem for path in sorted(HERE.glob("*.py")) if path.stem not in NOT_BENCHMARKS]
    if {"--help", "-h"} & set(sys.argv[1:]):
        print(f"usage: python -m benchmarks [NAME ... [--full]]\n\n{__doc__}\nBenchmarks: {', '.join(names)}")
        return 0
    if options and not wanted:
        print(f"name the benchmarks that {' '.join(options)} is for: {', '.join(names)}", file=sys.stderr)
        return 2
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        print(f"unknown benchmark: {', '.join(unknown)}; known: {', '.join(names)}", file=sys.stderr)
        return 2
    failed = []
    for name in wanted or names:
        print(f"\n==> {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *(options if wanted else ())]
        if subprocess.run(command, cwd=HERE.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
