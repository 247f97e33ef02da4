"""Makes the environment of the oracle."""

from __future__ import annotations

from tests.conformance.oracle import ENVIRONMENT, install, say

install()
say(f"the oracle is ready in {ENVIRONMENT.name}")
