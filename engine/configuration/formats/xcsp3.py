"""XCSP3: variables and arrays of them, and extension constraints, in groups and blocks as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.faults import Faults
from engine.configuration.formats.xcsp_values import MALFORMED, UNSUPPORTED, VALUES_MAX, error, numbers
from engine.configuration.formats.xml_tree import Element
from engine.configuration.model import Model, Value
from engine.diagnostics import counted

_TUPLE = re.compile(r"\(([^()]*)\)")
_INDEX = re.compile(r"\[([^\[\]]*)\]")
_ARGUMENT = re.compile(r"%(\d+|\.\.\.)")
PARTS = ("variables", "constraints", "annotations")
TABLES = ("supports", "conflicts")


def read_xcsp3(root: Element, builder: ModelBuilder) -> Model:
    """One rule a constraint; anything but extension tables over whole numbers is named and refused."""
    return _Reader(root, builder).read()


class _Reader:
    def __init__(self, root: Element, builder: ModelBuilder) -> None:
        self.root = root
        self.builder = builder
        self.arrays: dict[str, tuple[int, ...]] = {}
        self.domains: dict[str, list[int]] = {}
        self.rules = 0

    def read(self) -> Model:
        faults = Faults()
        for each in self.root.children:
            if each.tag not in PARTS:
                faults.found += error(each, f"`<{each.tag}>` is not supported", UNSUPPORTED).diagnostics
        for part in self.root.inside("variables"):
            for each in part.children:
                with faults.noted():
                    self._variable(each)
        stack = [each for part in self.root.inside("constraints") for each in part.children]
        while stack:
            each = stack.pop(0)
            if each.tag == "block":
                stack = [*each.children, *stack]
                continue
            with faults.noted():
                self._constraint(each)
        faults.settle()
        return self.builder.build()

    def _constraint(self, element: Element) -> None:
        match element.tag:
            case "group":
                self._group(element)
            case "extension":
                self._extension(element, ())
            case _:
                raise error(element, f"`<{element.tag}>` constraints are not supported", UNSUPPORTED)

    def _variable(self, element: Element) -> None:
        name = element.get("id")
        if element.tag not in ("var", "array") or element.children:
            what = element.children[0].tag if element.children else element.tag
            raise error(element, f"`<{what}>` is not supported here", UNSUPPORTED)
        alike = element.get("as")
        if alike and alike not in self.domains:
            raise error(element, f"`{name}` is to be like `{alike}`, which is not there")
        values = self.domains[alike] if alike else numbers(element, element.text)
        if not name or name in self.domains or not values:
            raise error(element, f"variable `{name}` has no name of its own or no values")
        self.domains[name] = values
        if element.tag == "var":
            self.builder.enumeration(name, values, span=element.span)
            return
        sizes = tuple(numbers(element, _INDEX.sub(r" \1 ", element.get("size")), unique=False))
        if not sizes or min(sizes) < 1 or prod(sizes) > VALUES_MAX:
            raise error(element, f"array `{name}` has no size or more than {VALUES_MAX} variables")
        self.arrays[name] = sizes
        for at in product(*map(range, sizes)):
            self.builder.enumeration(_cell(name, at), values, span=element.span)

    def _group(self, group: Element) -> None:
        """A template and its arguments: one constraint for each list of arguments."""
        templates = [each for each in group.children if each.tag != "args"]
        for each in templates:
            if each.tag != "extension":
                raise error(each, f"`<{each.tag}>` constraints are not supported", UNSUPPORTED)
            for arguments in group.inside("args"):
                self._extension(each, tuple(arguments.text.split()))

    def _extension(self, element: Element, arguments: tuple[str, ...]) -> None:
        tables = element.inside(*TABLES)
        lists = element.inside("list")
        if len(tables) != 1 or len(lists) != 1 or len(element.children) != 2:
            raise error(element, "an extension has one `<list>` and one `<supports>` or `<conflicts>`")
        scope = self._scope(lists[0], arguments)
        self.rules += 1
        rule = self.builder.rule(element.get("id", f"constraint {self.rules}"), span=element.span)
        self.builder.table(scope, self._rows(tables[0], scope), rule, allowed=tables[0].tag == "supports")

    def _scope(self, listed: Element, arguments: tuple[str, ...]) -> list[int]:
        """The variables of a list, arguments and whole arrays put in."""

        def put_in(match: re.Match[str]) -> str:
            named = match.group(1)
            if named == "...":
                highest = max((int(each) for each in _ARGUMENT.findall(listed.text) if each != "..."), default=-1)
                return " ".join(arguments[highest + 1 :])
            if int(named) >= len(arguments):
                raise error(listed, f"there is no argument `%{named}`")
            return arguments[int(named)]

        scope: list[int] = []
        for word in _ARGUMENT.sub(put_in, listed.text).split():
            for name in self._names(listed, word):
                index = self.builder.index_of(name)
                if index is None:
                    raise error(listed, f"unknown variable `{name}`")
                scope.append(index)
        if not scope:
            raise error(listed, "the list names no variables")
        return scope

    def _names(self, listed: Element, word: str) -> Iterator[str]:
        """``x``, ``x[2]``, ``x[]`` or ``x[1..3][]``."""
        name = word.partition("[")[0]
        sizes = self.arrays.get(name)
        if sizes is None:
            yield word
            return
        given = _INDEX.findall(word)
        if len(given) != len(sizes):
            raise error(listed, f"`{word}` does not have {counted(len(sizes), 'index', 'indices')}")
        ranges = [numbers(listed, each) or list(range(size)) for each, size in zip(given, sizes, strict=True)]
        for at in product(*ranges):
            yield _cell(name, at)

    def _rows(self, table: Element, scope: list[int]) -> list[tuple[int, ...]]:
        """The rows as positions; a row that holds a value outside its domain can never be."""
        positions = [{value: at for at, value in enumerate(self.builder.variable(each).values)} for each in scope]
        if "(" not in table.text:
            if len(scope) != 1:
                raise error(table, f"rows of {counted(len(scope), 'value')} stand in parentheses")
            cells = (positions[0].get(each) for each in numbers(table, table.text))
            return [(each,) for each in cells if each is not None]
        rows: list[tuple[int, ...]] = []
        for text in _TUPLE.findall(table.text):
            words = [each.strip() for each in text.split(",")]
            if len(words) != len(scope):
                raise error(table, f"row `({text})` does not have {counted(len(scope), 'value')}")
            choices = [self._cells(table, word, where) for word, where in zip(words, positions, strict=True)]
            if len(rows) + prod(map(len, choices)) > VALUES_MAX * 10:
                raise error(table, f"the table has more than {VALUES_MAX * 10} rows", UNSUPPORTED)
            rows.extend(product(*choices))
        return rows

    def _cells(self, table: Element, word: str, where: Mapping[Value, int]) -> list[int]:
        if word == "*":
            return list(where.values())
        if not re.fullmatch(r"[+-]?\d+", word):
            raise error(table, f"`{word}` is no whole number", MALFORMED)
        return [where[int(word)]] if int(word) in where else []


def _cell(name: str, at: tuple[int, ...]) -> str:
    return name + "".join(f"[{each}]" for each in at)
