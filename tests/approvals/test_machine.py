"""The plain state machine keeps the contract of the approval process port."""

from __future__ import annotations

import pytest

from engine.approvals.machine import PlainApprovalProcess
from engine.approvals.process import ApprovalProcess
from tests.approvals.process_contract import ProcessContract
from tests.approvals.process_stress import EVENTS, stress


class TestPlainProcess(ProcessContract):
    @pytest.fixture
    def process(self) -> ApprovalProcess:
        return PlainApprovalProcess()

    def test_it_survives_many_threads(self, process: ApprovalProcess) -> None:
        assert stress(process) >= EVENTS

    @pytest.mark.soak
    @pytest.mark.parametrize("attempt", range(10))
    def test_it_survives_many_threads_for_long(self, process: ApprovalProcess, attempt: int) -> None:
        assert stress(process) >= EVENTS
