"""Reads the boxed expressions of a DMN file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from engine.diagnostics import Diagnostic, DiagnosticError, Span
from engine.language.dmn import model
from engine.language.dmn.xml import BAD_TABLE, attribute, child, children, content_of, local_name, text_in
from engine.language.tables.model import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule


def boxed_in(element: Element | None) -> model.Boxed | None:
    """Return the first expression among the children of an element, or None."""
    if element is None:
        return None
    return next((read(each) for each in children(element) if (read := _READERS.get(local_name(each)))), None)


def type_name(text: str) -> str:
    """Return the name of a type without the prefix that files of DMN 1.1 put before it."""
    name = text.strip()
    if name.startswith("{"):
        name = name.rpartition("}")[2]
    prefix, colon, rest = name.partition(":")
    return rest if colon and prefix.isidentifier() else name


def variable(element: Element) -> model.Variable:
    """Return the name and the type of a variable; inner spaces of the name are single."""
    return model.Variable(" ".join(attribute(element, "name").split()), _type(element))


def _type(element: Element) -> str:
    return type_name(attribute(element, "typeRef"))


def _literal(element: Element) -> model.Boxed:
    return model.Literal(text_in(element), _type(element))


def _context(element: Element) -> model.Boxed:
    entries = []
    for entry in children(element, "contextEntry"):
        named = child(entry, "variable")
        entries.append(model.BoxedEntry(variable(named) if named is not None else None, boxed_in(entry)))
    return model.BoxedContext(tuple(entries), _type(element))


def _invocation(element: Element) -> model.Boxed:
    bindings = []
    for each in children(element, "binding"):
        parameter = child(each, "parameter")
        bindings.append(model.Binding(variable(parameter).name if parameter is not None else "", boxed_in(each)))
    called = boxed_in(element) or model.Literal("null")
    return model.Invocation(called, tuple(bindings), _type(element))


def _list(element: Element) -> model.Boxed:
    items = tuple(read(each) for each in children(element) if (read := _READERS.get(local_name(each))))
    return model.BoxedList(items, _type(element))


def _relation(element: Element) -> model.Boxed:
    columns = tuple(variable(each) for each in children(element, "column"))
    rows = tuple(
        tuple(read(each) for each in children(row) if (read := _READERS.get(local_name(each))))
        for row in children(element, "row")
    )
    return model.Relation(columns, rows, _type(element))


def function_of(element: Element) -> model.BoxedFunction:
    """Return a function definition (also the encapsulated logic of a business knowledge model)."""
    parameters = tuple(variable(each) for each in children(element, "formalParameter"))
    return model.BoxedFunction(parameters, boxed_in(element), attribute(element, "kind") or "FEEL", _type(element))


def _conditional(element: Element) -> model.Boxed:
    condition, consequence, alternative = (boxed_in(child(element, name)) for name in ("if", "then", "else"))
    return model.Conditional(condition, consequence, alternative, _type(element))


def _loop(element: Element) -> model.Boxed:
    kind = model.LoopKind(local_name(element))
    source = child(element, "in")
    named = model.Variable(
        " ".join(attribute(element, "iteratorVariable").split()), _type(source) if source is not None else ""
    )
    body = child(element, "return", "satisfies")
    return model.Loop(kind, named, boxed_in(source), boxed_in(body), _type(element))


def _filter(element: Element) -> model.Boxed:
    return model.BoxedFilter(boxed_in(child(element, "in")), boxed_in(child(element, "match")), _type(element))


def _table(element: Element) -> model.Boxed:
    outputs = tuple(_output(each) for each in children(element, "output"))
    if len(outputs) == 1 and not outputs[0].type_name:
        only = outputs[0]
        outputs = (replace(only, type_name=_type(element)),)
    rules = tuple(
        Rule(
            tuple(text_in(each) for each in children(rule, "inputEntry")),
            tuple(text_in(each) for each in children(rule, "outputEntry")),
            "; ".join(filter(None, (text_in(each).strip() for each in children(rule, "annotationEntry")))),
        )
        for rule in children(element, "rule")
    )
    policy = HitPolicy(_choice(element, "hitPolicy", "UNIQUE", [each.value for each in HitPolicy]))
    aggregation = Aggregation(_choice(element, "aggregation", "LIST", [each.value for each in Aggregation]))
    inputs = tuple(_input(each) for each in children(element, "input"))
    return model.BoxedTable(DecisionTable(inputs, outputs, rules, policy, aggregation), _type(element))


def _choice(element: Element, name: str, usual: str, known: list[str]) -> str:
    found = attribute(element, name) or usual
    if found not in known:
        message = f"`{found[:40]}` is no `{name}` of a decision table"
        raise DiagnosticError(Diagnostic(BAD_TABLE, message, Span("model"), f"use one of {', '.join(known)}"))
    return found


def _input(element: Element) -> Input:
    expression = child(element, "inputExpression")
    return Input(
        expression=text_in(expression),
        type_name=_type(expression) if expression is not None else "",
        allowed=text_in(child(element, "inputValues")),
    )


def _output(element: Element) -> Output:
    return Output(
        name=" ".join((attribute(element, "name") or attribute(element, "label")).split()),
        type_name=_type(element),
        values=text_in(child(element, "outputValues")),
        default=_default(element),
        label=" ".join(attribute(element, "label").split()),
    )


def _default(element: Element) -> str:
    entry = child(element, "defaultOutputEntry")
    if entry is None:
        return ""
    return text_in(entry) or content_of(entry, "literalExpression")


_READERS: Mapping[str, Callable[[Element], model.Boxed]] = {
    "literalExpression": _literal,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": function_of,
    "decisionTable": _table,
    "conditional": _conditional,
    "for": _loop,
    "some": _loop,
    "every": _loop,
    "filter": _filter,
}
