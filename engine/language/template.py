"""Messages of authors with formulas in braces: ``"The supply gives {psu.watts} W."``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.diagnostics import DiagnosticError
from engine.language.check import check_expression
from engine.language.compiler import Compiled, compile_all
from engine.language.faults import EvaluationFault
from engine.language.problems import NOTHING_THERE, NOWHERE, OPEN_BRACKET, UNEXPECTED, Findings, Origin
from engine.language.scope import Checked, Scope
from engine.language.values.number import DECIMAL128

ABSENT = "?"
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class CheckedTemplate:
    """A message cut into texts and formulas: ``texts`` has one item more than ``formulas``."""

    source: str
    texts: tuple[str, ...]
    formulas: tuple[Checked, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """The attributes the message shows."""
        return tuple(sorted({path for each in self.formulas for path in each.reads}))


@dataclass(frozen=True, slots=True)
class Template:
    """A message ready to be filled."""

    texts: tuple[str, ...]
    formulas: tuple[Compiled, ...]

    def fill(self, *roots: object) -> str:
        """Write the message for the roots of its scope; a formula without a value shows as ``?``."""
        return self.join([show_value(self.value(at, *roots)) for at in range(len(self.formulas))])

    def value(self, at: int, *roots: object) -> object:
        """The value of one formula for the roots of its scope; None when it has none."""
        try:
            return self.formulas[at](*roots)
        except EvaluationFault:
            return None

    def join(self, shown: Sequence[str]) -> str:
        """Write the message around what its formulas show."""
        pairs = zip(shown, self.texts[1:], strict=True)
        return "".join((self.texts[0], *(part for pair in pairs for part in pair)))


def check_template(text: str, *, scope: Scope, origin: Origin = NOWHERE) -> CheckedTemplate:
    """Check the formulas of a message; ``{{`` and ``}}`` are braces. Raises ``DiagnosticError`` with all problems."""
    findings = Findings(text, origin)
    texts, stretches = _cut(findings)
    formulas: list[Checked] = []
    found = list(findings.found)
    for start, end in stretches:
        inner = text[start:end]
        if not inner.strip():
            findings.error(NOTHING_THERE, "a formula is missing in `{}`", start - 1, end + 1)
            found.append(findings.found[-1])
            continue
        try:
            formulas.append(check_expression(inner, scope=scope, origin=_origin_at(findings, start)))
        except DiagnosticError as error:
            found.extend(error.diagnostics)
    if found:
        raise DiagnosticError(*found)
    return CheckedTemplate(text, tuple(texts), tuple(formulas))


def compile_template(template: CheckedTemplate) -> Template:
    """Make a message ready to be filled."""
    return Template(template.texts, compile_all(template.formulas))


def render(template: CheckedTemplate, *roots: object) -> str:
    """Write a message once; keep the result of ``compile_template`` to write it often."""
    return compile_template(template).fill(*roots)


def show_value(value: object) -> str:
    """Write a value for a reader: numbers without needless zeros and at most six decimals, lists with commas."""
    match value:
        case None:
            return ABSENT
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return _show_number(value)
        case date():
            return value.isoformat()
        case str():
            return value
        case Sequence():
            return ", ".join(show_value(each) for each in value)
        case _:
            return str(value)


def _show_number(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        value = value.quantize(Decimal(1).scaleb(-MOST_DECIMALS), context=DECIMAL128)
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _origin_at(findings: Findings, start: int) -> Origin:
    span = findings.origin.span(findings.text, start, start + 1)
    return Origin(span.path, span.line, span.column, findings.origin.next_column)


def _cut(findings: Findings) -> tuple[list[str], list[tuple[int, int]]]:
    """The plain texts around the formulas, and where the formulas are."""
    text = findings.text
    texts, stretches = [""], []
    place = 0
    while place < len(text):
        character = text[place]
        if character in "{}" and text[place + 1 : place + 2] == character:
            texts[-1] += character
            place += 2
        elif character == "{":
            end = _end_of_formula(text, place + 1)
            if end < 0:
                hint = "close it with `}`, or write `{{` for a brace"
                findings.error(OPEN_BRACKET, "the formula has no end", place, place + 1, hint=hint)
                break
            stretches.append((place + 1, end))
            texts.append("")
            place = end + 1
        else:
            if character == "}":
                findings.error(UNEXPECTED, "`}` closes nothing", place, place + 1, hint="write `}}` for a brace")
            texts[-1] += character
            place += 1
    return texts, stretches


def _end_of_formula(text: str, start: int) -> int:
    """Where the brace of a formula closes; braces of contexts and braces in texts do not count."""
    depth, quoted, place = 1, False, start
    while place < len(text):
        character = text[place]
        if quoted and character == "\\":
            place += 1
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character == "{") - (character == "}")
            if depth == 0:
                return place
        place += 1
    return -1
