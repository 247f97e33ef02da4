"""Our own model files: the whole solver problem in YAML, with quantities, sums, tables and the rules' words.

Literals are records: ``{frame: true}`` and ``{frame: false}``, ``{colour: red}`` and ``{colour: {not: red}}``,
``{fans: {at_least: 3}}`` and ``{fans: {below: 3}}``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.faults import Faults
from engine.configuration.formats.yaml_text import Place, document
from engine.configuration.model import STRUCTURE, Kind, Model, Term, Value
from engine.diagnostics import counted, did_you_mean

QUANTITY_MAX = 10**9
VARIABLE = ("name", "kind", "values", "from", "to", "helper")
RULE = ("id", "message", "asks")


def read_yaml(data: bytes, path: str) -> Model:
    """Variables in file order and every rule; raises ``DiagnosticError`` with the place of anything unknown."""
    return _Reader(path).read(Place(document(data, path), path))


class _Reader:
    def __init__(self, path: str) -> None:
        self.builder = ModelBuilder(path.rsplit("/", 1)[-1])
        self.faults = Faults()
        self.asks: dict[str, Callable[[Place, int], None]] = {
            "any": lambda here, rule: self.builder.clause([self._literal(each) for each in here.items()], rule),
            "count": self._count,
            "table": self._table,
            "sum": self._sum,
            "prefer": self._prefer,
        }

    def read(self, root: Place) -> Model:
        parts = root.record("model", "variables", "structure", "rules")
        for each in parts["variables"].items() if "variables" in parts else ():
            with self.faults.noted():
                self._variable(each)
        # What a variable that could not be read is used for is no fault of its own.
        self.faults.settle()
        for each in parts["structure"].items() if "structure" in parts else ():
            with self.faults.noted():
                self._ask(each, STRUCTURE)
        for each in parts["rules"].items() if "rules" in parts else ():
            with self.faults.noted():
                self._rule(each)
        self.faults.settle()
        return self.builder.build()

    def _rule(self, here: Place) -> None:
        rule = here.record(*RULE)
        if "id" not in rule:
            raise here.wrong("a rule has an `id`")
        message = rule["message"].text() if "message" in rule else ""
        number = self.builder.rule(rule["id"].text(), message, here.span)
        for ask in rule["asks"].items() if "asks" in rule else ():
            with self.faults.noted():
                self._ask(ask, number)

    def _variable(self, here: Place) -> None:
        facts = here.record(*VARIABLE)
        name = facts["name"].text() if "name" in facts else ""
        if not name or self.builder.index_of(name) is not None:
            raise here.wrong(f"the variable `{name}` has no name of its own")
        decision = "helper" not in facts or facts["helper"].text() != "true"
        if "values" in facts:
            values = [_value(each) for each in facts["values"].items()]
            if not values or len(set(map(repr, values))) < len(values):
                raise here.wrong(f"`{name}` has no values, or one of them twice")
            self.builder.enumeration(name, values, decision=decision, span=here.span)
        elif "from" in facts and "to" in facts:
            low, high = facts["from"].number(), facts["to"].number()
            if low > high or max(abs(low), abs(high)) > QUANTITY_MAX:
                raise here.wrong(f"the range {low} to {high} of `{name}` is empty or beyond {QUANTITY_MAX}")
            self.builder.quantity(name, low, high, decision=decision, span=here.span)
        elif "kind" in facts and facts["kind"].text() == "boolean":
            self.builder.boolean(name, decision=decision, span=here.span)
        else:
            raise here.wrong(f"`{name}` has `kind: boolean`, `values`, or `from` and `to`")

    def _ask(self, here: Place, rule: int) -> None:
        found = here.record(*self.asks)
        for kind, inner in found.items():
            self.asks[kind](inner, rule)

    def _index(self, here: Place, name: str) -> int:
        index = self.builder.index_of(name)
        if index is None:
            hint = did_you_mean(name, [each.name for each in self.builder.build().variables])
            raise here.wrong(f"unknown variable `{name}`" + (f"; {hint}" if hint else ""))
        return index

    def _literal(self, here: Place) -> int:
        entries = here.record()
        if len(entries) != 1:
            raise here.wrong("a literal is one variable and its value")
        ((name, value),) = entries.items()
        index = self._index(here, name)
        variable = self.builder.variable(index)
        if variable.kind is Kind.BOOLEAN:
            if value.text() not in ("true", "false"):
                raise value.wrong(f"`{name}` is true or false")
            return self.builder.is_(index, value.text() == "true")
        if variable.kind is Kind.ENUMERATION:
            if value.is_record:
                inner = value.record("not").get("not")
                if inner is None:
                    raise value.wrong(f"`{name}` is a value, or `not` one")
                return -(variable.first + self._position(index, inner))
            return variable.first + self._position(index, value)
        return self._bound(index, value)

    def _bound(self, index: int, here: Place) -> int:
        facts = here.record("at_least", "below")
        if len(facts) != 1:
            raise here.wrong("a quantity is `at_least` or `below` a number")
        ((side, bound),) = facts.items()
        literal = self.builder.at_least(index, bound.number())
        return literal if side == "at_least" else -literal

    def _position(self, index: int, here: Place) -> int:
        variable = self.builder.variable(index)
        if variable.kind is Kind.QUANTITY:
            raise here.wrong(f"`{variable.name}` is a quantity")
        value = here.text() == "true" if variable.kind is Kind.BOOLEAN else _value(here)
        for at, each in enumerate(variable.values):
            if each == value and type(each) is type(value):
                return at
        raise here.wrong(f"`{here.text()}` is no value of `{variable.name}`")

    def _literals(self, here: Place | None) -> list[int]:
        return [] if here is None else [self._literal(each) for each in here.items()]

    def _count(self, here: Place, rule: int) -> None:
        facts = here.record("of", "from", "to", "when")
        low = facts["from"].number() if "from" in facts else 0
        high = facts["to"].number() if "to" in facts else None
        literals = self._literals(facts.get("of"))
        self.builder.cardinality(literals, low, high, rule, when=self._literals(facts.get("when")))

    def _table(self, here: Place, rule: int) -> None:
        facts = here.record("columns", "allow", "forbid")
        if "columns" not in facts or ("allow" in facts) == ("forbid" in facts):
            raise here.wrong("a table has `columns`, and `allow` or `forbid`")
        columns = [self._index(each, each.text()) for each in facts["columns"].items()]
        rows: list[tuple[int, ...]] = []
        for row in facts["allow" if "allow" in facts else "forbid"].items():
            cells = row.items()
            if len(cells) != len(columns):
                raise row.wrong(f"the row has {counted(len(cells), 'cell')} for {counted(len(columns), 'column')}")
            rows.append(tuple(self._position(index, cell) for index, cell in zip(columns, cells, strict=True)))
        self.builder.table(columns, rows, rule, allowed="allow" in facts)

    def _sum(self, here: Place, rule: int) -> None:
        facts = here.record("terms", "at_most", "when")
        if "terms" not in facts or "at_most" not in facts:
            raise here.wrong("a sum has `terms` and `at_most`")
        terms = [self._term(each) for each in facts["terms"].items()]
        self.builder.at_most(terms, facts["at_most"].number(), rule, when=self._literals(facts.get("when")))

    def _term(self, here: Place) -> Term:
        facts = here.record("times", "if", "quantity")
        quantity = None
        if "quantity" in facts:
            quantity = self._index(facts["quantity"], facts["quantity"].text())
            if self.builder.variable(quantity).kind is not Kind.QUANTITY:
                raise facts["quantity"].wrong(f"`{facts['quantity'].text()}` is no quantity")
        literal = self._literal(facts["if"]) if "if" in facts else 0
        return Term(facts["times"].number() if "times" in facts else 1, literal, quantity)

    def _prefer(self, here: Place, rule: int) -> None:
        facts = here.record("wish", "weight")
        if "wish" not in facts:
            raise here.wrong("a preference has a `wish`")
        self.builder.prefer(self._literal(facts["wish"]), facts["weight"].number() if "weight" in facts else 1, rule)


def _value(here: Place) -> Value:
    """A value as YAML reads it: whole numbers, decimals, true and false; every other text stays text."""
    text = here.text()
    if here.is_plain("int") and text.lstrip("-").isdecimal():
        return int(text)
    if here.is_plain("float") and text.replace(".", "", 1).lstrip("-").isdecimal():
        return Decimal(text)
    if here.is_plain("bool") and text in ("true", "false"):
        return text == "true"
    return text
