"""COOM: products of nested parts with several instances, numbers, sums, counts and tables.

A rule holds for every instance of its type and for every choice of instances that its paths lead to, each path on its
own; where one of these values is not there, the rule asks nothing. In ``+`` and ``-`` a missing side counts as 0, and
so do missing instances inside ``sum``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats import logic
from engine.configuration.formats.coom_aggregates import Aggregates
from engine.configuration.formats.coom_formulas import Compared, Formulas, Place
from engine.configuration.formats.coom_parts import Part, Planter
from engine.configuration.formats.coom_paths import Paths, paths_in
from engine.configuration.formats.coom_rules import Cell, Statement
from engine.configuration.formats.coom_text import UNSUPPORTED, Formula, Operation, Path, error
from engine.configuration.formats.coom_tree import CoomFile, parse
from engine.configuration.formats.coom_values import Amount, Reader, every
from engine.configuration.formats.faults import Faults
from engine.configuration.formats.logic import Formula as Condition
from engine.configuration.formats.logic import Not, conjunction, disjunction, literal_of
from engine.configuration.formats.reified import Comparer
from engine.configuration.model import Model
from engine.diagnostics import Code, counted, did_you_mean

UNKNOWN_CONTEXT = Code("MDL065")
INSTANTIATIONS_MAX = 20_000
SOFT = ("default", "prefer")


def read_coom(data: bytes, path: str) -> Model:
    """One rule a statement, whatever the number of its instances. Raises ``DiagnosticError`` with the place."""
    return _Reader(parse(data.decode("utf-8-sig", errors="replace"), path), path).read()


class _Reader:
    def __init__(self, file: CoomFile, path: str) -> None:
        self.file = file
        self.builder = ModelBuilder(path.rsplit("/", 1)[-1])
        self.compare = Comparer(self.builder)
        self.values = Reader(self.builder, self.compare)
        planter = Planter(self.builder, file)
        self.paths = Paths(file, planter.product(), self.builder.notes)
        aggregates = Aggregates(self.builder, self.compare, self.values, self.paths)
        self.formulas = Formulas(self.builder, self.values, self.paths, aggregates)
        self.instances = planter.by_type

    def read(self) -> Model:
        faults = Faults()
        counts: dict[str, int] = {}
        known = {**self.file.structures, **self.file.enumerations}
        for behavior in self.file.behaviors:
            if behavior.context not in known:
                hint = did_you_mean(behavior.context, known)
                message = f"unknown type `{behavior.context}`"
                faults.found += error(behavior.span, message, UNKNOWN_CONTEXT, hint).diagnostics
            for statement in behavior.statements:
                counts[behavior.context] = counts.get(behavior.context, 0) + 1
                name = f"{behavior.context} rule {counts[behavior.context]}"
                rule = self.builder.rule(name, statement.explanation, statement.span)
                with faults.noted():
                    self._statement(statement, self.instances.get(behavior.context, []), rule)
        faults.settle()
        self.builder.notes += self.file.notes
        return self.builder.build()

    def _statement(self, statement: Statement, instances: list[Part], rule: int) -> None:
        done = 0
        for start in instances:
            if statement.path is not None and not self._assigns(statement.path, statement.kind, start):
                return
            paths = [each for each in _paths(statement) if self.paths.leads(each, start)]
            for some in product(*(self.paths.instances(each, start) for each in paths)):
                done += 1
                if done > INSTANTIATIONS_MAX:
                    message = f"the rule holds for more than {INSTANTIATIONS_MAX} combinations of instances"
                    raise error(statement.span, message, UNSUPPORTED)
                self._instance(statement, Place(start, dict(zip(paths, some, strict=True))), rule)

    def _assigns(self, path: Path, kind: str, start: Part) -> bool:
        """Whether what is assigned to is a feature: a default of something that is not there is noted and left out."""
        if self.paths.leads(path, start):
            return True
        if kind in SOFT:
            self.paths.note(path, f"`{path}` is no feature of `{start.type}`, so its default is not read")
            return False
        raise error(path.span, f"`{path}` is no feature of `{start.type}`")

    def _instance(self, statement: Statement, at: Place, rule: int) -> None:
        """One instance of a rule: it asks nothing unless all its values are there and its conditions hold."""
        conditions = [self.formulas.condition(each, at) for each in statement.conditions]
        wanted, defined = self._wanted(statement, at)
        asks = [at.start.present or None, defined, *(each for pair in conditions for each in pair)]
        needed = [each for each in asks if each is not None]
        unless = [Not(each) for each in needed]
        if isinstance(wanted, Compared):
            when = [literal_of(self.builder, each) for each in needed]
            self.compare.require(wanted.difference, wanted.operator, rule, when=when)
        elif statement.kind in SOFT:
            literal = literal_of(self.builder, disjunction(*unless, wanted))
            self.builder.prefer(literal, max(statement.weight, 1), rule)
        else:
            logic.state(self.builder, disjunction(*unless, wanted), rule)

    def _wanted(self, statement: Statement, at: Place) -> tuple[Condition | Compared, Condition | None]:
        """What the rule asks, and when that is defined."""
        if statement.kind == "combinations":
            return self._row(statement, at)
        if statement.kind == "alldiff":
            return self._all_different(statement, at), None
        formula = statement.formula
        assert formula is not None, "all other rules have a formula"
        if statement.path is not None:
            formula = Operation("=", (statement.path, formula), statement.span)
        return self.formulas.condition(formula, at) if statement.kind in SOFT else self.formulas.stated(formula, at)

    def _row(self, statement: Statement, at: Place) -> tuple[Condition, Condition | None]:
        """A combination of values that some row allows (where any row allows) and no row forbids."""
        columns = [self.formulas.amount(each, at) for each in statement.columns]
        allowed: list[Condition] = []
        wanted: list[Condition] = []
        for allows, cells in statement.rows:
            tested = [self._cell(cell, column, at) for cell, column in zip(cells, columns, strict=True)]
            fits = every(tested) or self.builder.truth()
            if allows:
                allowed.append(fits)
            else:
                wanted.append(Not(fits))
        if allowed:
            wanted.append(disjunction(*allowed))
        stated = conjunction(*wanted) if wanted else self.builder.truth()
        return stated, every(each.defined for each in columns)

    def _cell(self, cell: Cell, column: Amount, at: Place) -> Condition | None:
        if not cell.tests:
            return None
        values = ((operator, self.formulas.amount(each, at), each.span) for operator, each in cell.tests)
        return disjunction(*(self.values.holds(operator, column, value, span) for operator, value, span in values))

    def _all_different(self, statement: Statement, at: Place) -> Condition:
        """No two instances of the path have the same value; missing ones are not compared."""
        path = statement.path
        assert path is not None, "the parser read a path"
        amounts = [self.paths.value(self.values, each, path) for each in self.paths.instances(path, at.start)]
        if len(amounts) ** 2 > INSTANTIATIONS_MAX:
            raise error(statement.span, f"`alldiff` over {counted(len(amounts), 'instance')}", UNSUPPORTED)
        pairs: list[Condition] = []
        for n, first in enumerate(amounts):
            for second in amounts[n + 1 :]:
                missing = [Not(each) for each in (first.defined, second.defined) if each is not None]
                pairs.append(disjunction(*missing, self.values.holds("!=", first, second, path.span)))
        return conjunction(*pairs) if pairs else self.builder.truth()


def _paths(statement: Statement) -> Iterator[Path]:
    """Every path of a rule that means one instance at a time, once each place it is written."""
    formulas: list[Formula] = [*statement.conditions, *statement.columns]
    formulas += [each for _, cells in statement.rows for cell in cells for _, each in cell.tests]
    if statement.formula is not None:
        formulas.append(statement.formula)
    if statement.path is not None and statement.kind != "alldiff":
        formulas.append(statement.path)
    yield from dict.fromkeys(path for each in formulas for path in paths_in(each))
