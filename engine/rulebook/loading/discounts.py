"""The folder ``discounts/``: groups, rules on lines and on the order, and tables of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from engine.diagnostics import DiagnosticError, Span, did_you_mean
from engine.language import Checked, Scope
from engine.pricing.effects import Amount, Effect, On, Percent, SetPrice
from engine.pricing.plan import (
    NO_LIMIT,
    NO_USAGE_LIMIT,
    Across,
    Cap,
    CapScope,
    Combine,
    Level,
    Limit,
    Mode,
    Pick,
    Rule,
    RuleGroup,
    RuleId,
    Spread,
    Step,
    UnitsBase,
    UsageLimit,
    Window,
    Within,
)
from engine.rulebook.codes import finding
from engine.rulebook.formats.discounts import DISCOUNTS
from engine.rulebook.grammar import parse_cap
from engine.rulebook.loading.book_head import check_days
from engine.rulebook.loading.constraints import report_repeated
from engine.rulebook.loading.effects import effects_of, percent_effect
from engine.rulebook.loading.price_table import text_of, whole_of, window_of
from engine.rulebook.loading.pricing_scope import PricingScope, by_currency, conditions
from engine.rulebook.loading.products import amounts
from engine.rulebook.loading.sources import Sources
from engine.rulebook.loading.table_rows import CellChecker, TableRow, divide, out_names, rows_of
from engine.rulebook.nodes import Node
from engine.rulebook.reader import Read
from engine.rulebook.table import Table

FOLDER = "discounts"
STEPS = {"volume": Step.VOLUME, "rules": Step.RULES, "promotions": Step.PROMOTIONS, "partner": Step.PARTNER}
UNITS_OF = {"current": UnitsBase.CURRENT, "original": UnitsBase.ORIGINAL_LESS_GRANTED}
HITS = ("UNIQUE", "COLLECT", "ANY")
GIVES = ("give", "percent_off")
NOTES = ("id", "say", "priority", "from", "until", "note")


COUNTED = (Pick.ALL.value, Pick.BEST.value)
COUNTED_NAMES = " or ".join(f"`{each}`" for each in COUNTED)


@dataclass(slots=True)
class Discounts:
    """All that ``discounts/`` says, in the author's order; ``tables`` with their rule for the load-time checks."""

    groups: list[RuleGroup] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read_discounts(sources: Sources, scope: PricingScope) -> Discounts:
    """Read the folder: all groups first, so that a rule may use a group of another file."""
    found = Discounts()
    files = list(sources.records(FOLDER, DISCOUNTS))
    seen: dict[str, Span] = {}
    for _, read in files:
        for each in read.records("groups"):
            if not report_repeated(each, seen, sources.report):
                found.groups.append(_group(each, scope))
    seen = {}
    for path, read in files:
        for level, name in ((Level.LINE, "discounts"), (Level.ORDER, "order_discounts")):
            reader = _Rules(path, level, found, sources, scope)
            for each in read.records(name):
                report_repeated(each, seen, sources.report)
                reader.read(each)
    _report_unknown_names(files, found, sources)
    found.rules = [_with_rows(each, found.rules) for each in found.rules]
    return found


def _with_rows(rule: Rule, rules: list[Rule]) -> Rule:
    """A rule that cannot stand beside a table cannot stand beside any of its rows."""
    if not rule.not_with:
        return rule
    others = (each.id for each in rules if each.id in rule.not_with or each.table in rule.not_with)
    return replace(rule, not_with=frozenset(others))


def _group(read: Read, scope: PricingScope) -> RuleGroup:
    if read.text("level", "line") == Level.ORDER.value and read.text("pick", "all") == Pick.BANDS.value:
        message = f"the group `{read.text('id')}` picks by bands, and order discounts have none"
        hint = "take `first`, `all`, `best_for_customer` or `worst`, or make it a group of the line"
        scope.report.add(finding("DSC206", message, read.place("pick"), hint))
    pick = read.text("pick", "all")
    if read.has("at_most") and pick not in COUNTED:
        message = f"the group `{read.text('id')}` picks `{pick}`, which takes no number of rules"
        scope.report.add(finding("DSC207", message, read.place("at_most"), f"leave it out, or pick {COUNTED_NAMES}"))
    return RuleGroup(
        id=read.text("id"),
        level=Level(read.text("level", "line")),
        step=STEPS[read.text("step", "rules")],
        pick=Pick(read.text("pick", "all")),
        combine=Combine(read.text("combine", "compound")),
        at_most=read.integer("at_most", 0) or None,
        cap=_cap(read, scope),
        within=Within(read.text("within", "best")),
        across=Across(read.text("across", "stop")),
        span=read.place("id"),
    )


