"""Stories of prices as people read them: nothing twice, and readable on a narrow terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cpq.v1 import pricing_pb2

from engine.cli import screen as screens
from engine.cli.command import main
from engine.cli.screen import Screen
from engine.cli.stories import show_explanations, show_waterfalls

NAMES = {"a": "SEAT  Seat", "b": "TEAM  Team plan (b)", "c": "TEAM  Team plan (c)"}


def story(line: str, *losers: tuple[str, str], step: str = "ten") -> pricing_pb2.Waterfall:
    made = pricing_pb2.Waterfall(line_id=line)
    made.steps.add(step="list price", before="0", after="100", rule="list", place="prices/a.csv:3:1")
    acted = made.steps.add(
        step="rules", before="100", after="90", rule=step, place="discounts/a.yaml:7:9", say="Spring"
    )
    read = acted.inputs.add(expression="line.discountable")
    read.value.flag = True
    for rule, reason in losers:
        made.losers.add(rule=rule, place="discounts/a.yaml:20:9", reason=reason)
    return made


def lines_of(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.splitlines()]


def test_what_lost_on_every_line_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    order = ("kit", "its condition does not hold")
    own = ("five", "beaten by ten in group promo")
    show_waterfalls(Screen(), [story("a", order, own), story("b", order)], NAMES, "EUR")
    shown = lines_of(capsys.readouterr().out)
    assert shown.count("not kit (discounts/a.yaml:20): its condition does not hold") == 1
    assert shown.index("not five (discounts/a.yaml:20): beaten by ten in group promo") < shown.index(
        "TEAM Team plan (b)"
    )
    assert shown[-4:-1] == ["", "on every line", "not kit (discounts/a.yaml:20): its condition does not hold"]
    show_waterfalls(Screen(), [story("a", order)], NAMES, "EUR")
    assert "on every line" not in capsys.readouterr().out  # of one line it is told there


def test_a_narrow_screen_puts_sentences_and_places_below(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show_waterfalls(Screen(), [story("a")], NAMES, "EUR")
    wide = capsys.readouterr().out
    assert "discounts/a.yaml:7  Spring" in wide and "ten: line.discountable is true" in wide
    monkeypatch.setattr(screens, "PLAIN_WIDTH", 80)
    show_waterfalls(Screen(), [story("a")], NAMES, "EUR")
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert lines_of(shown)[1:6] == [
        "unit change rule",
        "list price 100.00 ████████ list",
        "rules 90.00 ███████▏ -10.00 ten",
        "list (prices/a.csv:3)",
        "ten (discounts/a.yaml:7): Spring; line.discountable is true",
    ]


def explanation(rule: str, line: str, *failed: str, wish: str = "", reason: str = "") -> pricing_pb2.RuleExplanation:
    made = pricing_pb2.RuleExplanation(rule=rule, line_id=line, place="discounts/a.yaml:7:9", reason=reason)
    made.applied = not failed and not reason
    made.reason = reason or next((f"`{each}` does not hold" for each in failed), "it applied")
    made.enough = bool(wish)
    for text in failed:
        condition = made.failed.add(condition=text)
        read = condition.values.add(expression="line.qty")
        read.value.number = "3"
    made.wishes.extend([wish] if wish else [])
    return made


def test_lines_of_one_outcome_are_told_together(capsys: pytest.CaptureFixture[str]) -> None:
    few = "line.qty >= 5"
    told = [
        explanation("bulk", "a", few, wish="line.qty is at least 5"),
        explanation("kit", "a"),
        explanation("bulk", "b", few, wish="line.qty is at least 5"),
        explanation("kit", "b"),
        explanation("bulk", "c", reason="beaten by ten in group promo"),
        explanation("kit", "c"),
    ]
    show_explanations(Screen(), told, NAMES)
    assert capsys.readouterr().out.splitlines() == [
        "bulk  discounts/a.yaml:7",
        "  does not act on SEAT, TEAM (b)",
        "    line.qty >= 5 does not hold: line.qty is 3",
        "    it would act if line.qty is at least 5",
        "  does not act on TEAM (c)",
        "    beaten by ten in group promo",
        "kit  discounts/a.yaml:7",
        "  acts on SEAT, TEAM (b), TEAM (c)",
        "",
    ]
    many = [explanation("kit", f"l{n}") for n in range(9)]
    show_explanations(Screen(), [*many[:8], explanation("kit", "a", few)], {})
    assert "acts on l0, l1, l2, l3, l4, l5 and 2 other lines" in capsys.readouterr().out
    show_explanations(Screen(), many, {})
    assert "acts on every line" in capsys.readouterr().out


def test_a_wish_says_how_sure_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    told = explanation(
        "bulk", "a", "line.qty >= 5", wish="line.qty is at least 5", reason="its code `X` was not entered"
    )
    for more, said in (
        ({}, "it would act if line.qty is at least 5"),
        ({"enough": False}, "it takes that line.qty is at least 5; whether that is enough was not tried"),
        (
            {"enough": False, "even_then": "beaten by ten in group promo"},
            "it takes that line.qty is at least 5, and even then it would not act: beaten by ten in group promo",
        ),
    ):
        for name, value in more.items():
            setattr(told, name, value)
        show_explanations(Screen(), [told], NAMES)
        assert capsys.readouterr().out.splitlines()[1:5] == [
            "  does not act on SEAT",
            "    its code `X` was not entered",
            "    line.qty >= 5 does not hold: line.qty is 3",
            f"    {said}",
        ]


PLAIN_BOOK = {
    "book.yaml": "id: plain\ntitle: Plain\ncurrency: EUR\n",
    "catalog/products.yaml": """\
products:
  - {sku: MUG, name: Mug, list: {EUR: 10.00}}
  - {sku: SEAT, name: Seat, charge: {kind: recurring, period: month}, list: {EUR: 5.00}}
""",
}
NO_RATE = "tax: {rates: [{code: standard, percent: 0}]}\n"


@pytest.mark.parametrize(
    ("terms", "asked", "shown"),
    [
        ("", {"sku": "MUG"}, "tax none, the book states none"),
        ("", {"sku": "SEAT", "term_months": 24, "ramp": {"uplift_percent": "10"}}, "tax none, the book states none"),
        (NO_RATE, {"sku": "MUG"}, ""),  # a rate of nothing is a rate
    ],
)
def test_a_price_without_tax_says_so_where_the_book_states_none(
    terms: str, asked: dict[str, object], shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, text in (PLAIN_BOOK | ({"terms/tax.yaml": terms} if terms else {})).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"lines": [{"id": "a", **asked}]}))
    words = ["price", str(request), "--rules", str(tmp_path), "--database", str(tmp_path / "db")]
    main(words)
    lines = lines_of(capsys.readouterr().out)
    assert [each for each in lines if each.startswith("tax ")] == ([shown] if shown else [])
    main([*words, "--json"])
    assert json.loads(capsys.readouterr().out)["totals"].get("untaxed", False) is bool(shown)
