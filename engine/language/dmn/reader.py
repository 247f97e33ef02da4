"""Reads a DMN file of any version from 1.1 to 1.5 into its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from engine.diagnostics import Diagnostic, DiagnosticError, Span
from engine.language.dmn import model
from engine.language.dmn.boxed import boxed_in, function_of, type_name, variable
from engine.language.dmn.xml import (
    NOT_A_MODEL,
    attribute,
    child,
    children,
    content_of,
    local_name,
    read_xml,
    text_in,
)


def read_model(content: bytes, path: str = "model.dmn") -> model.Model:
    """Return the model in a file; raises ``DiagnosticError`` for unsafe or broken XML and for other documents."""
    root = read_xml(content, path)
    if local_name(root) != "definitions":
        message = f"a DMN file has `definitions` at its top, not `{local_name(root)[:60]}`"
        raise DiagnosticError(Diagnostic(NOT_A_MODEL, message, Span(path)))
    return model.Model(
        name=attribute(root, "name"),
        namespace=attribute(root, "namespace"),
        imports=tuple(
            model.Import(attribute(each, "name"), attribute(each, "namespace")) for each in children(root, "import")
        ),
        items=tuple(_item(each) for each in children(root, "itemDefinition")),
        elements=tuple(read(each) for each in children(root) if (read := _ELEMENTS.get(local_name(each)))),
    )


def _named(element: Element) -> model.Variable:
    name = " ".join(attribute(element, "name").split())
    inner = child(element, "variable")
    type_of = variable(inner).type_name if inner is not None else ""
    return model.Variable(name, type_of, " ".join(attribute(element, "label").split()))


def _item(element: Element) -> model.ItemDefinition:
    function = child(element, "functionItem")
    return model.ItemDefinition(
        name=" ".join(attribute(element, "name").split()),
        type_name=type_name(content_of(element, "typeRef")),
        allowed=text_in(child(element, "allowedValues")),
        constraint=text_in(child(element, "typeConstraint")),
        is_collection=attribute(element, "isCollection") == "true",
        components=tuple(_item(each) for each in children(element, "itemComponent")),
        function=_function_item(function) if function is not None else None,
    )


def _function_item(element: Element) -> model.FunctionItem:
    parameters = tuple(variable(each) for each in children(element, "parameters"))
    return model.FunctionItem(parameters, type_name(attribute(element, "outputTypeRef")))


def _references(element: Element, outer: str, *inner: str) -> tuple[str, ...]:
    found = []
    for requirement in children(element, outer):
        found += [attribute(each, "href") for each in children(requirement, *inner)]
    return tuple(found)


def _hrefs(element: Element, name: str) -> tuple[str, ...]:
    return tuple(attribute(each, "href") for each in children(element, name))


def _input_data(element: Element) -> model.Element:
    return model.InputData(attribute(element, "id"), _named(element))


def _decision(element: Element) -> model.Element:
    return model.Decision(
        id=attribute(element, "id"),
        variable=_named(element),
        logic=boxed_in(element),
        requires=_references(element, "informationRequirement", "requiredDecision", "requiredInput"),
        uses=_references(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def _knowledge(element: Element) -> model.Element:
    logic = child(element, "encapsulatedLogic")
    return model.Knowledge(
        id=attribute(element, "id"),
        variable=_named(element),
        function=function_of(logic) if logic is not None else None,
        uses=_references(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def _service(element: Element) -> model.Element:
    return model.Service(
        id=attribute(element, "id"),
        variable=_named(element),
        outputs=_hrefs(element, "outputDecision"),
        encapsulated=_hrefs(element, "encapsulatedDecision"),
        input_decisions=_hrefs(element, "inputDecision"),
        input_data=_hrefs(element, "inputData"),
    )


_ELEMENTS: Mapping[str, Callable[[Element], model.Element]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}