def _cap(read: Read, scope: PricingScope) -> Cap | None:
    if not read.has("cap"):
        return None
    percents: set[Decimal] = set()
    money: dict[str, Decimal] = {}
    for currency, text in by_currency(read.nodes["cap"], scope):
        try:
            percent, amount = parse_cap(text)
        except DiagnosticError as problem:
            scope.report.add(*problem.diagnostics)
            return None
        if amount is not None:
            money[currency] = amount
        if percent is not None:
            percents.add(percent)
    if len(percents) > 1:
        message = f"the group `{read.text('id')}` is capped at several percents"
        scope.report.add(finding("DSC201", message, read.place("cap"), "a percent is the same in every currency"))
        return None
    return Cap(percents.pop() if percents else None, MappingProxyType(money), CapScope(read.text("cap_of", "line")))


def _report_unknown_names(files: list[tuple[str, Read]], found: Discounts, sources: Sources) -> None:
    """``not_with`` must name rules that exist."""
    known = {str(each.id) for each in found.rules} | {each.table for each in found.rules if each.table}
    for _, read in files:
        for name in ("discounts", "order_discounts"):
            for each in read.records(name):
                for other in each.scalars("not_with"):
                    if other.text == each.text("id"):
                        message = f"`{other.text}` cannot stand beside itself"
                        sources.report.add(finding("DSC202", message, other.span, "name the other rule"))
                    elif other.text not in known:
                        hint = did_you_mean(other.text, known)
                        message = f"there is no discount `{other.text}`"
                        sources.report.add(finding("DSC202", message, other.span, hint))


