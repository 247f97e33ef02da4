"""Rule tests run through the one pipeline.

Read here end to end: engine.rulebook.rule_run, engine.rulebook.outcome, engine.rulebook.parts, engine.rulebook.starter,
engine.rulebook.loading.ramps.
"""

from __future__ import annotations

from engine.rulebook.book import RuleBook
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of
from engine.rulebook.rule_run import findings_of, run_tests, untested_rules
from engine.rulebook.starter import starter_files
from tests.fakes.rules import SMALL

FILES = dict(starter_files("shop", "Shop"))


def book(tests: str) -> RuleBook:
    files = {path: text.encode() for path, text in (FILES | {"tests/chairs.yaml": tests}).items()}
    loaded = load(files)
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
    return loaded.book


def told(expect: str, *, given: str = "lines: [{sku: CHAIR, qty: 10}]") -> list[str]:
    text = f"tests:\n  - name: t\n    given: {{date: 2026-03-01, {given}}}\n    expect: {expect}\n"
    found = book(text)
    return [str(each) for each in findings_of(run_tests(found, parts_of(found)))]


def test_a_new_book_holds_its_own_test() -> None:
    loaded = load({path: text.encode() for path, text in FILES.items()})
    assert loaded.book is not None and not loaded.diagnostics
    results = run_tests(loaded.book, parts_of(loaded.book))
    assert all(each.holds for each in results)
    assert untested_rules(loaded.book, results) == ()


def test_what_differs_is_told_at_the_expectation() -> None:
    # 120.00 less 5 % = 114.00; 10 x 114.00 = 1140.00, and the test says something else on purpose
    found = told("{total_net: 1141.00, lines: [{unit_net: 113, applied: []}], approvals: [sales/manager]}")
    hint = "correct the rules, or the expected value with its reason"
    assert found == [
        f"tests/chairs.yaml:4:53: TST501: `t`: `unit_net` is 114, not 113; {hint}",
        f"tests/chairs.yaml:4:67: TST501: `t`: `applied` is [ten-chairs], not []; {hint}",
        f"tests/chairs.yaml:4:25: TST501: `t`: `total_net` is 1140.00, not 1141.00; {hint}",
        f"tests/chairs.yaml:4:84: TST501: `t`: `approvals` is [], not [sales/manager]; {hint}",
    ]


def test_a_name_that_the_book_does_not_have_is_told_with_the_one_that_is_meant() -> None:
    (found,) = told("{approvals: [sales/maneger]}")
    assert found.endswith("`approvals` is [], not [sales/maneger]; did you mean `sales/manager`?")
    (found,) = told("{applied: [ten-chars]}")
    assert found.endswith("`applied` is [ten-chairs], not [ten-chars]; did you mean `ten-chairs`?")
    (found,) = told("{gifts: [CHAR]}")
    assert found.endswith("`gifts` is [], not [CHAR]; did you mean `CHAIR`?")


def test_a_part_in_a_group_that_its_bundle_does_not_have_is_refused() -> None:
    test = (
        "tests:\n  - name: t\n    given:\n      date: 2026-03-01\n      lines:\n        - sku: SET\n"
        "          parts: [{sku: CHAIR, group: GROUP}]\n    expect: {total_net: 120}\n"
    )
    files = FILES | {
        "catalog/set.yaml": "products: [{sku: SET, name: Set, list: {EUR: 0}, cost: {EUR: 0}}]\n"
        'bundles: [{sku: SET, groups: [{id: seats, where: sku = "CHAIR"}]}]\n',
    }

    def found(group: str) -> list[str]:
        texts = files | {"tests/chairs.yaml": test.replace("GROUP", group)}
        return [str(each) for each in load({path: body.encode() for path, body in texts.items()}).errors]

    assert found("seats") == []
    assert found("seat") == ["tests/chairs.yaml:7:39: CAT009: `SET` has no group `seat`; did you mean `seats`?"]


def test_amounts_are_compared_as_numbers() -> None:
    assert told("{total_net: 1140, lines: [{unit_net: 114.000}]}") == []


def test_a_refusal_nobody_expected() -> None:
    (found,) = told("{total_net: 1}", given="codes: [NONE], lines: [{sku: CHAIR}]")
    assert found.startswith(
        "tests/chairs.yaml:2:11: TST501: `t`: the request was refused: PRC008: codes[0]: unknown code"
    )


