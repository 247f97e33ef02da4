import pytest

from engine.diagnostics.finding import Code
from engine.diagnostics.outcome import Decision, Fault, FaultError, Refusal


def test_a_fault_names_its_field_and_hint() -> None:
    fault = Fault(Code("PRC101"), "lines[2].quantity", "the quantity is negative", "give 1 or more")
    assert str(fault) == "PRC101: lines[2].quantity: the quantity is negative; give 1 or more"
    assert str(Fault(Code("QUO001"), "", "the quote has expired")) == "QUO001: the quote has expired"


def test_a_refusal_shows_every_fault() -> None:
    refusal = Refusal((Fault(Code("A"), "", "one"), Fault(Code("B"), "", "two")))
    assert str(refusal) == "A: one; B: two"


def test_a_refusal_without_a_fault_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        Refusal(())


def test_a_decision_holds_value_and_events_in_order() -> None:
    assert Decision(1, events=("created", "priced")).events == ("created", "priced")


def test_a_fault_error_says_what_is_wrong_and_takes_the_place_it_is_given() -> None:
    wrong = FaultError(Code("MNY003"), "`x` is not an amount", "write it like 1234.50")
    assert str(wrong) == "MNY003: `x` is not an amount; write it like 1234.50"
    assert wrong.fault("lines[2].price") == Fault(
        Code("MNY003"), "lines[2].price", "`x` is not an amount", "write it like 1234.50"
    )
    assert str(FaultError(Code("MNY003"), "`x` is not an amount")) == "MNY003: `x` is not an amount"