class _Rules:
    """Reads the rules of one level of one file."""

    def __init__(self, path: str, level: Level, found: Discounts, sources: Sources, scope: PricingScope) -> None:
        self.path, self.level, self.found, self.sources, self.scope = path, level, found, sources, scope
        self.report = scope.report

    @property
    def names(self) -> Scope:
        """What conditions of this level may read."""
        return self.scope.line if self.level is Level.LINE else self.scope.order

    def read(self, read: Read) -> None:
        """Keep the rule of a record, or all rows of its table."""
        check_days(read, self.report)
        when = conditions(read, "when", self.names, self.report)
        target = conditions(read, "for", self.scope.line, self.report)
        group = self._group(read)
        sound = when is not None and target is not None and group is not None
        plain = self._rule(read, group or "", when or (), target or ())
        rules: list[Rule] = []
        if read.has("table"):
            rules += self._table(read, plain)
        if read.has("give") and (effects := self._effects(read.nodes["give"])):
            rules.append(replace(plain, effects=effects))
        if read.has("give") == read.has("table"):
            message = f"the discount `{read.text('id')}` needs `give` or `table`, and not both"
            self.report.add(finding("FLD002", message, read.place("id"), "say what it gives"))
        elif sound:
            self.found.rules += rules

    def _group(self, read: Read) -> str | None:
        """The group of a rule; rules that name none share a group that takes all of them."""
        name = read.scalar("group")
        if name is None:
            own = "lines" if self.level is Level.LINE else "order"
            if all(each.id != own for each in self.found.groups):
                self.found.groups.append(RuleGroup(own, self.level, span=read.place("id")))
            return own
        group = next((each for each in self.found.groups if each.id == name.text), None)
        if group is None:
            known = [each.id for each in self.found.groups]
            hint = did_you_mean(name.text, known) or "declare it under `groups`"
            self.report.add(finding("DSC202", f"the group `{name.text}` is not known", name.span, hint))
            return None
        if group.level is not self.level:
            message = f"the group `{name.text}` is for rules on the {group.level.value}"
            hint = f"write `level: {self.level.value}` in the group, or use another group"
            self.report.add(finding("DSC202", message, name.span, hint))
            return None
        return name.text

    def _rule(self, read: Read, group: str, when: tuple[Checked, ...], target: tuple[Checked, ...]) -> Rule:
        return Rule(
            id=RuleId(read.text("id")),
            group=group,
            effects=MappingProxyType({}),
            when=when,
            window=Window(read.day("from"), read.day("until")),
            priority=read.integer("priority", 0),
            code=read.text("code"),
            usage=_usage(read),
            limit=_limit(read),
            target=target,
            spread=Spread(read.text("spread", "by_net")),
            exclusive=read.flag("exclusive", default=False),
            stop=read.text("then", "continue") == "stop",
            not_with=frozenset(read.texts("not_with")),
            mode=Mode(read.text("mode", "compound")),
            say=read.text("say"),
            span=read.place("id"),
        )

    def _effects(self, node: Node) -> Mapping[str, Effect]:
        found = effects_of(node, self.names, self.scope)
        if self.level is Level.ORDER and any(
            isinstance(each, Percent | Amount | SetPrice) and each.on is On.UNIT for each in found.values()
        ):
            message = "an order discount acts on no unit of its own"
            hint = "write `order`, `each_line` or `units(…)` for `unit`, or move the rule to `discounts`"
            self.report.add(finding("DSC201", message, node.span, hint))
            return {}
        return found

    def _table(self, read: Read, plain: Rule) -> Iterator[Rule]:
        name = read.scalar("table")
        table = self.sources.named_table(name, self.path) if name is not None else None
        if table is None:
            return
        hit = table.option("hit", "UNIQUE")
        if hit not in HITS:
            place = table.options["hit"].span
            use = f"use {', '.join(HITS)}; for the first row that matches, give the group `pick: first`"
            hint = did_you_mean(hit, HITS) or use
            self.report.add(finding("TBL010", f"the hit policy `{hit}` is not known for discounts", place, hint))
            return
        self.found.tables.append(table)
        columns = divide(table, GIVES, NOTES, self.report)
        if not columns.results:
            if not out_names(table):
                hint = "add `out: give` or `out: percent_off`"
                self.report.add(finding("TBL008", "the table has no `out:` column", table.span, hint))
            return
        checker = CellChecker(table, columns, self.names, self.report)
        for row in rows_of(table, columns):
            when = checker.conditions(row)
            effects = self._row_effects(row)
            if when is not None and effects:
                yield self._row(row, plain, when, effects)

    def _row_effects(self, row: TableRow) -> Mapping[str, Effect]:
        give, percent = row.result("give"), row.result("percent_off")
        if give is not None:
            return self._effects(give)
        if percent is not None:
            return percent_effect(percent, self.scope)
        place = row.table.cell(row.row, 0).span
        self.report.add(finding("DSC201", "the row gives nothing", place, "fill in `out: give` or `out: percent_off`"))
        return {}

    def _row(self, row: TableRow, plain: Rule, when: tuple[Checked, ...], effects: Mapping[str, Effect]) -> Rule:
        own = window_of(row, self.scope)
        name = text_of(row, "id") or f"{plain.id}/{row.row.line}"
        return replace(
            plain,
            id=RuleId(name),
            effects=effects,
            when=(*plain.when, *when),
            window=Window(own.start or plain.window.start, own.end or plain.window.end),
            priority=whole_of(row, "priority", self.report, plain.priority),
            say=text_of(row, "say") or plain.say,
            span=row.table.cell(row.row, 0).span,
            table=str(plain.id),
        )


def _limit(read: Read) -> Limit:
    if not any(map(read.has, ("limit", "units_max", "units_of"))):
        return NO_LIMIT
    most = MappingProxyType(amounts(read, "limit"))
    return Limit(most, read.number("units_max"), UNITS_OF[read.text("units_of", "current")])


def _usage(read: Read) -> UsageLimit:
    if not any(map(read.has, ("uses", "uses_per_customer", "budget"))):
        return NO_USAGE_LIMIT
    uses = read.integer("uses", 0) if read.has("uses") else None
    each = read.integer("uses_per_customer", 0) if read.has("uses_per_customer") else None
    return UsageLimit(uses, each, MappingProxyType(amounts(read, "budget")))
