"""Writing a model as one of our own model files: everything, as ``yaml_reader`` reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from engine.configuration.model import STRUCTURE, Kind, Model, Term, Value, Variable

_PLAIN = re.compile(r"[A-Za-z_][\w-]*")
LAST_SHORT = 0xFFFF
_TAKEN = frozenset("y n yes no on off true false null".split())
"""Words that YAML reads as something else than text."""


def write_yaml(model: Model) -> bytes:
    """The model in YAML."""
    return ("\n".join(_lines(model)) + "\n").encode()


def _lines(model: Model) -> Iterator[str]:
    said = _Asks(model)
    yield f"model: {_text(model.name)}"
    yield "variables:" if model.variables else "variables: []"
    yield from (f"- {_variable(each)}" for each in model.variables)
    yield "structure:" if said.by_rule.get(STRUCTURE) else "structure: []"
    yield from (f"- {each}" for each in said.by_rule.get(STRUCTURE, ()))
    yield "rules:" if model.rules else "rules: []"
    for at, rule in enumerate(model.rules):
        yield f"- id: {_text(rule.id)}"
        if rule.message:
            yield f"  message: {_text(rule.message)}"
        if said.by_rule.get(at):
            yield "  asks:"
            yield from (f"  - {each}" for each in said.by_rule[at])


class _Asks:
    """What each rule asks, one line each."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._literals = dict(self._named())
        self.by_rule: dict[int, list[str]] = {}
        for clause in model.clauses:
            self._add(clause.rule, f"any: {self._all(clause.literals)}")
        for table in model.tables:
            columns = ", ".join(_text(model.variables[each].name) for each in table.variables)
            rows = ", ".join(f"[{', '.join(self._cells(table.variables, row))}]" for row in table.rows)
            kind = "allow" if table.allowed else "forbid"
            self._add(table.rule, f"table: {{columns: [{columns}], {kind}: [{rows}]}}")
        for group in model.cardinalities:
            upper = "" if group.maximum is None else f", to: {group.maximum}"
            facts = f"of: {self._all(group.literals)}, from: {group.minimum}{upper}"
            self._add(group.rule, f"count: {{{facts}{self._when(group.when)}}}")
        for total in model.sums:
            terms = ", ".join(map(self._term, total.terms))
            self._add(total.rule, f"sum: {{terms: [{terms}], at_most: {total.bound}{self._when(total.when)}}}")
        for each in model.preferences:
            self._add(each.rule, f"prefer: {{wish: {self._literal(each.literal)}, weight: {each.weight}}}")

    def _add(self, rule: int, line: str) -> None:
        self.by_rule.setdefault(rule, []).append(line)

    def _named(self) -> Iterator[tuple[int, tuple[str, str]]]:
        """Each atom with how it and its opposite are said."""
        for variable in self._model.variables:
            name = _text(variable.name)
            if variable.kind is Kind.BOOLEAN:
                yield variable.first, (f"{{{name}: true}}", f"{{{name}: false}}")
            for at, value in enumerate(variable.values if variable.kind is Kind.ENUMERATION else ()):
                said = f"{{{name}: {_value(value)}}}", f"{{{name}: {{not: {_value(value)}}}}}"
                yield variable.first + at, said
        for bound in self._model.bounds:
            name = _text(self._model.variables[bound.variable].name)
            said = f"{{{name}: {{at_least: {bound.at_least}}}}}", f"{{{name}: {{below: {bound.at_least}}}}}"
            yield bound.atom, said

    def _literal(self, literal: int) -> str:
        holds, fails = self._literals[abs(literal)]
        return holds if literal > 0 else fails

    def _all(self, literals: Iterable[int]) -> str:
        return f"[{', '.join(map(self._literal, literals))}]"

    def _when(self, literals: tuple[int, ...]) -> str:
        return f", when: {self._all(literals)}" if literals else ""

    def _term(self, term: Term) -> str:
        condition = f", if: {self._literal(term.literal)}" if term.literal else ""
        name = "" if term.quantity is None else f", quantity: {_text(self._model.variables[term.quantity].name)}"
        return f"{{times: {term.coefficient}{condition}{name}}}"

    def _cells(self, variables: tuple[int, ...], row: tuple[int, ...]) -> Iterator[str]:
        return (_value(self._model.variables[v].values[at]) for v, at in zip(variables, row, strict=True))


def _variable(variable: Variable) -> str:
    facts = f"name: {_text(variable.name)}"
    match variable.kind:
        case Kind.BOOLEAN:
            facts += ", kind: boolean"
        case Kind.ENUMERATION:
            facts += f", values: [{', '.join(map(_value, variable.values))}]"
        case Kind.QUANTITY:
            facts += f", from: {variable.minimum}, to: {variable.maximum}"
    return f"{{{facts}{'' if variable.decision else ', helper: true'}}}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}" if "." in f"{value:f}" else f"{value:f}.0"
        case int():
            return str(value)
        case str():
            return _text(value)


def _text(text: str) -> str:
    """A text that YAML reads back as the same text."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _TAKEN
    return text if plain else f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    """As JSON writes it; YAML has one escape for a character beyond the first 65 536, JSON two."""
    return f"\\U{ord(character):08x}" if ord(character) > LAST_SHORT else json.dumps(character)[1:-1]
