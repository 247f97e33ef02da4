"""Random trees of the whole language, for the round trip of printing and reading."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from engine.language.tree import (
    Arithmetic,
    ArithmeticOp,
    AtLiteral,
    Between,
    BooleanLiteral,
    Call,
    Comparison,
    ComparisonOp,
    ContextEntry,
    ContextLiteral,
    Expression,
    Filter,
    For,
    FunctionDefinition,
    If,
    In,
    InstanceOf,
    Iteration,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    NamedArgument,
    Negation,
    NullLiteral,
    NumberLiteral,
    OperatorTest,
    Parameter,
    Path,
    Quantified,
    Quantifier,
    Range,
    Subject,
    TextLiteral,
    TypeContext,
    TypeExpression,
    TypeField,
    TypeFunction,
    TypeList,
    TypeName,
    TypeRange,
    UnaryTests,
)

NAMES = ("a", "b", "qty", "Straße", "x1", "first name", "net-price", "string length", "date and x", "partial")
WORDS = ("a", "b", "qty", "Straße", "x1", "list", "context", "external", "not", "item")

names = st.sampled_from(NAMES[:7] + WORDS)
words = st.sampled_from(WORDS)
numbers = st.one_of(
    st.integers(0, 10**12).map(Decimal),
    st.decimals(0, 10**6, places=3),
    st.sampled_from([Decimal("1E+200"), Decimal("1E-50"), Decimal("0.10"), Decimal(10) ** 33]),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _types() -> st.SearchStrategy[TypeExpression]:
    plain = st.sampled_from(["number", "string", "date and time", "days and time duration", "Any", "tOrder"])
    return st.recursive(
        plain.map(lambda name: TypeName(0, 0, name)),
        lambda inner: st.one_of(
            inner.map(lambda item: TypeList(0, 0, item)),
            inner.map(lambda item: TypeRange(0, 0, item)),
            st.lists(st.tuples(words, inner), max_size=2).map(
                lambda pairs: TypeContext(0, 0, tuple(TypeField(0, 0, name, kind) for name, kind in pairs))
            ),
            st.tuples(st.lists(inner, max_size=2), inner).map(lambda pair: TypeFunction(0, 0, tuple(pair[0]), pair[1])),
        ),
        max_leaves=4,
    )


type_expressions = _types()

leaves: st.SearchStrategy[Expression] = st.one_of(
    numbers.map(lambda value: NumberLiteral(0, 0, value)),
    texts.map(lambda value: TextLiteral(0, 0, value)),
    st.booleans().map(lambda value: BooleanLiteral(0, 0, value)),
    st.just(NullLiteral(0, 0)),
    st.just(Subject(0, 0)),
    names.map(lambda name: Name(0, 0, name)),
    texts.map(lambda text: AtLiteral(0, 0, text)),
)


def _unique(pairs: list[tuple[str, object]]) -> list[tuple[str, object]]:
    return list(dict(pairs).items())


def _more(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    pair = st.tuples(inner, inner)
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    operator_tests = st.builds(lambda op, each: OperatorTest(0, 0, op, each), st.sampled_from(ComparisonOp), inner)
    tests = st.one_of(inner, operator_tests)
    iterations = st.lists(
        st.builds(lambda name, source, until: Iteration(0, 0, name, source, until), names, inner, st.none() | inner),
        min_size=1,
        max_size=2,
    ).map(tuple)
    named = st.lists(st.tuples(names, inner), min_size=1, max_size=3).map(_unique)
    return st.one_of(
        st.builds(lambda op, two: Arithmetic(0, 0, op, *two), st.sampled_from(ArithmeticOp), pair),
        st.builds(lambda op, two: Comparison(0, 0, op, *two), st.sampled_from(ComparisonOp), pair),
        st.builds(
            lambda op, many: Logic(0, 0, op, tuple(many)),
            st.sampled_from(LogicOp),
            st.lists(inner, min_size=2, max_size=3),
        ),
        inner.map(lambda each: Negation(0, 0, each)),
        operator_tests,
        st.builds(lambda source, name: Path(0, 0, source, name, 0), inner, words),
        pair.map(lambda two: Filter(0, 0, *two)),
        st.builds(lambda function, many: Call(0, 0, function, many), inner, several),
        st.builds(
            lambda function, pairs: Call(0, 0, function, (), tuple(NamedArgument(0, 0, *each) for each in pairs)),
            inner,
            named,
        ),
        st.tuples(inner, inner, inner).map(lambda three: Between(0, 0, *three)),
        st.builds(lambda value, many: In(0, 0, value, tuple(many)), inner, st.lists(tests, min_size=1, max_size=3)),
        st.builds(lambda value, kind: InstanceOf(0, 0, value, kind), inner, type_expressions),
        st.builds(_range, st.none() | inner, st.none() | inner, st.booleans(), st.booleans()),
        st.lists(tests, max_size=3).map(lambda many: ListLiteral(0, 0, tuple(many))),
        st.lists(st.tuples(st.one_of(words, texts), inner), max_size=3)
        .map(_unique)
        .map(lambda pairs: ContextLiteral(0, 0, tuple(ContextEntry(0, 0, *each) for each in pairs))),
        st.tuples(inner, inner, inner).map(lambda three: If(0, 0, *three)),
        st.builds(lambda many, result: For(0, 0, many, result), iterations, inner),
        st.builds(
            lambda kind, many, holds: Quantified(0, 0, kind, many, holds),
            st.sampled_from(Quantifier),
            iterations,
            inner,
        ),
        st.builds(
            lambda pairs, body, external: FunctionDefinition(
                0, 0, tuple(Parameter(0, 0, *each) for each in pairs), body, external
            ),
            st.lists(st.tuples(names, st.none() | type_expressions), max_size=2).map(_unique),
            inner,
            st.booleans(),
        ),
    )


def _range(low: Expression | None, high: Expression | None, low_in: bool, high_in: bool) -> Range:
    return Range(0, 0, low, high, low_in and low is not None, high_in and high is not None)


expressions: st.SearchStrategy[Expression] = st.recursive(leaves, _more, max_leaves=12)
cells: st.SearchStrategy[UnaryTests] = st.builds(
    lambda many, negated: UnaryTests(0, 0, tuple(many), negated and bool(many)),
    st.lists(
        st.one_of(
            expressions,
            st.builds(lambda op, each: OperatorTest(0, 0, op, each), st.sampled_from(ComparisonOp), expressions),
        ),
        max_size=3,
    ),
    st.booleans(),
)
