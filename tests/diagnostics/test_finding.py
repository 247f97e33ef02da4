from engine.diagnostics.finding import Code, Diagnostic, DiagnosticError, Severity, Span, sorted_findings

NEAR = Diagnostic(
    Code("CAT001"), "unknown product `LAP-15`", Span("catalog/laptops.yaml", 12, 9), "did you mean `LAP-14`?"
)


def test_a_finding_reads_as_one_line_with_place_code_and_hint() -> None:
    assert str(NEAR) == "catalog/laptops.yaml:12:9: CAT001: unknown product `LAP-15`; did you mean `LAP-14`?"


def test_a_span_within_a_line_counts_columns_from_one() -> None:
    assert Span("a.yaml", 3, 7).within(2, 5) == Span("a.yaml", 3, 9, 3, 12)
    assert Span("a.yaml", 3, 7).within(2, 2) == Span("a.yaml", 3, 9, 3, 10), "never empty"


def test_findings_are_sorted_by_place_and_repetitions_dropped() -> None:
    later = Diagnostic(Code("CAT002"), "b", Span("catalog/laptops.yaml", 13))
    earlier = Diagnostic(Code("BOK001"), "a", Span("book.yaml", 99), severity=Severity.WARNING)
    assert sorted_findings([later, NEAR, earlier, later]) == (earlier, NEAR, later)


def test_the_error_carries_all_its_findings() -> None:
    error = DiagnosticError(NEAR, NEAR)
    assert error.diagnostics == (NEAR, NEAR)
    assert "CAT001" in str(error)
