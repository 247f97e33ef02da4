from engine.diagnostics.finding import Code, Diagnostic, Severity, Span
from engine.diagnostics.show import as_json, one_line, render

SOURCE = "constraints:\n  - id: psu\n    require: psu.wats >= 850\n"
TYPO = Diagnostic(
    Code("FEL010"), "`psu` has no attribute `wats`", Span("c.yaml", 3, 18, 3, 22), "did you mean `watts`?"
)


def test_a_finding_is_shown_with_its_line_and_a_caret() -> None:
    assert render([TYPO], {"c.yaml": SOURCE}) == (
        "c.yaml:3:18: FEL010: `psu` has no attribute `wats`; did you mean `watts`?\n"
        "  3 |     require: psu.wats >= 850\n"
        "    |                  ^^^^"
    )


def test_without_the_source_one_line_is_shown() -> None:
    assert render([TYPO], {}) == one_line(TYPO)


def test_a_place_past_the_end_of_the_file_does_not_break_the_rendering() -> None:
    lost = Diagnostic(Code("X"), "m", Span("c.yaml", 99, 1))
    assert render([lost], {"c.yaml": SOURCE}) == "c.yaml:99:1: X: m"
    beyond = Diagnostic(Code("X"), "m", Span("c.yaml", 1, 500))
    assert render([beyond], {"c.yaml": SOURCE}).endswith("  1 | constraints:\n    |             ^")


def test_tabs_keep_the_caret_under_its_column() -> None:
    found = Diagnostic(Code("X"), "m", Span("t.csv", 1, 3, 1, 4))
    assert render([found], {"t.csv": "a\tb"}).endswith("  1 | a\tb\n    |  \t^")


def test_a_very_long_line_is_cut_around_the_caret() -> None:
    found = Diagnostic(Code("X"), "m", Span("t.csv", 1, 5001, 1, 5002))
    shown = render([found], {"t.csv": "." * 5000 + "!" + "." * 5000}).splitlines()
    assert len(shown[1]) < 200
    assert shown[1][shown[2].index("^")] == "!"


def test_a_span_over_lines_underlines_the_first_to_its_end() -> None:
    found = Diagnostic(Code("X"), "m", Span("c.yaml", 2, 5, 3, 9))
    assert render([found], {"c.yaml": SOURCE}).endswith("  2 |   - id: psu\n    |     ^^^^^^^")


def test_at_most_a_hundred_are_shown_and_the_rest_counted() -> None:
    many = [Diagnostic(Code("X"), "m", Span("c.yaml", line)) for line in range(1, 131)]
    shown = render(many, {}).splitlines()
    assert len(shown) == 101
    assert shown[-1] == "... and 30 more"


def test_a_lesser_finding_says_so() -> None:
    warned = Diagnostic(Code("X"), "m", Span("c.yaml"), severity=Severity.WARNING)
    assert one_line(warned) == "c.yaml:1:1: X: warning: m"


def test_json_has_stable_keys() -> None:
    assert as_json([TYPO]) == [
        {
            "code": "FEL010",
            "severity": "error",
            "message": "`psu` has no attribute `wats`",
            "hint": "did you mean `watts`?",
            "path": "c.yaml",
            "line": 3,
            "column": 18,
            "end_line": 3,
            "end_column": 22,
        }
    ]
