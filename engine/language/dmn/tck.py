"""Runs test cases in the form of the DMN Technology Compatibility Kit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element

from engine.diagnostics import DiagnosticError
from engine.language.dmn import model
from engine.language.dmn.program import Placed, Program
from engine.language.dmn.reader import read_model
from engine.language.dmn.session import Given, Session
from engine.language.dmn.xml import attribute, child, children, content_of, local_name, read_xml
from engine.language.evaluate import Run
from engine.language.values.duration import read_duration
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import FunctionValue
from engine.language.values.number import read_number
from engine.language.values.reading import read_date, read_date_time, read_time
from engine.language.values.relation import equal
from engine.language.values.show import literal_or_reason
from engine.language.values.temporal import DateTime

TOLERANCE = Decimal("1e-8")
"""Numbers as near as this are the same: the suite writes irrational results with eight decimals."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A result that is not the expected one."""

    case: str
    result: str
    expected: str
    actual: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FolderResult:
    """How many test cases of a folder passed, and what failed."""

    passed: int
    total: int
    failures: tuple[Failure, ...]


def run_folder(files: Mapping[str, bytes], *, moment: DateTime | None = None) -> FolderResult:
    """Run every test file of a folder given as name and content; ``moment`` is what ``now()`` says.

    A test file that cannot be read counts as one failing case.
    """
    failures: list[Failure] = []
    passed = total = 0
    for name in sorted(each for each in files if each.lower().endswith(".xml")):
        try:
            root = read_xml(files[name], name)
        except DiagnosticError as error:
            if b"testCases" in files[name]:
                failures.append(Failure(name, "", "", "", str(error)))
                total += 1
            continue
        if local_name(root) != "testCases":
            continue
        runner = _Runner(files, content_of(root, "modelName"), moment)
        for case in children(root, "testCase"):
            found = runner.case(case)
            failures += found
            total += 1
            passed += not found
    return FolderResult(passed, total, tuple(failures))


class _Runner:
    """Runs the cases of one test file on its model."""

    def __init__(self, files: Mapping[str, bytes], model_name: str, moment: DateTime | None) -> None:
        self._moment = moment
        self._broken = ""
        models: list[tuple[str, model.Model]] = []
        names = sorted((each for each in files if each.lower().endswith(".dmn")), key=lambda each: each != model_name)
        try:
            models = [(name, read_model(files[name], name)) for name in names]
        except DiagnosticError as error:
            self._broken = str(error)
        if model_name not in files:
            self._broken = f"there is no model `{model_name}`"
        self._program = Program(models) if models and not self._broken else None

    def case(self, case: Element) -> list[Failure]:
        """Return what fails in one test case."""
        identifier = attribute(case, "id")
        results = list(children(case, "resultNode"))
        if self._program is None:
            return [Failure(identifier, attribute(each, "name"), "", "", self._broken) for each in results]
        try:
            session = Session(self._program, self._given(case), Run(self._moment))
        except UndefinedError as error:
            return [Failure(identifier, attribute(each, "name"), "", "", str(error)) for each in results]
        found = [self._result(case, each, session) for each in results]
        return [each for each in found if each is not None]

    def _given(self, case: Element) -> Given:
        assert self._program is not None
        main = self._program.main.content.namespace
        return {
            (attribute(each, "namespace") or main, _name(each)): read_value(each)
            for each in children(case, "inputNode")
        }

    def _result(self, case: Element, result: Element, session: Session) -> Failure | None:
        identifier, name = attribute(case, "id"), _name(result)
        expected_element = child(result, "expected")
        try:
            expected = read_value(expected_element) if expected_element is not None else None
            actual = self._actual(case, name, attribute(result, "namespace"), session)
        except (DiagnosticError, UndefinedError) as error:
            expected, actual = None, None
            if attribute(result, "errorResult") != "true":
                return Failure(identifier, name, "", "", str(error))
        if attribute(result, "errorResult") == "true":
            expected = None
        if agrees(actual, expected):
            return None
        reason = "; ".join(each.message for each in session.problems[:3])
        return Failure(identifier, name, literal_or_reason(expected)[:300], literal_or_reason(actual)[:300], reason)

    def _actual(self, case: Element, name: str, namespace: str, session: Session) -> object:
        assert self._program is not None
        invocable = attribute(case, "invocableName")
        kind = attribute(case, "type")
        if invocable and kind == "decisionService":
            outputs = session.serve(self._program.find(invocable))
            return outputs[name] if name in outputs else next(iter(outputs.values()), None)
        if invocable and kind == "bkm":
            return self._called(self._program.find(invocable), case, session)
        placed = self._program.find(name, namespace)
        if isinstance(placed.element, model.Service):
            outputs = session.serve(placed)
            return next(iter(outputs.values())) if len(outputs) == 1 else outputs
        return session.value(placed)

    def _called(self, placed: Placed, case: Element, session: Session) -> object:
        function = session.value(placed)
        if not isinstance(function, FunctionValue):
            return None
        given = {_name(each): read_value(each) for each in children(case, "inputNode")}
        return function.call(*(given.get(name) for name in function.parameters))


def _name(element: Element) -> str:
    """Return the name of an input or result, inner spaces single as in the model."""
    return " ".join(attribute(element, "name").split())


def agrees(actual: object, expected: object) -> bool:
    """Whether a result is the expected one: equal, numbers within the tolerance, null for null."""
    if isinstance(actual, Decimal) and isinstance(expected, Decimal):
        return abs(actual - expected) <= max(TOLERANCE, abs(expected) * TOLERANCE)
    if isinstance(actual, tuple) and isinstance(expected, tuple):
        return len(actual) == len(expected) and all(agrees(a, b) for a, b in zip(actual, expected, strict=True))
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        return actual.keys() == expected.keys() and all(agrees(actual[key], expected[key]) for key in expected)
    return equal(actual, expected) is True


_READERS: Mapping[str, Callable[[str], object]] = {
    "string": str,
    "boolean": lambda text: text.strip() in ("true", "1"),
    "date": lambda text: read_date(text.strip()),
    "time": lambda text: read_time(text.strip()),
    "dateTime": lambda text: read_date_time(text.strip()),
    "duration": lambda text: read_duration(text.strip()),
    "dayTimeDuration": lambda text: read_duration(text.strip()),
    "yearMonthDuration": lambda text: read_duration(text.strip()),
}
_NUMBERS = frozenset("decimal double float integer int long short byte nonNegativeInteger positiveInteger".split())


def read_value(element: Element) -> object:
    """Return the value that an input, expected result, component or item holds; raises ``UndefinedError``."""
    components = list(children(element, "component"))
    if components:
        return {attribute(each, "name"): read_value(each) for each in components}
    listed = child(element, "list")
    if listed is not None:
        return None if _is_nil(listed) else tuple(read_value(each) for each in children(listed, "item"))
    value = child(element, "value")
    return _scalar(value) if value is not None else None


def _is_nil(element: Element) -> bool:
    return attribute(element, "nil") == "true"


def _scalar(element: Element) -> object:
    if _is_nil(element):
        return None
    text = "".join(element.itertext())
    kind = attribute(element, "type").rpartition(":")[2]
    if kind in _NUMBERS:
        return read_number(text)
    reader = _READERS.get(kind, _READERS["string"])
    return reader(text)