def test_a_refusal_that_was_expected() -> None:
    assert told("{refused: [PRC008]}", given="codes: [NONE], lines: [{sku: CHAIR}]") == []
    (found,) = told("{refused: [PRC008]}")
    assert "`refused` is [], not [PRC008]" in found


def test_a_line_that_is_not_there() -> None:
    assert told("{lines: [{id: '7', net: 1}]}")[0].startswith(
        "tests/chairs.yaml:4:37: TST501: `t`: there is no line `7`"
    )


def test_an_unknown_margin_is_not_zero() -> None:
    files = FILES | {"catalog/products.yaml": "products: [{sku: CHAIR, name: Chair, list: {EUR: 120.00}}]\n"}
    text = "tests:\n  - name: t\n    given: {date: 2026-03-01, lines: [{sku: CHAIR}]}\n    expect: {margin_pct: 0}\n"
    loaded = load({path: body.encode() for path, body in (files | {"tests/chairs.yaml": text}).items()})
    assert loaded.book is not None
    (result,) = run_tests(loaded.book, parts_of(loaded.book))
    assert "`margin_pct` is unknown, not 0: the margin is unknown: no cost for `CHAIR`;" in str(result.findings[0])


def test_an_approval_nobody_expected_is_told_with_what_asked_for_it() -> None:
    who = "# who ; hit=COLLECT\nquote.discount_pct,quote.margin_pct,id,out: chain,out: level\n"
    files = FILES | {
        "approvals/discount.csv": f"{who}> 10,-,deep,sales,manager\n-,< 35,thin,sales,manager\n",
        "catalog/products.yaml": "products: [{sku: CHAIR, name: Chair, list: {EUR: 120.00}}]\n",
        "tests/chairs.yaml": "tests:\n  - name: t\n    given: {date: 2026-03-01, lines: [{sku: CHAIR}]}\n"
        "    expect: {approvals: []}\n",
    }
    loaded = load({path: body.encode() for path, body in files.items()})
    assert loaded.book is not None
    (result,) = run_tests(loaded.book, parts_of(loaded.book))
    assert result.findings[0].message == (
        "`t`: `approvals` is [sales/manager], not []: `sales/manager` is asked by `thin` "
        "(quote.margin_pct is unknown, the margin is unknown: no cost for `CHAIR`)"
    )


def test_rules_that_no_test_uses_are_named() -> None:
    found = book(
        "tests:\n  - name: t\n    given: {date: 2026-03-01, lines: [{sku: CHAIR}]}\n    expect: {total_net: 120}\n"
    )
    assert untested_rules(found, run_tests(found, parts_of(found))) == ("ten-chairs", "approvals/discount.csv:3")


def test_broken_constraints_and_approval_rows_are_seen_at_work() -> None:
    def untested(*lines: str) -> tuple[str, ...]:
        given = f"date: 2026-03-01, customer: {{segment: retail, region: DE}}, {', '.join(lines)}"
        text = f"tests:\n  - name: t\n    given: {{{given}}}\n    expect: {{refused: []}}\n"
        loaded = load(SMALL | {"tests/prices.yaml": text.encode()})
        assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
        return untested_rules(loaded.book, run_tests(loaded.book, parts_of(loaded.book)))

    assert untested("lines: [{sku: MUG}]") == ("edu", "edu-web", "same-socket", "deep", "deeper")
    clash = "parts: [{sku: CPU-A, group: cpu}, {sku: BRD-2, group: board}]"
    assert untested("manual: [{value: 20, reason: r}]", f"lines: [{{sku: BOX, {clash}}}]") == (
        "edu",
        "edu-web",
        "deeper",
    )


def small(given: str, expect: str) -> list[str]:
    text = f"tests:\n  - name: t\n    given: {{date: 2026-03-01, {given}}}\n    expect: {expect}\n"
    files = {path: body for path, body in SMALL.items() if not path.startswith("tests/")}
    loaded = load(files | {"tests/ramps.yaml": text.encode()})
    if loaded.book is None:
        return [str(each) for each in loaded.diagnostics]
    return [str(each) for each in findings_of(run_tests(loaded.book, parts_of(loaded.book)))]


