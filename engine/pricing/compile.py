"""Turning a rule book's pricing rules into a plan: numbered, compiled, indexed; all findings in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from engine.diagnostics import Diagnostic, DiagnosticError, Severity, sorted_findings
from engine.language.scope import Checked
from engine.language.types import ContextType
from engine.money import currency
from engine.pricing.amounts import whole_minor
from engine.pricing.atoms import Atom, Interval, OneOf, Split, conjuncts, is_known, split
from engine.pricing.compiled import (
    BundlePlan,
    Constant,
    ContractPlan,
    EntryPlan,
    GroupPlan,
    GuardPlan,
    ModelPlan,
    PercentPlan,
    PricePlan,
    PriceTable,
    Source,
)
from engine.pricing.depth import may_raise
from engine.pricing.expressions import (
    compile_expressions,
    expressions_of,
    given_expressions,
    line_expressions,
    reads,
    rule_expressions,
)
from engine.pricing.finite import odd_numbers_stated
from engine.pricing.index import MatchIndex, build_index
from engine.pricing.models import Computed
from engine.pricing.plain_guards import index_of, is_plain
from engine.pricing.plan import Level, Narrowness, PriceBook, PriceEntry, PricingRules, Rule, RuleGroup
from engine.pricing.programs import lone_ops, ops_of, stage_of
from engine.pricing.ruleplan import RulePlan, Test
from engine.pricing.settings import TaxSettings, TieBreak
from engine.pricing.usability import restrictions_of
from engine.pricing.verify import TOTALS, VALUES, findings_in

LIVE = ("line.running", "line.unit", "line.discounted")
"""What changes while rules act on a line."""

DAY = ("quote", "date")


def compile_plan(rules: PricingRules) -> PricePlan:
    """Compile pricing rules; raises ``DiagnosticError`` with every error found. Warnings stand in the plan."""
    try:
        return _compiled(rules)
    except (ArithmeticError, ValueError) as error:
        odd = odd_numbers_stated(rules)
        if odd:
            raise DiagnosticError(*odd) from error
        raise


def _compiled(rules: PricingRules) -> PricePlan:
    found = sorted_findings(findings_in(rules))
    errors = [each for each in found if each.severity is Severity.ERROR]
    if errors:
        raise DiagnosticError(*errors)
    indexed = _indexed(rules)
    return _Compiler(rules, compile_expressions(_asked(rules, indexed)), indexed).plan(found)


class Indexed:
    """The conditions of line rules as atoms, split once; what the index holds in full is never compiled."""

    def __init__(self, splits: Mapping[int, Split]) -> None:
        self.splits = splits

    def holds(self, condition: Checked) -> bool:
        """Whether the index says all that a condition says."""
        found = self.splits.get(id(condition))
        return found is not None and found.whole

    def atoms(self, condition: Checked) -> tuple[Atom, ...]:
        """The parts that the index holds."""
        found = self.splits.get(id(condition))
        return () if found is None else found.atoms


def _asked(rules: PricingRules, indexed: Indexed) -> Iterator[Checked]:
    """Everything that is ever evaluated. Equal texts are one condition, which others may ask though an index holds it
    for a line rule.
    """
    line_groups = _line_groups(rules)
    for rule in rules.rules:
        if rule.group in line_groups:
            yield from (each for each in rule.when if not indexed.holds(each))
            yield from given_expressions(rule)
    others = tuple(rule for rule in rules.rules if rule.group not in line_groups)
    yield from expressions_of(replace(rules, rules=others))


def _line_groups(rules: PricingRules) -> set[str]:
    return {group.id for group in rules.groups if group.level is Level.LINE}


def _indexed(rules: PricingRules) -> Indexed:
    line_groups = _line_groups(rules)
    conditions = [each for rule in rules.rules if rule.group in line_groups for each in rule.when]
    return Indexed({id(each): split(each) for each in conditions if not _is_live(each)})


class _Compiler:
    """Builds the parts of a plan in the order of their numbers."""

    def __init__(self, rules: PricingRules, functions: Mapping[int, Test], indexed: Indexed) -> None:
        self.rules = rules
        self.functions = functions
        self.indexed = indexed
        self.sources: list[Source] = []

    def plan(self, warnings: tuple[Diagnostic, ...]) -> PricePlan:
        """The whole plan; line rules come first so that their numbers are the bits of the index."""
        rules = self.rules
        line_groups = self._groups(Level.LINE)
        order_groups = self._groups(Level.ORDER)
        prices = self._prices()
        contracted = tuple(
            ContractPlan(self._source("contracted price", each.id, each.span), each, self._tests(each.when))
            for each in sorted(rules.contracted, key=lambda each: (-each.priority, -each.match.by.value, each.id))
        )
        models: dict[str, list[ModelPlan]] = {}
        for use in rules.models:
            number = self._source("price model", use.id, use.span)
            models.setdefault(use.sku, []).append(ModelPlan(number, use, self._tests(use.pool_where)))
        percents: dict[str, list[PercentPlan]] = {}
        for part in rules.percent_of:
            number = self._source("percent of total", part.id, part.span)
            percents.setdefault(part.sku, []).append(PercentPlan(number, part, self._tests(part.of)))
        bundles: dict[str, list[BundlePlan]] = {}
        for price in rules.bundle_prices:
            number = self._source("bundle price", price.id, price.span)
            bundles.setdefault(price.bundle, []).append(BundlePlan(number, price, self._tests(price.when)))
        guards = tuple(
            GuardPlan(self._source("guard", each.id, each.span), each, self._tests(each.when), is_plain(each))
            for each in rules.guards
        )
        line_rules = [rule for group in line_groups for rule in group.rules]
        order_rules = [rule for group in order_groups for rule in group.rules]
        return PricePlan(
            rules=rules,
            sources=tuple(self.sources),
            functions=self.functions,
            prices=prices,
            contracted=contracted,
            models={sku: tuple(uses) for sku, uses in models.items()},
            percent_of={sku: tuple(found) for sku, found in percents.items()},
            bundle_prices={sku: tuple(plans) for sku, plans in bundles.items()},
            line_groups=line_groups,
            line_rules=tuple(line_rules),
            lone_ops=lone_ops([group.stage for group in line_groups], line_rules),
            order_groups=order_groups,
            guards=guards,
            guard_index=index_of(guards),
            tax_tests=tuple(self._tests(rate.when) for rate in rules.tax.rates) if rules.tax else (),
            tax_by_code=rules.tax is None or not reads(_tax_conditions(rules.tax), "line", "lines", *TOTALS),
            index=self._index(line_rules),
            line_sees_lines=reads(line_expressions(self.rules), "lines"),
            line_sees_totals=reads(line_expressions(self.rules), *TOTALS, "quote.qty"),
            reads_quantity=reads(expressions_of(self.rules), "quote.qty"),
            reads_values=reads(expressions_of(self.rules), *VALUES),
            tells_lines_apart=reads(line_expressions(self.rules), "line.id"),
            may_raise=may_raise(self.rules),
            declared=_declared(self.rules),
            restrictions=restrictions_of(line_rules, order_rules),
            warnings=warnings,
        )

    def _source(self, step: str, name: str, span: object, say: str = "") -> int:
        number = len(self.sources)
        self.sources.append(Source(number, step, name, say, span))  # type: ignore[arg-type]
        return number

    def _tests(self, conditions: Iterable[Checked]) -> tuple[Test, ...]:
        return tuple(self.functions[id(condition)] for condition in conditions)

    def _groups(self, level: Level) -> tuple[GroupPlan, ...]:
        groups = [group for group in self.rules.groups if group.level is level]
        groups.sort(key=lambda group: group.step.value)
        members: dict[str, list[Rule]] = {group.id: [] for group in groups}
        for rule in self.rules.rules:
            if rule.group in members:
                members[rule.group].append(rule)
        return tuple(self._group(place, group, members[group.id]) for place, group in enumerate(groups))

    def _group(self, place: int, group: RuleGroup, members: Sequence[Rule]) -> GroupPlan:
        if self.rules.habits.ties is TieBreak.LISTED:
            ordered = sorted(members, key=lambda rule: -rule.priority)
        else:
            ordered = sorted(members, key=lambda rule: (-rule.priority, -specificity(rule), rule.id))
        first = len(self.sources)
        plans = tuple(self._rule(place, group, rule) for rule in ordered)
        return GroupPlan(group, plans, first, first + len(plans), stage_of(group))

    def _rule(self, place: int, group: RuleGroup, rule: Rule) -> RulePlan:
        number = self._source(group.step.name.lower(), rule.id, rule.span, rule.say)
        live = [each for each in rule.when if group.level is Level.LINE and _is_live(each)]
        target = [each for each in rule.target if not _asks_discountable(each)]
        fixed = [
            each for each in rule.when if not any(each is other for other in live) and not self.indexed.holds(each)
        ]
        return RulePlan(
            no=number,
            rule=rule,
            fixed=self._tests(fixed),
            live=self._tests(live),
            target=self._tests(target),
            reads_lines=reads(rule_expressions(rule), "lines"),
            group=place,
            ops=ops_of(number, rule, is_live=bool(live)) if group.level is Level.LINE else {},
            target_index=_target_index(target),
        )

    def _index(self, line_rules: Sequence[RulePlan]) -> MatchIndex:
        atoms: list[list[Atom]] = []
        for plan in line_rules:
            window = plan.rule.window
            found: list[Atom] = [atom for condition in plan.rule.when for atom in self.indexed.atoms(condition)]
            if not plan.rule.code and (window.start is not None or window.end is not None):
                found.append(Interval(DAY, low=window.start, low_included=True, high=window.end, high_included=False))
            atoms.append(found)
        return build_index(atoms)

    def _prices(self) -> dict[str, PriceTable]:
        books: dict[str, list[PriceEntry]] = {}
        for entry in self.rules.entries:
            books.setdefault(entry.book, []).append(matched(entry))
        own = {
            book: [self._entry(rank, entry) for rank, entry in enumerate(sorted(entries, key=rank_of))]
            for book, entries in books.items()
        }
        names = dict.fromkeys((*books, *(each.id for each in self.rules.price_books)))
        return {book: self._table(_with_fallbacks(book, own, self.rules.price_books)) for book in names}

    def _table(self, entries: Sequence[EntryPlan]) -> PriceTable:
        tables: dict[Narrowness, dict[str, list[EntryPlan]]] = {by: {} for by in Narrowness}
        for plan in entries:
            match = plan.entry.match
            tables[match.by].setdefault(match.value, []).append(plan)
        frozen = {by: {value: tuple(plans) for value, plans in found.items()} for by, found in tables.items()}
        return PriceTable(
            frozen[Narrowness.SKU],
            frozen[Narrowness.PRODUCT],
            frozen[Narrowness.FAMILY],
            frozen[Narrowness.CATEGORY],
            tuple(plan for plans in frozen[Narrowness.ANYTHING].values() for plan in plans),
            self._constant(frozen),
        )

    def _constant(
        self, tables: Mapping[Narrowness, Mapping[str, tuple[EntryPlan, ...]]]
    ) -> dict[str, dict[str, Constant]]:
        """The SKUs of each currency that have one constant price; none when wider entries may compete."""
        found: dict[str, dict[str, Constant]] = {}
        special = {use.sku for use in self.rules.models} | {use.sku for use in self.rules.percent_of}
        if any(tables[by] for by in Narrowness if by is not Narrowness.SKU):
            return found
        for sku, entries in tables[Narrowness.SKU].items():
            if sku in special or not all(_is_constant(plan.entry) for plan in entries):
                continue
            for plan in reversed(entries):
                if isinstance(plan.price, Decimal):
                    found.setdefault(plan.entry.currency, {})[sku] = (plan.price, plan.no, plan.minor)
        return found

    def _entry(self, rank: int, entry: PriceEntry) -> EntryPlan:
        number = self._source("list price", entry.id, entry.span)
        header = [each for each in entry.when if not _reads_line(each)]
        rest = [each for each in entry.when if _reads_line(each)]
        price: Test | Decimal | None = None
        if entry.price is not None:
            price = entry.price if isinstance(entry.price, Decimal) else self.functions[id(entry.price)]
        computed = None
        if entry.formula is not None:
            formula = entry.formula
            computed = Computed(
                formula.percent_off,
                formula.round_to,
                formula.surcharge,
                formula.margin_min,
                formula.margin_max,
                self.rules.rounding.mode,
            )
        minor = None
        if isinstance(price, Decimal) and entry.currency:
            minor = whole_minor(price, Decimal(currency(entry.currency).scale))
        return EntryPlan(number, rank, entry, self._tests(header), self._tests(rest), price, computed, minor)


def _with_fallbacks(
    book: str, own: Mapping[str, Sequence[EntryPlan]], books: Sequence[PriceBook]
) -> Sequence[EntryPlan]:
    """The entries of a book, then those of the book that it falls back to: any of its own ranks before those."""
    falls_back = {each.id: each.falls_back_to for each in books}
    found, seen = list(own.get(book, ())), {book}
    while book in falls_back and falls_back[book] not in seen:
        book = falls_back[book]
        seen.add(book)
        found += [replace(each, rank=rank) for rank, each in enumerate(own.get(book, ()), len(found))]
    return found


def matched(entry: PriceEntry) -> PriceEntry:
    """An entry for anything whose conditions name one SKU is an entry for that SKU."""
    if entry.match.by is not Narrowness.ANYTHING:
        return entry
    for condition in entry.when:
        for atom in split(condition).atoms:
            values = getattr(atom, "values", ())
            if atom.key == ("line", "sku") and len(values) == 1:
                return replace(entry, match=replace(entry.match, by=Narrowness.SKU, value=str(next(iter(values)))))
    return entry


def specificity(rule: Rule) -> int:
    """How specific a rule is: as declared, or the number of its conditions; a date window is one."""
    if rule.specificity:
        return rule.specificity
    window = rule.window.start is not None or rule.window.end is not None
    return sum(conjuncts(each) for each in rule.when) + int(window)


def rank_of(entry: PriceEntry) -> tuple[int, int, int, int, Decimal, str]:
    """Where an entry stands among those of its book that hold: the least comes first."""
    window = entry.window.start is not None or entry.window.end is not None
    conditions = sum(conjuncts(each) for each in entry.when) + int(window) + int(bool(entry.unit))
    least = entry.quantity_min if entry.quantity_min is not None else Decimal(0)
    return (-entry.priority, -entry.match.by.value, -entry.weight, -conditions, -least, entry.id)


def _is_constant(entry: PriceEntry) -> bool:
    """Whether nothing but the currency decides an entry."""
    named = entry.match.by is Narrowness.SKU and not entry.when and not entry.unit
    bounded = entry.quantity_min is not None or entry.quantity_max is not None
    dated = entry.window.start is not None or entry.window.end is not None
    price = entry.price
    return named and not (bounded or dated) and bool(entry.currency) and isinstance(price, Decimal) and price >= 0


def _asks_discountable(target: Checked) -> bool:
    """Whether a condition leaves out no more lines than those that never take part: the ones not discountable."""
    found = split(target)
    return found.whole and found.atoms == (OneOf(("line", "discountable"), frozenset({True})),)


def _target_index(target: Sequence[Checked]) -> MatchIndex | None:
    """The lines that an order rule is for, as an index, when the request alone decides; None: they are asked."""
    splits = [split(each) for each in target]
    atoms = [atom for each in splits for atom in each.atoms]
    if not atoms or not all(each.whole for each in splits):
        return None
    if not all(atom.key[0] == "line" and is_known(atom) for atom in atoms):
        return None
    return build_index([atoms])


def _tax_conditions(tax: TaxSettings) -> list[Checked]:
    return [condition for rate in tax.rates for condition in rate.when]


def _is_live(condition: Checked) -> bool:
    return reads((condition,), *LIVE)


def _reads_line(condition: Checked) -> bool:
    return any(path.split(".")[0] in ("line", "lines") for path in condition.reads)


def _declared(rules: PricingRules) -> dict[str, dict[str, None]]:
    """The names that expressions may read of each record, all unknown: what a request leaves out."""
    found: dict[str, dict[str, None]] = {"line": {}, "quote": {}, "customer": {}}
    for scope in {id(each.scope): each.scope for each in expressions_of(rules)}.values():
        for root, names in found.items():
            kind = scope.roots.get(root)
            if isinstance(kind, ContextType):
                names.update(dict.fromkeys(kind.fields))
    return found
