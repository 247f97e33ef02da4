"""Owns price plan, match index, waterfall, stacking, totals; one file a price model in ``models``.

Does not own product validity, nor where rates, limits used so far and product facts come from.
Entry points: ``compile_plan``, ``price``, ``reprice``, ``unit_prices``, ``waterfall``, ``explain_rule``, ``picture``;
input types in ``plan``, ``effects``, ``settings``, ``scope``, ``request``; answers in ``result``.
"""

from engine.pricing.compile import compile_plan
from engine.pricing.compiled import PricePlan
from engine.pricing.edits import Edit
from engine.pricing.explain import explain_rule, meant_by, unknown_rule
from engine.pricing.flow import Lane, price
from engine.pricing.obstacles import Explanation
from engine.pricing.picture import picture
from engine.pricing.reading import may_be_read
from engine.pricing.repricing import Repriced, reprice
from engine.pricing.story import waterfall, waterfalls
from engine.pricing.unit_prices import facts_read, unit_prices

__all__ = [
    "Edit",
    "Explanation",
    "Lane",
    "PricePlan",
    "Repriced",
    "compile_plan",
    "explain_rule",
    "facts_read",
    "may_be_read",
    "meant_by",
    "picture",
    "price",
    "reprice",
    "unit_prices",
    "unknown_rule",
    "waterfall",
    "waterfalls",
]
