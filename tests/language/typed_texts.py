"""Random expressions that type-check in the example scope, as text, by the kind of value they give."""

from __future__ import annotations

from hypothesis import strategies as st

_TEXTS = st.sampled_from(['"a"', '"DISK-1T"', "line.sku", '"k\\u00e4se"', '""', "substring(line.sku, 2, 3)"])
_DATES = st.sampled_from(["quote.date", "line.start", '@"2026-03-31"', 'date("2024-02-29")'])
_NUMBERS = st.sampled_from(["0", "1", "2", "3.5", "-4", "line.qty", "psu.watts", "quote.date.day"])


def _numbers(inner: st.SearchStrategy[str], conditions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda pair: f"({pair[0]} + {pair[1]})"),
        two.map(lambda pair: f"({pair[0]} - {pair[1]})"),
        two.map(lambda pair: f"({pair[0]} * {pair[1]})"),
        inner.map(lambda each: f"({each} / 8)"),
        inner.map(lambda each: f"({each}) ** 2"),
        inner.map(lambda each: f"-({each})"),
        inner.map(lambda each: f"abs({each})"),
        inner.map(lambda each: f"round half up({each}, 1)"),
        inner.map(lambda each: f"floor({each})"),
        two.map(lambda pair: f"min({pair[0]}, {pair[1]})"),
        two.map(lambda pair: f"max([{pair[0]}, {pair[1]}])"),
        two.map(lambda pair: f"sum([{pair[0]}, {pair[1]}])"),
        inner.map(lambda each: f"sum(for l in lines return l.qty * ({each}))"),
        inner.map(lambda each: f"sum(for i in 1..3, l in lines return i + l.qty + ({each}))"),
        conditions.map(lambda each: f"count(lines[qty > 1 and ({each})])"),
        st.tuples(conditions, two).map(lambda three: f"(if {three[0]} then {three[1][0]} else {three[1][1]})"),
        inner.map(lambda each: f"{{a: {each}, b: a + 1}}.b"),
    )


def _conditions(
    numbers: st.SearchStrategy[str], texts: st.SearchStrategy[str], inner: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    two = st.tuples(numbers, numbers)
    operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    return st.one_of(
        st.tuples(numbers, operators, numbers).map(lambda three: f"{three[0]} {three[1]} {three[2]}"),
        st.tuples(texts, operators, texts).map(lambda three: f"{three[0]} {three[1]} {three[2]}"),
        st.tuples(_DATES, operators, _DATES).map(lambda three: f"{three[0]} {three[1]} {three[2]}"),
        st.tuples(numbers, two).map(lambda three: f"{three[0]} between {three[1][0]} and {three[1][0]} + 5"),
        numbers.map(lambda each: f"{each} in [1..10)"),
        numbers.map(lambda each: f"{each} in (1, 2, > 50, (5..7])"),
        numbers.map(lambda each: f"{each} in [{each}, 3]"),
        texts.map(lambda each: f'{each} in ("a", "DISK-1T")'),
        texts.map(lambda each: f'contains({each}, "D")'),
        texts.map(lambda each: f'matches({each}, "^[A-Z]+-")'),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} and {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} or {pair[1]})"),
        inner.map(lambda each: f"not({each})"),
        inner.map(lambda each: f"(some l in lines satisfies l.qty > 2 and ({each}))"),
        inner.map(lambda each: f"(every g in gpu satisfies g.power_w > 50 or ({each}))"),
        st.just('customer.segment in ("edu", "gov")'),
        st.just("line.discountable"),
        st.just("customer.tier = null"),
        st.just("line.weight > 1"),
        st.just("line.weight * 2 < 1 and line.weight > 3"),
        st.just("lines[2].weight > 1 or lines[1].weight > 1"),
        st.just('line.note = "x"'),
        st.just("line.weight in [1..5]"),
        st.just("(some l in lines satisfies l.weight > 2)"),
        st.just("(every l in lines satisfies l.weight > 2)"),
        st.just("customer.tier != null and customer.tier > 3"),
        st.just('lines.sku = ["DISK-1T", "MEM-16"]'),
        st.just('list contains(quote.codes, "B2B")'),
    )


def _texts(inner: st.SearchStrategy[str], numbers: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} + {pair[1]})"),
        inner.map(lambda each: f"upper case({each})"),
        inner.map(lambda each: f'substring before({each}, "-")'),
        inner.map(lambda each: f'string join([{each}, "z"], ", ")'),
        numbers.map(lambda each: f"string({each})"),
    )


numbers_1 = _numbers(_NUMBERS, st.just("line.qty > 1"))
texts_1 = _texts(_TEXTS, _NUMBERS)
conditions_1 = _conditions(_NUMBERS | numbers_1, _TEXTS | texts_1, st.just("true"))
numbers_2 = _numbers(_NUMBERS | numbers_1, conditions_1)
conditions_2 = _conditions(_NUMBERS | numbers_1 | numbers_2, _TEXTS | texts_1, conditions_1)
texts_2 = _texts(_TEXTS | texts_1, numbers_1)

dates = st.one_of(
    _DATES,
    st.tuples(_DATES, st.sampled_from(['@"P30D"', '@"P1M"', '@"P1Y2M"'])).map(lambda pair: f"({pair[0]} + {pair[1]})"),
)
formulas = st.one_of(numbers_2, conditions_2, texts_2, dates)
