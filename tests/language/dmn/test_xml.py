"""The XML reader: safe against entities, size, depth and noise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import DiagnosticError
from engine.language.dmn import Program, read_model, run_folder
from engine.language.dmn.xml import (
    DEEPEST,
    LARGEST_FILE,
    attribute,
    child,
    children,
    content_of,
    local_name,
    read_xml,
    text_in,
)

BILLION = b"""<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BILLION, "document types and entities are not allowed"),
        (EXTERNAL, "document types and entities are not allowed"),
        (b"<!DOCTYPE d><d/>", "document types and entities are not allowed"),
        (b"<a><b></a>", "not well-formed"),
        (b"", "not well-formed"),
        (b"no xml", "not well-formed"),
        (b"\xff\xfe\x00", "not well-formed"),
        (b"<a>" * (DEEPEST + 1), f"nested more than {DEEPEST} deep"),
        (b"<?xml version='1.0' encoding='no-such'?><a/>", "an encoding that is not known"),
        (b" " * (LARGEST_FILE + 1), "larger than 32 MB"),
    ],
)
def test_what_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(DiagnosticError, match=message) as error:
        read_xml(content, "x.dmn")
    assert error.value.diagnostics[0].span.path == "x.dmn"


def test_the_place_of_an_error_is_told() -> None:
    with pytest.raises(DiagnosticError, match=r"x\.dmn:2:4: DMN001: this is not well-formed XML"):
        read_xml(b"<a>\n<b/</a>", "x.dmn")


def test_another_document_is_no_model() -> None:
    with pytest.raises(DiagnosticError, match="DMN002: a DMN file has `definitions` at its top, not `html`"):
        read_model(b"<html/>")


def test_elements_are_found_by_their_local_names() -> None:
    root = read_xml(b"<x:a xmlns:x='u' x:n='1' m='2'> t <x:b> <x:text>in</x:text></x:b><x:c/></x:a>", "x")
    assert local_name(root) == "a"
    assert (attribute(root, "n"), attribute(root, "m"), attribute(root, "o")) == ("1", "2", "")
    assert [local_name(each) for each in children(root)] == ["b", "c"]
    assert text_in(child(root, "b")) == "in"
    assert content_of(root, "b") == "in"
    assert text_in(None) == ""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_noise_is_refused_or_read(content: bytes) -> None:
    try:
        read_xml(content, "x")
    except DiagnosticError as error:
        assert error.diagnostics


NAMES = st.sampled_from(
    "decision inputData businessKnowledgeModel decisionService encapsulatedLogic literalExpression text context "
    "contextEntry variable decisionTable input output rule inputEntry outputEntry inputExpression invocation binding "
    "parameter list relation column row functionDefinition formalParameter filter in match "
    "for return every satisfies conditional if then else "
    "itemDefinition itemComponent typeRef allowedValues informationRequirement requiredDecision import".split()
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["id", "name", "href", "typeRef", "hitPolicy", "aggregation", "isCollection", "kind", "iteratorVariable"]
    ),
    st.sampled_from(["a", "b c", "#a", "tA", "", "number", "true", "UNIQUE", "FIRST", "COLLECT", "SUM", "Java"]),
    max_size=4,
)


def element(name: str, attributes: dict[str, str], inner: list[str]) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inner)}</{name}>"


DOCUMENTS = st.recursive(
    st.sampled_from(["", "1", "a + 1", "&lt; 3", "-", '"x"', "b c", "f(1"]),
    lambda inner: st.builds(element, NAMES, ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=25,
)


def test_an_unknown_hit_policy_is_refused() -> None:
    table = '<decision name="d"><decisionTable hitPolicy="BEST"/></decision>'
    with pytest.raises(
        DiagnosticError, match="DMN005: `BEST` is no `hitPolicy` of a decision table; use one of UNIQUE"
    ):
        read_model(f"<definitions>{table}</definitions>".encode())


@settings(max_examples=150, deadline=None)
@given(st.lists(DOCUMENTS, max_size=4))
def test_any_model_is_read_and_run_or_refused(parts: list[str]) -> None:
    content = f'<definitions name="m" namespace="u">{"".join(parts)}</definitions>'.encode()
    try:
        model = read_model(content)
    except DiagnosticError as error:
        assert error.diagnostics
        return
    program = Program([("m.dmn", model)])
    program.check()
    cases = "".join(
        f'<testCase id="{n}"><resultNode name="{each.variable.name}"/></testCase>'
        for n, each in enumerate(model.elements)
    )
    tests = f"<testCases><modelName>m.dmn</modelName>{cases}</testCases>".encode()
    found = run_folder({"m.dmn": content, "t.xml": tests})
    assert found.total == len(model.elements)
