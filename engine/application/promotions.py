"""How often and how much promotions gave so far: read when a quote is priced, written when one is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.application.perform import Work
from engine.application.ports import Reader
from engine.diagnostics import Fault, Refusal
from engine.money import EXACT
from engine.pricing import PricePlan
from engine.pricing.codes import UNUSABLE_CODE
from engine.pricing.plan import NO_USAGE_LIMIT, Rule
from engine.pricing.request import PriceRequest, Redeemed
from engine.pricing.result import Priced
from engine.pricing.usability import BUDGET, budget_left, granted, said_why, why_unusable
from engine.quotes.evaluation import price_request
from engine.quotes.quote import Quote

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PromotionUse:
    """What a promotion gave in accepted quotes. ``id`` is the rule, or ``rule@customer`` for what one customer had;
    ``spent`` is money by currency.
    """

    id: str
    uses: int
    spent: Mapping[str, Decimal]


def redeemed(
    reader: Reader, plan: PricePlan, codes: Sequence[str], *, customer: str, currency: str
) -> Mapping[str, Redeemed]:
    """What the limited promotions that may act on a request gave so far, by rule; those never used are left out."""
    found: dict[str, Redeemed] = {}
    for rule in _limited(plan, codes):
        whole, own = reader.get(PromotionUse, rule.id), reader.get(PromotionUse, f"{rule.id}@{customer}")
        if whole is not None:
            uses = own.uses if own is not None else 0
            found[rule.id] = Redeemed(whole.uses, uses, whole.spent.get(currency, ZERO))
    return found


def redeem(work: Work, quote: Quote, plan: PricePlan) -> Refusal | None:
    """Count what an accepted quote got from limited promotions; refused when one has ended or is used up by now.

    The answer is that of pricing the quote today: two quotes that were both priced with the last use of a code do not
    both get it, since the second finds the count of the first, or a conflict and then the count.
    """
    request, priced = quote.request, quote.priced.priced
    customer = quote.parties.customer
    counts = redeemed(work.tx, plan, request.codes, customer=customer, currency=request.currency)
    today = price_request(replace(request, date=work.at.date(), redeemed=counts), ())
    rules = {number: plan.rule_plan(number).rule for number in priced.applied}
    faults = [*_ended(plan, today), *_used_up(rules, priced, today)]
    if faults:
        return Refusal(tuple(dict.fromkeys(faults)))
    for number, rule in rules.items():
        if rule.usage != NO_USAGE_LIMIT:
            amount = granted(priced, number)
            for key in (str(rule.id), f"{rule.id}@{customer}"):
                _count(work, key, amount, request.currency)
    return None


def _limited(plan: PricePlan, codes: Sequence[str]) -> Iterable[Rule]:
    """The promotions with limits that a request may get: those of its codes, and those without a code."""
    coded = (each for code in dict.fromkeys(codes) for each in plan.restrictions.codes.get(code, ()))
    return (each.rule for each in (*coded, *plan.restrictions.limited) if each.rule.usage != NO_USAGE_LIMIT)


def _ended(plan: PricePlan, today: PriceRequest) -> Iterable[Fault]:
    """The codes that pricing would refuse today."""
    for index, code in enumerate(today.codes):
        rules = [each.rule for each in plan.restrictions.codes.get(code, ())]
        reasons = [why_unusable(each, today) for each in rules]
        if reasons and all(reasons):
            said = said_why(reasons[0], rules[0], today)
            yield Fault(UNUSABLE_CODE, f"codes[{index}]", f"code `{code}` cannot be used: {said}", "leave it out")


def _used_up(rules: Mapping[int, Rule], priced: Priced, today: PriceRequest) -> Iterable[Fault]:
    """The promotions that gave something in the quote and cannot give it any more."""
    for number, rule in rules.items():
        reason = why_unusable(rule, today)
        left = budget_left(rule, today)
        if not reason and left is not None and granted(priced, number) > left:
            reason = BUDGET
        said = said_why(reason, rule, today) if reason else ""
        if reason and rule.code not in today.codes:
            hint = "change the quote, so that it is priced again"
            yield Fault(UNUSABLE_CODE, "promotions", f"promotion `{rule.id}` cannot be used: {said}", hint)
        elif reason:
            place = f"codes[{today.codes.index(rule.code)}]"
            yield Fault(UNUSABLE_CODE, place, f"code `{rule.code}` cannot be used: {said}", "leave it out")


def _count(work: Work, key: str, amount: Decimal, currency: str) -> None:
    present = work.tx.get(PromotionUse, key)
    if present is None:
        work.tx.add(PromotionUse(key, 1, {currency: amount}))
        return
    spent = {**present.spent, currency: EXACT.add(present.spent.get(currency, ZERO), amount)}
    work.tx.replace(replace(present, uses=present.uses + 1, spent=spent))
