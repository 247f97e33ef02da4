"""What the ids mean that are asked about: rules, codes, steps, or nothing."""

from __future__ import annotations

import pytest

from engine.pricing import compile_plan, explain_rule, meant_by, unknown_rule
from engine.pricing.effects import Amount, Gift, On, Percent, Sign
from engine.pricing.explain import UnknownRuleError
from engine.pricing.story import UnknownLineError
from tests.pricing.books import D, asked, book, entry, line, rule


def test_a_code_names_its_rules_and_an_id_itself() -> None:
    plan = compile_plan(
        book(
            rule("one", Percent(D(5)), code="MAY"), rule("two", Percent(D(5)), code="MAY"), rule("both", Percent(D(1)))
        )
    )
    assert meant_by(plan, "MAY") == ("one", "two")
    assert (meant_by(plan, "both"), meant_by(plan, "list-A"), meant_by(plan, "nobody")) == (("both",), ("list-A",), ())


def test_a_step_is_known_by_the_id_that_its_author_wrote_in_the_currency_of_the_quote() -> None:
    from dataclasses import replace

    dollars = replace(entry("A", "90", id="agreed/USD"), currency="USD")
    plan = compile_plan(book(entries=(dollars, entry("A", "100", id="agreed/EUR"))))
    assert meant_by(plan, "agreed") == ("agreed",)
    assert meant_by(plan, "agree") == ()
    found = explain_rule(plan, asked(line("A")), "a", "agreed")
    assert (found.rule_id, found.applied, found.kind) == ("agreed", True, "list price")
    assert not explain_rule(plan, asked(line("A")), "a", "agreed/USD").applied


@pytest.mark.parametrize(
    ("effect", "group", "kind"),
    [
        (Percent(D(5)), "promo", "discount"),
        (Amount(D(5), On.UNIT, Sign.UP), "promo", "surcharge"),
        (Percent(D(5), On.ORDER), "order", "discount on the order"),
        (Gift("B"), "order", "gift on the order"),
    ],
)
def test_a_rule_says_what_it_gives(effect: Percent | Amount | Gift, group: str, kind: str) -> None:
    plan = compile_plan(book(rule("r", effect, group)))
    assert explain_rule(plan, asked(line("A")), "a", "r").kind == kind


def test_unknown_names_are_told_apart() -> None:
    plan = compile_plan(book(rule("seats", Percent(D(5)))))
    with pytest.raises(UnknownRuleError):
        explain_rule(plan, asked(line("A")), "a", "nobody")
    with pytest.raises(UnknownLineError):
        explain_rule(plan, asked(line("A")), "zz", "seats")


def test_what_is_called_nothing_names_what_is_near() -> None:
    plan = compile_plan(book(rule("seats", Percent(D(5)), code="MAY")))
    assert unknown_rule(plan, "seat") == ("nothing in the rule book is called `seat`", "did you mean `seats`?")
    assert unknown_rule(plan, "list-B2")[1] == "did you mean `list-B`?"
    assert unknown_rule(plan, "deep-cuts", ["deep-cut"])[1] == "did you mean `deep-cut`?"
    assert unknown_rule(plan, "zzzzzz")[1] == "give the id of a rule, such as `seats`"
    many = compile_plan(book(*(rule(f"r{n}", Percent(D(5))) for n in range(10))))
    assert unknown_rule(many, "zzzzzz")[1].endswith("`r7` and 2 more")
    assert unknown_rule(compile_plan(book()), "zzzzzz")[1] == "the rule book has no discount rule"


def test_the_id_of_a_table_names_its_rows() -> None:
    plan = compile_plan(
        book(
            rule("tiers/3", Percent(D(1)), table="tiers"),
            rule("gold", Percent(D(2)), table="tiers"),
            rule("x/1", Percent(D(3))),
        )
    )
    assert meant_by(plan, "tiers") == ("tiers/3", "gold")
    assert (meant_by(plan, ""), meant_by(plan, "x")) == ((), ())
