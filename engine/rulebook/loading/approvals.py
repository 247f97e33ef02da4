"""The folder ``approvals/``: chains and the tables that say who acts when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from engine.approvals.policy import (
    ApprovalPolicy,
    ChainDefinition,
    LevelDefinition,
    PolicyEffect,
    Quorum,
    Who,
    WhoKind,
)
from engine.diagnostics import Span, did_you_mean
from engine.rulebook import values
from engine.rulebook.codes import finding, warning
from engine.rulebook.formats.approvals import APPROVALS, LEVEL
from engine.rulebook.loading.checked import check_condition
from engine.rulebook.loading.constraints import report_repeated
from engine.rulebook.loading.pricing_scope import PricingScope
from engine.rulebook.loading.sources import TABLES, Sources
from engine.rulebook.loading.table_rows import CellChecker, TableRow, divide, rows_of
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.reader import Read, view
from engine.rulebook.table import Table
from engine.rulebook.values import Unreadable

FOLDER = "approvals"
RESULTS = ("chain", "level", "due", "effect", "say")
HITS = ("COLLECT", "ANY", "RULE ORDER")


def read_approvals(
    sources: Sources, scope: PricingScope
) -> tuple[tuple[ChainDefinition, ...], tuple[ApprovalPolicy, ...]]:
    """Chains and policies; a level that no policy asks is a warning unless it is above one that is asked."""
    report = sources.report
    before = len(report.found)
    files = list(sources.records(FOLDER, APPROVALS))
    seen: dict[str, Span] = {}
    chains: list[ChainDefinition] = []
    for _, read in files:
        for each in read.records("chains"):
            report_repeated(each, seen, report)
            chains.append(_chain(each, report))
    reader = _Policies({each.id: each for each in chains}, scope)
    seen = {}
    policies: list[ApprovalPolicy] = []
    for _, read in files:
        for each in read.records("policies"):
            report_repeated(each, seen, report)
            policies += reader.record(each)
    for path in sources.in_folder(FOLDER, TABLES):
        table = sources.table(path)
        if table is not None:
            policies += reader.table(table)
    if len(report.found) == before:
        _warn_of_unasked(chains, policies, report)
    return tuple(chains), tuple(policies)


def _chain(read: Read, report: Report) -> ChainDefinition:
    levels: list[LevelDefinition] = []
    for node in read.items("levels"):
        if isinstance(node, Scalar):
            level = LevelDefinition(node.text, Who(WhoKind.ROLE, node.text), node.text, node.span)
        else:
            record = view(node, LEVEL)
            if record is None:
                continue
            level = LevelDefinition(
                record.text("id"), _who(record, report), record.text("title", record.text("id")), record.place("id")
            )
        if any(each.id == level.id for each in levels) and level.span is not None:
            report.add(finding("FLD008", f"the level `{level.id}` is listed twice", level.span, "remove one of them"))
        levels.append(level)
    return ChainDefinition(read.text("id"), tuple(levels), read.text("title", read.text("id")), read.place("id"))


def _who(read: Read, report: Report) -> Who:
    kinds = {"person": WhoKind.PERSON, "role": WhoKind.ROLE, "members": WhoKind.GROUP}
    given = [each for each in kinds if read.has(each)]
    if len(given) > 1:
        message = f"the level `{read.text('id')}` names {' and '.join(f'`{each}`' for each in given)}"
        report.add(finding("FLD003", message, read.place("id"), "name one of person, role and members"))
    kind = given[0] if given else "role"
    count = read.integer("count", 1)
    return Who(kinds[kind], read.text(kind, read.text("id")), Quorum(read.text("agree", "any")), count)


class _Policies:
    """Reads policies of records and table rows."""

    def __init__(self, chains: dict[str, ChainDefinition], scope: PricingScope) -> None:
        self.chains, self.scope, self.report = chains, scope, scope.report

    def record(self, read: Read) -> Iterator[ApprovalPolicy]:
        """The policy of a YAML record."""
        when, chain, level = read.scalar("when"), read.scalar("chain"), read.scalar("level")
        condition = check_condition(when, self.scope.approval, self.report) if when is not None else None
        effect = PolicyEffect(read.text("effect", "require"))
        if condition is not None and self._known(chain, level, effect, read.place("id")):
            yield ApprovalPolicy(
                id=read.text("id"),
                conditions=(condition,),
                chain=read.text("chain"),
                level=read.text("level"),
                due=self._due(read.scalar("due")),
                effect=effect,
                say=read.text("say"),
                span=read.place("id"),
            )

    def table(self, table: Table) -> Iterator[ApprovalPolicy]:
        """The policies of a table: one a row."""
        hit = table.options.get("hit")
        if hit is not None and hit.text not in HITS:
            use = f"use {', '.join(HITS)}: several rows may match, and each adds its reason"
            hint = did_you_mean(hit.text, HITS) or use
            self.report.add(finding("TBL010", f"the hit policy `{hit.text}` is not for approvals", hit.span, hint))
        columns = divide(table, RESULTS, ("id", "note"), self.report)
        missing = [name for name in ("chain", "level") if name not in columns.results]
        for name in missing:
            self.report.add(finding("TBL008", f"the column `out: {name}` is missing", table.span, "every row needs it"))
        if missing:
            return
        checker = CellChecker(table, columns, self.scope.approval, self.report)
        for row in rows_of(table, columns):
            policy = self._row(row, checker)
            if policy is not None:
                yield policy

    def _row(self, row: TableRow, checker: CellChecker) -> ApprovalPolicy | None:
        cells = checker.conditions(row)
        place = row.table.cell(row.row, 0).span
        due, effect_cell = self._due(row.result("due")), row.result("effect")
        words = [each.value for each in PolicyEffect]
        if effect_cell is not None and effect_cell.text not in words:
            hint = did_you_mean(effect_cell.text, words) or f"write one of {', '.join(words)}"
            self.report.add(finding("FLD005", f"`{effect_cell.text}` is no effect", effect_cell.span, hint))
            return None
        effect = PolicyEffect(effect_cell.text) if effect_cell is not None else PolicyEffect.REQUIRE
        chain, level = row.result("chain"), row.result("level")
        if cells is None or not self._known(chain, level, effect, place):
            return None
        name, say = row.note("id"), row.result("say")
        return ApprovalPolicy(
            id=name.text if name is not None else f"{row.table.path}:{row.row.line}",
            conditions=cells,
            chain=chain.text if chain is not None else "",
            level=level.text if level is not None else "",
            due=due,
            effect=effect,
            say=say.text if say is not None else "",
            span=place,
        )

    def _known(self, chain: Scalar | None, level: Scalar | None, effect: PolicyEffect, place: Span) -> bool:
        if chain is None:
            if effect is PolicyEffect.AUTO_APPROVE:
                return True
            self.report.add(finding("APR301", "the row names no chain", place, "name a chain"))
            return False
        found = self.chains.get(chain.text)
        if found is None:
            hint = did_you_mean(chain.text, self.chains) or "declare it under `chains`"
            self.report.add(finding("APR301", f"the chain `{chain.text}` is not known", chain.span, hint))
            return False
        if effect is PolicyEffect.AUTO_APPROVE:
            return True
        known = [each.id for each in found.levels]
        if level is None or level.text not in known:
            what = f"the chain `{chain.text}` has no level `{level.text}`" if level else "the row names no level"
            hint = (did_you_mean(level.text, known) if level else "") or f"its levels are {', '.join(known)}"
            self.report.add(finding("APR301", what, level.span if level else place, hint))
            return False
        return True

    def _due(self, cell: Scalar | None) -> timedelta | None:
        if cell is None:
            return None
        try:
            return timedelta(hours=values.duration_hours(cell.text))
        except Unreadable as problem:
            self.report.add(finding(problem.code, problem.message, cell.span, problem.hint))
            return None


def _warn_of_unasked(chains: list[ChainDefinition], policies: list[ApprovalPolicy], report: Report) -> None:
    """A level below all that are asked is never reached; one above them is reached by escalation."""
    for chain in chains:
        asked = {each.level for each in policies if each.chain == chain.id}
        for level in chain.levels:
            if level.id in asked or level.span is None:
                continue
            below = [each.id for each in chain.levels[: chain.levels.index(level)]]
            escalates = any(each.due is not None and each.level in below for each in policies if each.chain == chain.id)
            if not escalates:
                message = f"no policy asks the level `{level.id}` of the chain `{chain.id}`"
                report.add(warning("APR302", message, level.span, "add a row that asks it, or remove the level"))