def test_a_ramp_is_priced_as_in_a_request() -> None:
    given = (
        "term_months: 30, lines: [{sku: PLAN, qty: 2, ramp: {segment_months: 12, uplift_percent: 10, "
        "segments: [{number: 2, qty: 5}, {number: 3, unit_price: 40.00}]}}]"
    )
    # Year 1: 2 x 30.00 = 60.00 a month; year 2: 5 x 33.00 = 165.00; the last half year: 2 x 40.00 = 80.00.
    # 12 x 60.00 + 12 x 165.00 + 6 x 80.00 = 720.00 + 1980.00 + 480.00 = 3180.00; at first 60.00 a month are paid.
    lines = (
        "[{id: 1/1, unit_net: 30, net: 60, term_total: 720}, {id: 1/2, unit_net: 33, net: 165, term_total: 1980}, "
        "{id: 1/3, unit_net: 40, net: 80, term_total: 480}]"
    )
    assert small(given, f"{{lines: {lines}, monthly: 60, tcv: 3180}}") == []
    (found,) = small(given, "{tcv: 3179}")
    assert "`tcv` is 3180.00, not 3179" in found


def test_what_does_not_fill_a_segment_may_come_first() -> None:
    given = "lines: [{sku: PLAN, term_months: 15, ramp: {short_segment_first: true, uplift_percent: 10}}]"
    # Three months at 30.00, then twelve at 33.00: 90.00 + 396.00 = 486.00
    assert small(given, "{lines: [{term_total: 90}, {term_total: 396}], tcv: 486}") == []


def test_ramps_that_no_quote_could_have_are_told_where_they_stand() -> None:
    assert small("lines: [{sku: PLAN, ramp: {}}]", "{tcv: 1}") == [
        "tests/ramps.yaml:3:57: TST503: a ramp needs a term of 1 to 1200 months; "
        "give `term_months` on the line or the quote"
    ]
    twice = "{segments: [{number: 1, qty: 2}, {number: 1, qty: 3}]}"
    (found,) = small(f"term_months: 12, lines: [{{sku: PLAN, ramp: {twice}}}]", "{tcv: 1}")
    assert "TST503: segment 1 is there twice" in found


def test_a_refused_ramp_is_told_of_the_line_as_it_was_written() -> None:
    given = "term_months: 24, lines: [{sku: PLAN}, {sku: MUG, ramp: {}}]"
    assert small(given, "{refused: [QUO111]}") == []
    (found,) = small(given, "{total_net: 1}")
    assert found.count("QUO111: lines[1].ramp:") == 1, found


def test_totals_count_one_charge_period_and_the_contract_value_all_of_them() -> None:
    # 2 x 12.50 = 25.00 once and 30.00 a month: 55.00 for the first month, 25.00 + 12 x 30.00 = 385.00 in all
    given = "term_months: 12, lines: [{sku: MUG, qty: 2}, {sku: PLAN}]"
    assert small(given, "{total_list: 55, total_net: 55, tcv: 385}") == []


def test_what_is_to_be_paid_is_expected_after_cash_rounding() -> None:
    files = FILES | {
        "book.yaml": FILES["book.yaml"] + "rounding: {cash: 0.05}\n",
        "catalog/products.yaml": "products: [{sku: CHAIR, name: Chair, list: {EUR: 9.98}, cost: {EUR: 5}}]\n",
        "tests/chairs.yaml": "tests:\n  - name: t\n    given: {date: 2026-03-01, lines: [{sku: CHAIR}]}\n"
        "    expect: {total_gross: 9.98, payable: 10.00}\n",
    }
    loaded = load({path: body.encode() for path, body in files.items()})
    assert loaded.book is not None
    assert findings_of(run_tests(loaded.book, parts_of(loaded.book))) == ()


def test_lines_of_a_group_of_the_quote_are_stated_as_recorded_quotes_are() -> None:
    lines = "lines: [{sku: CHAIR, qty: 4, group: rack}, {sku: CHAIR}]"
    manual = "manual: [{on: group, target: rack, value: 10}]"
    # 4 x 120.00 less 10 % = 432.00, and one of 120.00
    assert told("{total_net: 552.00, lines: [{net: 432.00}, {net: 120.00}]}", given=f"{lines}, {manual}") == []
