"""Shared pytest set-up: fresh generated code, hypothesis profiles, and strictness about missing parts."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import hypothesis

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

import build_hook  # noqa: E402

if build_hook.is_stale(ROOT) and not os.environ.get("PYTEST_XDIST_WORKER"):
    build_hook.generate(ROOT)
sys.path.insert(0, str(ROOT / "_gen"))

if not os.environ.get("PYTEST_XDIST_WORKER"):
    # Compiled rule books and diagrams of a run stay out of the user's cache; workers share the folder.
    os.environ["CPQ_CACHE"] = tempfile.mkdtemp(prefix="cpq-tests-")
    atexit.register(shutil.rmtree, os.environ["CPQ_CACHE"], ignore_errors=True)

_RELAXED = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large]
hypothesis.settings.register_profile("fast", max_examples=40, deadline=None, suppress_health_check=_RELAXED)
hypothesis.settings.register_profile(
    "ci", max_examples=60, deadline=None, derandomize=True, suppress_health_check=_RELAXED, print_blob=True
)
hypothesis.settings.register_profile("soak", max_examples=2000, deadline=None, suppress_health_check=_RELAXED)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
