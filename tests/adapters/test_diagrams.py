"""Compiling in a process of its own: what it sends, when it is ended, what is kept, and who may call it."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from engine.adapters import diagrams
from engine.adapters.compile_worker import Frame, frames, send, work
from engine.adapters.diagrams import Outcome, diagram_for, key_of
from engine.adapters.disk_cache import DiskCache
from engine.configuration import Model, ModelBuilder, Term
from engine.configuration.solver.build import CompileBudget, CompileStatus, available, compile_model
from engine.configuration.solver.flat import Diagram, fingerprint
from engine.configuration.solver.sweep import Sweeper
from tests.configuration.solver.test_compiling import banded, tangle
from tests.conformance.shared_data import missing


@pytest.fixture(autouse=True)
def installed() -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")


@pytest.fixture
def kept(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "diagrams", ending=".mdd")


def pair() -> Model:
    builder = ModelBuilder("pair")
    builder.clause([builder.is_(builder.boolean(name), True) for name in "ab"], builder.rule("one of both"))
    return builder.build()


def files(kept: DiskCache) -> list[str]:
    return [each.name for each in kept.folder.iterdir()] if kept.folder.exists() else []


def test_a_model_is_compiled_once_and_then_read(kept: DiskCache) -> None:
    heard: list[str] = []
    first = diagram_for(banded(), CompileBudget(), kept, tell=heard.append)
    assert first.status is CompileStatus.DONE and not first.cached and first.diagram is not None
    assert first.attempts == tuple(heard) and heard
    assert first.peak_megabytes > 10
    again = diagram_for(banded(), CompileBudget(), kept)
    assert again.cached and again.diagram == first.diagram
    assert files(kept) == [f"{key_of(fingerprint(banded()))}.mdd"]


def test_what_was_kept_for_another_version_is_compiled_anew(kept: DiskCache) -> None:
    """Whole as far as the cache can see, but no diagram."""
    model = pair()
    for content in (b"", b"CPQMDD1\n" + bytes(100), Diagram((), (0,), (0, 0), (), (), (0,), "00" * 32).to_bytes()):
        kept.write(key_of(fingerprint(model)), content)
        found = diagram_for(model, CompileBudget(), kept)
        assert not found.cached and found.diagram is not None and Sweeper(model, found.diagram).count([]) == 3
    assert diagram_for(model, CompileBudget(), kept).cached


def test_a_folder_that_cannot_be_written_keeps_nothing_and_the_answer_stands(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = diagram_for(pair(), CompileBudget(), DiskCache(tmp_path / "file" / "diagrams", ending=".mdd"))
    assert found.status is CompileStatus.DONE and found.diagram is not None


def test_a_worker_that_hangs_is_ended_by_the_clock_and_what_it_sent_is_not_kept(
    kept: DiskCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that sends a diagram (or nothing) and then waits for ever: whoever asks next gets a whole diagram."""
    model = pair()
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None
    monkeypatch.setattr(diagrams, "WAITED", 1)
    for content in (diagram.to_bytes(), b""):
        with monkeypatch.context() as patched:
            patched.setattr(diagrams, "COMMAND", (sys.executable, "-c", hanging(content)))
            found = diagram_for(model, CompileBudget(seconds=3), kept)
        assert found.attempts[-1].startswith("stopped by the clock") and found.peak_megabytes > 5
        assert found.status is (CompileStatus.DONE if content else CompileStatus.TOO_LARGE)
        assert found.diagram == (diagram if content else None)
        assert files(kept) == []
    monkeypatch.undo()
    assert not diagram_for(model, CompileBudget(), kept).cached
    assert diagram_for(model, CompileBudget(), kept).cached


