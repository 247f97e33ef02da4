"""Billing in chunks: the same documents as one run over all, from wherever it was cut short; what fails is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.application import billing_runs
from engine.application.billing import bill_contract, run_billing
from engine.application.billing_runs import (
    BillingRun,
    RunState,
    advance_billing,
    cancel_billing_run,
    start_billing_run,
)
from engine.application.faults import TOO_BUSY, invalid
from engine.application.perform import Work
from engine.application.ports import StoreFailed
from engine.billing import Invoice
from engine.contracts import Contract
from engine.diagnostics import Fault, Refusal
from tests.application.deal import Shop, line, ordered, shop

UNTIL = date(2026, 5, 31)
COUNT = 7


def signed(deal: Shop) -> None:
    """One more customer with a plan by the month, from 1 March on."""
    ordered(deal, line("PLAN"), term_months=12)


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Shop]:
    """Seven customers with a plan by the month, signed on 1 March."""
    with shop(tmp_path) as made:
        for _ in range(COUNT):
            signed(made)
        yield made


def started(many: Shop, **options: Any) -> str:
    run = many.do(lambda work: start_billing_run(work, UNTIL, **options))
    assert isinstance(run, BillingRun), run
    return run.id


def run_of(many: Shop, key: str) -> BillingRun:
    with many.env.store.read("default") as reader:
        run = reader.get(BillingRun, key)
    assert run is not None
    return run


def drafted(many: Shop) -> list[tuple[Any, ...]]:
    """Every invoice but for its id."""
    with many.env.store.read("default") as reader:
        rows = [(each.lines[0].contract, each.on, each.gross.minor_units) for each in reader.page(Invoice, limit=1_000)]
    return sorted(rows)


def finish(many: Shop, *, size: int = 3) -> int:
    steps = 0
    while advance_billing(many.env, tenant="default", size=size):
        steps += 1
    return steps


def test_chunks_draft_what_one_run_over_all_would(many: Shop, tmp_path: Path) -> None:
    key = started(many)
    assert run_of(many, key).counts.contracts == COUNT
    assert finish(many) == 4, "three, three, one, and the end"
    run = run_of(many, key)
    # A plan by the month in advance from 1 March: on 31 May three invoices are due.
    assert (run.state, run.counts.done, run.counts.invoices, run.counts.failed) == (RunState.DONE, COUNT, 3 * COUNT, 0)
    beside = tmp_path / "beside"
    beside.mkdir()
    with shop(beside) as other:
        for _ in range(COUNT):
            signed(other)
        other.do(lambda work: run_billing(work, UNTIL))
        assert drafted(other) == drafted(many)
    assert not advance_billing(many.env, tenant="default")


def test_a_run_goes_on_from_the_last_chunk_saved(many: Shop) -> None:
    key = started(many)
    assert advance_billing(many.env, tenant="default", size=3)
    half = run_of(many, key)
    assert (half.state, half.counts.done, half.counts.invoices) == (RunState.RUNNING, 3, 9)
    assert len(drafted(many)) == 9
    finish(many)
    assert len(drafted(many)) == 3 * COUNT


def test_a_chunk_that_cannot_be_saved_leaves_nothing(many: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    key = started(many)
    real, calls = bill_contract, []

    def fails_at_the_second(work: Work, contract: Contract, until: date) -> Any:
        calls.append(contract.id)
        if len(calls) == 2:
            raise StoreFailed("the disk is full")
        return real(work, contract, until)

    monkeypatch.setattr(billing_runs, "bill_contract", fails_at_the_second)
    with pytest.raises(StoreFailed):
        advance_billing(many.env, tenant="default", size=3)
    assert drafted(many) == [] and run_of(many, key).counts.done == 0
    finish(many)
    assert len(drafted(many)) == 3 * COUNT


def test_a_contract_that_cannot_be_billed_is_named_and_holds_up_no_other(
    many: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = started(many)
    with many.env.store.read("default") as reader:
        second = reader.keys(Contract, limit=2)[1]
    real = bill_contract

    def refuses(work: Work, contract: Contract, until: date) -> Any:
        done = real(work, contract, until)
        return Refusal((invalid("tax", "the tax service knows no rate"),)) if contract.id == second else done

    monkeypatch.setattr(billing_runs, "bill_contract", refuses)
    finish(many)
    run = run_of(many, key)
    assert (run.state, run.counts.done, run.counts.failed, run.counts.invoices) == (RunState.DONE, 7, 1, 18)
    assert [(each.contract, [fault.message for fault in each.faults]) for each in run.not_billed] == [
        (second, ["the tax service knows no rate"])
    ]
    assert second not in {row[0] for row in drafted(many)}, "nothing of a refused contract is saved"


def test_a_run_that_others_keep_from_being_saved_names_nobody(many: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    key = started(many)
    busy = Refusal((Fault(TOO_BUSY, "", "others changed the same records again and again"),))
    with monkeypatch.context() as patched:
        patched.setattr(billing_runs, "perform", lambda *_: busy)
        assert not advance_billing(many.env, tenant="default")
    assert run_of(many, key).counts == billing_runs.RunCounts(COUNT)
    finish(many)
    assert run_of(many, key).counts.failed == 0


def test_a_contract_that_we_fail_on_is_named_and_holds_up_no_run(many: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = started(many), started(many)
    with many.env.store.read("default") as reader:
        broken = reader.keys(Contract, limit=3)[2]
    real, told = bill_contract, []

    def breaks(work: Work, contract: Contract, until: date) -> Any:
        done = real(work, contract, until)
        return done if contract.id != broken else {}["no such key"]

    monkeypatch.setattr(billing_runs, "bill_contract", breaks)
    while advance_billing(many.env, tenant="default", size=3, failed=told.append):
        pass
    for key in (first, second):
        run = run_of(many, key)
        assert (run.state, run.counts.done, run.counts.failed) == (RunState.DONE, 7, 1)
        assert [(each.contract, each.faults[0].code) for each in run.not_billed] == [(broken, "BIL041")]
    assert [type(each) for each in told] == [KeyError, KeyError]
    assert len(drafted(many)) == 3 * (COUNT - 1)


def test_a_contract_that_another_server_passed_over_is_named_once(many: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    key = started(many)
    with many.env.store.read("default") as reader:
        refused, following = reader.keys(Contract, limit=2)
    real = bill_contract

    def refuses(work: Work, contract: Contract, until: date) -> Any:
        done = real(work, contract, until)
        return Refusal((invalid("tax", "no rate"),)) if contract.id == refused else done

    monkeypatch.setattr(billing_runs, "bill_contract", refuses)
    passed_over = billing_runs._passed_over

    def after_the_other(*told: Any) -> Any:
        passed_over(*told)
        return passed_over(*told)

    monkeypatch.setattr(billing_runs, "_passed_over", after_the_other)
    finish(many)
    run = run_of(many, key)
    assert [each.contract for each in run.not_billed] == [refused]
    assert following in {row[0] for row in drafted(many)} and run.counts.done == COUNT


def test_a_cancelled_run_keeps_what_it_drafted_and_goes_no_further(many: Shop) -> None:
    key = started(many)
    advance_billing(many.env, tenant="default", size=3)
    cancelled = many.do(lambda work: cancel_billing_run(work, key, etag=""))
    assert cancelled.state is RunState.CANCELLED
    assert finish(many) == 0 and len(drafted(many)) == 9
    again = many.do(lambda work: cancel_billing_run(work, key, etag=""))
    assert isinstance(again, Refusal) and again.faults[0].code == "BIL040"
    started(many)
    finish(many)
    assert len(drafted(many)) == 3 * COUNT, "another run bills the rest"


def test_chosen_contracts_are_billed_once_each_and_unknown_ones_are_all_named(many: Shop) -> None:
    with many.env.store.read("default") as reader:
        keys = reader.keys(Contract, limit=10)
    key = started(many, contracts=(keys[4], keys[1], keys[4]))
    assert run_of(many, key).contracts == (keys[1], keys[4])
    finish(many, size=1)
    assert {row[0] for row in drafted(many)} == {keys[1], keys[4]}
    refused = many.do(lambda work: start_billing_run(work, date(2099, 1, 1), ("none", keys[0], "no")))
    assert [each.field for each in refused.faults] == ["contracts[0]", "contracts[2]", "until"]


def test_runs_are_done_in_order_and_one_after_the_other(many: Shop) -> None:
    first, second = started(many), started(many)
    advance_billing(many.env, tenant="default", size=3)
    assert [run_of(many, each).counts.done for each in (first, second)] == [3, 0]
    finish(many)
    assert [run_of(many, each).counts.invoices for each in (first, second)] == [3 * COUNT, 0]
