"""Which attributes of lines the prices of a rule book may hang on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.pricing.compiled import PricePlan
from engine.pricing.expressions import expressions_of

_WORD = re.compile(r"\w+")
_WHOLE_ITEM = re.compile(r"\bitem\b(?!\s*\.)")


def may_be_read(plan: PricePlan, names: Iterable[str]) -> frozenset[str]:
    """The names, of some, under which a condition or formula may read an attribute of a line.

    An attribute whose name stands nowhere in them cannot matter, unless one takes all attributes of a line at once.
    Names may be of several words, with any blanks between these.
    """
    texts = [each.text for each in expressions_of(plan.rules)]
    if any(_WHOLE_ITEM.search(text) for text in texts):
        return frozenset(names)
    words = {word for text in texts for word in _WORD.findall(text)}
    return frozenset(name for name in names if words.issuperset(_WORD.findall(name)))
