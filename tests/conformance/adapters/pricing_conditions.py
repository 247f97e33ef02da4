"""Conditions of pricing cases as text of the rule language, checked against the scope that the case needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.language import Checked, Scope, check_expression
from engine.language.types import NUMBER, TEXT, Type, optional
from engine.pricing.scope import LINE_FIELDS, QUOTE_FIELDS, line_roots, order_roots

Condition = Mapping[str, Any]

# The words of the cases for what the engine names more exactly.
LINE_NAMES = {"amount": "running"}
QUOTE_NAMES = {"line": {"amount": "net", "entry": "net"}, "order": {"amount": "running", "entry": "net"}}
SUM_NAMES = {
    "line": {"amount": "net", "list": "list_amount", "qty": "qty"},
    "order": {"amount": "running", "list": "list_amount", "qty": "qty"},
}
BOOLEANS = ("discounted", "discountable")
ORDERING = ("<", "<=", ">", ">=")


class Conditions:
    """Turns the conditions of one case into checked expressions."""

    def __init__(self, given: Mapping[str, Any], conditions: Iterable[Condition]) -> None:
        names: dict[str, dict[str, Type]] = {"line": {}, "customer": {}, "quote": {}}
        for condition in conditions:
            self._collect(condition, names)
        for line in given.get("lines", ()):
            for name, value in line.items():
                if isinstance(value, str) and name not in LINE_FIELDS:
                    names["line"].setdefault(name, optional(TEXT))
        for name in ("category", "product", "family"):
            names["line"].setdefault(name, optional(TEXT))
        self.names = names
        lines = {name: kind for name, kind in names["line"].items() if name not in LINE_FIELDS}
        quote = {name: kind for name, kind in names["quote"].items() if name not in QUOTE_FIELDS}
        self.scopes = {
            "line": Scope(line_roots(lines, quote, names["customer"])),
            "order": Scope(order_roots(lines, quote, names["customer"])),
        }

    def _collect(self, condition: Condition, names: dict[str, dict[str, Type]]) -> None:
        for inner in condition.get("of", ()):
            self._collect(inner, names)
        if "attr" not in condition:
            return
        root, _, name = condition["attr"].partition(".")
        if root == "line" and (name in LINE_FIELDS or name in LINE_NAMES):
            return
        if root == "quote" and (name in QUOTE_FIELDS or name in QUOTE_NAMES["line"]):
            return
        numeric = condition["op"] in ORDERING and _is_number(condition["value"])
        names[root][name] = optional(NUMBER) if numeric else names[root].get(name, optional(TEXT))

    def all(self, conditions: Iterable[Condition] | None, level: str) -> tuple[Checked, ...]:
        """Conditions that all must hold, each checked by itself."""
        return tuple(self._check(self._text(each, level), level) for each in conditions or ())

    def formula(self, measure: Any, level: str) -> Checked:
        """A measure: an attribute or a sum."""
        if isinstance(measure, str):
            return self._check(self._name(measure, level), level)
        return self._check(self._sum(measure, level), level)

    def expression(self, text: str, level: str = "line") -> Checked:
        """Any expression."""
        return self._check(text, level)

    def _check(self, text: str, level: str) -> Checked:
        return check_expression(text, scope=self.scopes[level])

    def _text(self, condition: Condition, level: str) -> str:
        if "sum" in condition:
            return f"{self._sum(condition, level)} {condition['op']} {condition['value']}"
        return self._comparison(self._name(condition["attr"], level), condition)

    def _name(self, attribute: str, level: str) -> str:
        root, _, name = attribute.partition(".")
        if root == "line":
            return f"line.{LINE_NAMES.get(name, name)}"
        if root == "quote":
            return f"quote.{QUOTE_NAMES[level].get(name, name)}"
        return attribute

    def _sum(self, condition: Condition, level: str) -> str:
        field = f"each.{SUM_NAMES[level][condition['sum']]}"
        wanted = []
        for inner in condition.get("of", ()):
            name = inner["attr"].partition(".")[2]
            wanted.append(self._comparison(f"each.{LINE_NAMES.get(name, name)}", inner))
        if wanted:
            field = f"if {' and '.join(wanted)} then {field} else 0"
        return f"sum(for each in lines return {field})"

    def _comparison(self, left: str, condition: Condition) -> str:
        value = condition["value"]
        if isinstance(value, list):
            items = ", ".join(self._literal(left, each) for each in value)
            text = f"{left} in ({items})"
            return f"not({text})" if condition["op"] in ("not in", "not_in") else text
        return f"{left} {condition['op']} {self._literal(left, value)}"

    def _literal(self, left: str, value: Any) -> str:
        name = left.partition(".")[2]
        root = "line" if left.startswith("each.") else left.partition(".")[0]
        if name in BOOLEANS:
            return str(value).lower()
        kind = self.names.get(root, {}).get(name)
        if kind is None:
            fields = LINE_FIELDS if root == "line" else QUOTE_FIELDS
            kind = fields[name]
        if kind in (TEXT, optional(TEXT)) or name == "charge":
            written = str(value).lower() if isinstance(value, bool) else str(value)
            return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return str(value)


def _is_number(value: Any) -> bool:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return False
    return True


def every_condition(given: Mapping[str, Any]) -> list[Condition]:
    """All conditions anywhere in a case."""
    found: list[Condition] = []
    stack: list[Any] = [given]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            if "op" in value and ("attr" in value or "sum" in value):
                found.append(value)
            stack.extend(value.values())
        elif isinstance(value, list | tuple):
            stack.extend(value)
    return found