def test_a_worker_over_its_processor_time_is_ended_and_what_it_sent_is_kept(
    kept: DiskCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system counts, so that the answer is the same on a busy machine; the clock has a thousand times as long."""
    model = pair()
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None
    monkeypatch.setattr(diagrams, "WAITED", 1_000)
    for content in (b"", diagram.to_bytes()):
        monkeypatch.setattr(diagrams, "COMMAND", (sys.executable, "-c", spinning(content)))
        found = diagram_for(model, CompileBudget(), kept)
        assert found.attempts == ("stopped when the time was up",) and found.processor_seconds > 0.1
        assert found.status is (CompileStatus.DONE if content else CompileStatus.TOO_LARGE)
        assert found.diagram == (diagram if content else None)
    assert diagram_for(model, CompileBudget(), kept).cached


def spinning(content: bytes) -> str:
    """A program that may use one second of processor time, sends a frame (or nothing) and computes without end."""
    return hanging(content).replace("time.sleep(600)", LIMITED)


LIMITED = """
from engine.adapters.compile_worker import keep_to
keep_to(1)
while True:
    pass
"""


def test_the_worker_is_told_all_of_its_time_however_late_it_is() -> None:
    """What the clock says when the worker starts is not its fault."""
    _, told = pickle.loads(diagrams._task(pair(), CompileBudget(seconds=7, nodes=11)))
    assert told == CompileBudget(seconds=7, nodes=11)


def hanging(content: bytes) -> str:
    """A program that sends a frame (or nothing) and hangs; it imports nothing of the engine, so it starts at once."""
    sent = io.BytesIO()
    if content:
        send(sent, Frame.DIAGRAM, content)
    return textwrap.dedent(f"""
        import sys, time
        sys.stdout.buffer.write({sent.getvalue()!r})
        sys.stdout.buffer.flush()
        time.sleep(600)
    """)


def test_a_worker_that_dies_says_how(kept: DiskCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagrams, "COMMAND", (sys.executable, "-c", "raise SystemExit('no room left')"))
    found = diagram_for(pair(), CompileBudget(), kept)
    assert found.status is CompileStatus.CRASHED and found.diagram is None
    assert found.attempts == ("the process that compiles ended with 1: no room left",)
    assert files(kept) == []


def test_an_explosion_ends_with_its_attempts(kept: DiskCache) -> None:
    found = diagram_for(tangle(), CompileBudget(seconds=120, nodes=500), kept)
    assert found.status is CompileStatus.TOO_LARGE and found.diagram is None
    assert any("gave up" in each for each in found.attempts)
    assert files(kept) == []


def test_what_cannot_be_compiled_starts_no_process(kept: DiskCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagrams, "COMMAND", ("no such program",))
    builder = ModelBuilder("sum")
    builder.at_most([Term(2, 0, builder.quantity("fans", 0, 9))], 7)
    assert diagram_for(builder.build(), CompileBudget(), kept) == Outcome(CompileStatus.NOT_COMPILABLE, None, 0.0)
    monkeypatch.setattr(diagrams, "available", lambda: False)
    assert diagram_for(pair(), CompileBudget(), kept).status is CompileStatus.NOT_INSTALLED


def test_a_program_without_a_main_guard_may_compile(tmp_path: Path) -> None:
    """The worker does not run the caller's program again."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent("""
            import sys
            from pathlib import Path
            from engine.adapters.diagrams import diagram_for
            from engine.adapters.disk_cache import DiskCache
            from engine.configuration import ModelBuilder
            from engine.configuration.solver.build import CompileBudget
            print("once")
            builder = ModelBuilder("one")
            builder.clause([builder.is_(builder.boolean("a"), True)])
            kept = DiskCache(Path(sys.argv[1]), ending=".mdd")
            print(diagram_for(builder.build(), CompileBudget(), kept).status.value)
        """)
    )
    command = [sys.executable, str(program), str(tmp_path / "kept")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["once", "done"], done.stderr


def compile_there(folder: Path) -> None:
    found = diagram_for(banded(), CompileBudget(), DiskCache(folder, ending=".mdd"))
    os._exit(0 if found.status is CompileStatus.DONE and found.diagram is not None else 1)


def test_several_processes_compile_the_same_model_into_one_cache(kept: DiskCache) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=compile_there, args=(kept.folder,)) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(120)
    assert [each.exitcode for each in workers] == [0, 0, 0]
    assert files(kept) == [f"{key_of(fingerprint(banded()))}.mdd"]
    assert diagram_for(banded(), CompileBudget(), kept).cached


def test_the_cache_stays_within_its_size(tmp_path: Path) -> None:
    kept = DiskCache(tmp_path / "diagrams", ending=".mdd", bytes_max=500)
    for at in range(3):
        builder = ModelBuilder(f"m{at}")
        builder.clause([builder.is_(builder.boolean(f"b{each}"), True) for each in range(at + 3)])
        assert diagram_for(builder.build(), CompileBudget(), kept).status is CompileStatus.DONE
    assert 0 < sum(each.stat().st_size for each in kept.folder.iterdir()) <= 500


def test_frames_come_whole_or_not_at_all() -> None:
    stream = io.BytesIO()
    work(pair(), CompileBudget(), stream)
    sent = stream.getvalue()
    kinds = [kind for kind, _ in frames(io.BytesIO(sent))]
    assert kinds == [Frame.DIAGRAM, Frame.END]
    assert [kind for kind, _ in frames(io.BytesIO(sent[:-1]))] == [Frame.DIAGRAM]
    assert [kind for kind, _ in frames(io.BytesIO(sent[:3]))] == []
    once = io.BytesIO()
    send(once, Frame.ATTEMPT, b"tree")
    assert list(frames(io.BytesIO(once.getvalue()))) == [(Frame.ATTEMPT, b"tree")]
