"""Owns price plan, match index, waterfall, stacking, totals; one file a price model in ``models``.

Does not own product validity, nor where rates, limits used so far and product facts come from.
Entry points: ``compile_plan``, ``price``, ``reprice``, ``waterfall``, ``explain_rule``; input types in ``plan``,
``effects``, ``settings``, ``scope``, ``request``; answers in ``result``.
"""

from engine.pricing.compile import compile_plan
from engine.pricing.compiled import PricePlan
from engine.pricing.waterfall import price

__all__ = ["PricePlan", "compile_plan", "price"]
