"""Pricing takes its decimal context along: a thread with a context of its own gets the same money.

Together with the tests beside it this covers engine.pricing.adjust, engine.pricing.answer, engine.pricing.codes,
engine.pricing.compile, engine.pricing.compiled, engine.pricing.conversion, engine.pricing.express,
engine.pricing.expressions, engine.pricing.guarding, engine.pricing.line_stage, engine.pricing.manual,
engine.pricing.order_give, engine.pricing.order_state, engine.pricing.programs, engine.pricing.rows,
engine.pricing.ruleplan, engine.pricing.scope, engine.pricing.spread, engine.pricing.starting, engine.pricing.state,
engine.pricing.taxes, engine.pricing.totals, engine.pricing.usability, engine.pricing.window and engine.pricing.work.
"""

from __future__ import annotations

import decimal
from concurrent.futures import ThreadPoolExecutor

from engine.pricing import compile_plan, price
from engine.pricing.effects import Amount, On, Percent
from engine.pricing.result import Priced
from tests.pricing.books import D, asked, book, line, rule


def test_a_handler_thread_with_a_poor_context_prices_exactly() -> None:
    plan = compile_plan(
        book(rule("seventh", Percent(D("14.285714"))), rule("off", Amount(D("0.07"), On.ORDER), "order"))
    )
    request = asked(line("A", "123456789"), line("C", "987654.321"))
    here = price(plan, request)
    assert isinstance(here, Priced)

    def in_thread() -> object:
        decimal.setcontext(decimal.Context(prec=3))
        return price(plan, request)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(in_thread).result() == here
