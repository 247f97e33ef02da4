"""Lines that share facts or do not, for what decides which rules match them."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.pricing.request import RequestLine
from tests.pricing.books import D, line

FAMILIES = {None: {}, "disk": {"family": "disk"}, "cpu": {"family": "cpu"}}


def few_lines(skus: str) -> st.SearchStrategy[list[RequestLine]]:
    """Up to eight lines of these products; costs, groups and families may be missing."""
    one = st.builds(
        lambda sku, quantity, family, group, cost, discountable: line(
            sku, quantity, facts=FAMILIES[family], group=group, cost=cost, discountable=discountable
        ),
        st.sampled_from(skus),
        st.sampled_from(("1", "2", "4.5", "7", "9")),
        st.sampled_from(tuple(FAMILIES)),
        st.sampled_from(("", "g")),
        st.none() | st.sampled_from((D(4), D(5))),
        st.booleans(),
    )
    return st.lists(one, min_size=1, max_size=8)
