"""``cpq revenue assess`` and ``state`` through the real command and a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Cpq = Callable[..., Any]
Write = Callable[[str, object], str]


def test_a_question_is_answered_with_its_paragraph(cpq: Cpq, write: Write) -> None:
    file = write("q.json", {"timing": {"no_alternative_use": True, "right_to_payment_so_far": True}})
    shown = cpq("revenue", "assess", file)
    assert "over_time" in shown and "IFRS 15.35" in shown
    assert cpq("revenue", "assess", file, "--json")["answer"] == "over_time"
    wrong = cpq("revenue", "assess", write("q.json", {"timing": {"no_alternativ_use": True}}), code=1)
    assert "did you mean `no_alternative_use`?" in wrong


def test_what_cannot_be_stated_is_told(cpq: Cpq, write: Write) -> None:
    file = write("s.json", {"customer_payment": {"paid": 500}})
    shown = cpq("revenue", "state", "k-000009", file, "--as", "u-000009", "--reason", "a bonus", code=1)
    assert "there is no `revenueContracts/k-000009`" in shown
    assert "--reason" in cpq("revenue", "state", "k-000009", file, "--as", "u-000009", code=2)


def test_a_journal_and_other_lists_of_nothing_are_refused(cpq: Cpq) -> None:
    told = cpq("revenue", "journal", "--contract", "k-000009", code=1)
    assert "NOT_FOUND" in told and "contract: there is no `contracts/k-000009`" in told
    assert "a list of `contracts` without filters shows all" in told
    assert "customers/c-000009" in cpq("invoice", "list", "--customer", "c-000009", code=1)
    assert "customers/c-000009" in cpq("dunning", "failures", "--customer", "c-000009", code=1)


def test_where_a_contract_stands_needs_a_contract_and_rates_as_told(cpq: Cpq) -> None:
    assert "there is no `revenueContracts/k-000009`" in cpq("revenue", "position", "k-000009", code=1)
    assert "is not DAY=RATE" in cpq("revenue", "position", "k-000009", "--rate", "1.1", code=2)


def test_the_journal_of_a_contract_that_is_not_there_is_no_empty_one(cpq: Cpq) -> None:
    assert "there is no `contracts/k-000009`" in cpq("revenue", "journal", "--contract", "k-000009", code=1)
    assert cpq("revenue", "journal", "--json") == []
