"""What conditions see before the first rule of a stage: the lines as they start, totals, what a contract is worth."""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog import ChargeKind
from engine.money import RoundingRule
from engine.pricing.rows import Rows
from engine.pricing.state import LineState, major, minor_units
from engine.pricing.totals import periods_of, term_amount, year_amount
from engine.pricing.work import Work


def show_line(work: Work, state: LineState) -> None:
    """Let rules see a line as it is before the first of them."""
    record = state.record
    record["list_amount"] = major(state.list_amount, work.currency)
    amount = minor_units(state.start, work.currency, work.plan.rules.rounding.mode)
    record["net"] = record["running"] = major(amount, work.currency)
    record["unit"] = state.running_unit


def show_start(work: Work, rows: Rows, slow: Sequence[int]) -> None:
    """Let line rules see lines and totals as they are before the first of them; ``slow`` have states of their own."""
    states = [state for index in slow for state in (rows.states[index],) if state is not None]
    for state in states:
        show_line(work, state)
    if work.plan.line_sees_totals:
        mode = work.plan.rules.rounding.mode
        express = sum(rows.list_amount)
        listed = sum(state.list_amount for state in states)
        started = sum(minor_units(state.start, work.currency, mode) for state in states)
        work.quote["list"] = major(express + listed, work.currency)
        work.quote["net"] = work.quote["running"] = major(express + started, work.currency)
        if work.plan.reads_values:
            amounts = list(rows.list_amount)
            for index, state in zip(slow, states, strict=True):
                amounts[index] = minor_units(state.start, work.currency, mode)
            show_values(work, amounts)
    if work.plan.line_sees_lines:
        work.lines = [dict(state.record) for state in states]


def show_values(work: Work, amounts: Sequence[int]) -> None:
    """Let conditions see what lines that come to these amounts a charge period are worth in a year and over the term.

    They are those of the totals: usage has no agreed value, and of a ramp the first segment is what recurs.
    """
    rules, currency = work.plan.rules, work.currency
    rounding = RoundingRule(rules.rounding.mode)
    acv = tcv = 0
    for line, amount in zip(work.request.lines, amounts, strict=True):
        if line.charge.kind is ChargeKind.USAGE:
            continue
        term = term_amount(amount, periods_of(line, rules.part_months), currency, rounding)
        tcv += term
        acv += year_amount(line, amount, term, currency, rounding)
    work.quote["acv"], work.quote["tcv"] = major(acv, currency), major(tcv, currency)
