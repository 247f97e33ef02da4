"""Tests of the durable-rules adapter run where the library loads: its C part does not on Python 3.13 and newer."""

from __future__ import annotations

import importlib

from tests.conformance.shared_data import missing


def durable_rules_or_skip() -> None:
    """Skip the module, with what the library says, where it does not load."""
    try:
        importlib.import_module("durable.engine")
    except ImportError as error:
        missing(
            "durable", f"durable-rules does not load ({error}): pip install 'cpq-engine[durable]' before Python 3.13"
        )
