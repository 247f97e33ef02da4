"""DMN files: reading, boxed expressions, requirements, services, imports, types with constraints."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.diagnostics import DiagnosticError
from engine.language.dmn import Program, decide, read_model
from engine.language.dmn.boxed import type_name
from engine.language.dmn.boxes import Boxes
from engine.language.dmn.items import Items
from engine.language.dmn.model import ItemDefinition, Literal, Model
from engine.language.dmn.session import Session
from engine.language.evaluate import Environment, Run
from engine.language.names import KnownNames

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="{}">'


def model_of(body: str, namespace: str = "urn:main") -> Model:
    return read_model((HEAD.format(namespace) + body + "</definitions>").encode())


def decided(body: str, name: str = "d", **inputs: object) -> object:
    return decide(Program([("m.dmn", model_of(body))]), name, inputs)[0]


def literal(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<literalExpression><text>{escaped}</text></literalExpression>"


def decision(logic: str, *, name: str = "d", kind: str = "", requires: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    return f'<decision id="_{name}" name="{name}"><variable name="{name}"{typed}/>{requires}{logic}</decision>'


def needs(*names: str) -> str:
    return "".join(
        f'<informationRequirement><requiredDecision href="#_{name}"/></informationRequirement>' for name in names
    )


def knows(name: str) -> str:
    return f'<knowledgeRequirement><requiredKnowledge href="#_{name}"/></knowledgeRequirement>'


def test_a_decision_sees_what_it_requires_and_nothing_else() -> None:
    body = decision(literal("1"), name="a") + decision(literal("a + 1"), name="b", requires=needs("a"))
    body += decision(literal("a"), name="c")
    assert decided(body, "b") == 2
    assert decided(body, "c") is None


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (f"<list>{literal('1')}{literal('2')}</list>", (1, 2)),
        (
            f'<relation><column name="a b"/><column name="c"/><row>{literal("1")}{literal("2")}</row></relation>',
            ({"a b": 1, "c": 2},),
        ),
        (
            f'<context><contextEntry><variable name="a b"/>{literal("1")}</contextEntry>'
            f"<contextEntry>{literal('a b + 1')}</contextEntry></context>",
            2,
        ),
        (
            f'<context><contextEntry><variable name="x"/>{literal("1")}</contextEntry>'
            f'<contextEntry><variable name="y" typeRef="string"/>{literal("x")}</contextEntry></context>',
            {"x": 1, "y": None},
        ),
        (
            f"<conditional><if>{literal('1 < 2')}</if><then>{literal('3')}</then><else/></conditional>",
            3,
        ),
        (f'<for iteratorVariable="i"><in>{literal("1..3")}</in><return>{literal("i * i")}</return></for>', None),
        (f'<for iteratorVariable="i"><in>{literal("[1, 2]")}</in><return>{literal("i * i")}</return></for>', (1, 4)),
        (
            f'<some iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i > 1")}</satisfies></some>',
            True,
        ),
        (
            f'<every iteratorVariable="i"><in>{literal("[1]")}</in><satisfies>{literal("i > 1")}</satisfies></every>',
            False,
        ),
        (f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('item > 1')}</match></filter>", (2, 3)),
        (f'<invocation>{literal("abs")}<binding><parameter name="n"/>{literal("-1")}</binding></invocation>', 1),
        (
            "<context><contextEntry><variable name='f'/><functionDefinition><formalParameter name='n'/>"
            + literal("if n = 0 then 1 else n * f(n - 1)")
            + f"</functionDefinition></contextEntry><contextEntry>{literal('f(4)')}</contextEntry></context>",
            24,
        ),
        ('<functionDefinition kind="Java"><context/></functionDefinition>', None),
        ("", None),
        (literal("1 +"), None),
    ],
)
def test_boxed_expressions(logic: str, value: object) -> None:
    assert decided(decision(logic)) == value


def test_functions_may_call_each_other() -> None:
    def bkm(name: str, body: str, uses: str) -> str:
        logic = f"<encapsulatedLogic><formalParameter name='n' typeRef='number'/>{literal(body)}</encapsulatedLogic>"
        inner = f'<variable name="{name}"/>{logic}{uses}'
        return f'<businessKnowledgeModel id="_{name}" name="{name}">{inner}</businessKnowledgeModel>'

    body = bkm("is even", "if n = 0 then true else is odd(n - 1)", knows("is odd"))
    body += bkm("is odd", "if n = 0 then false else is even(n - 1)", knows("is even"))
    body += decision(literal("is even(n: 6)"), requires=knows("is even"))
    body += decision(literal('is even("6")'), name="wrong", requires=knows("is even"))
    assert decided(body) is True
    assert decided(body, "wrong") is None


def test_what_requires_itself_is_null() -> None:
    assert (
        decided(
            decision(literal("b"), name="a", requires=needs("b"))
            + decision(literal("a"), name="b", requires=needs("a")),
            "a",
        )
        is None
    )


TYPES = """
<itemDefinition name="tGrade"><typeRef>string</typeRef>
  <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
<itemDefinition name="tGrades" isCollection="true"><typeRef>tGrade</typeRef></itemDefinition>
<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef>
  <typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="grade"><typeRef>tGrade</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tAge"><typeRef>number</typeRef>
  <allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
"""


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("tGrade", '"A"', "A"),
        ("tGrade", '"C"', None),
        ("tGrade", '["A"]', "A"),
        ("tGrades", '["A", "B"]', ("A", "B")),
        ("tGrades", '["A", "C"]', None),
        ("tGrades", '"A"', ("A",)),
        ("tPair", "[1, 2]", (1, 2)),
        ("tPair", "[1]", None),
        ("tPerson", '{full name: "x", grade: "B"}', {"full name": "x", "grade": "B"}),
        ("tPerson", '{full name: "x", grade: "D"}', None),
        ("tPerson", '{full name: 1, grade: "B"}', None),
        ("tPerson", "5", None),
        ("tAge", "151", None),
        ("tAge", "[7]", 7),
        ("number", '"x"', None),
        ("feel:number", "7", 7),
        ("tUnheard", "7", 7),
        ("boolean", '"x" instance of tGrade', True),
    ],
)
def test_a_value_is_brought_to_its_type(kind: str, text: str, value: object) -> None:
    assert decided(TYPES + decision(literal(text), kind=kind)) == value


def test_an_input_is_brought_to_its_type() -> None:
    body = TYPES + '<inputData id="_g" name="the grade"><variable name="the grade" typeRef="tGrade"/></inputData>'
    required = '<informationRequirement><requiredInput href="#_g"/></informationRequirement>'
    body += decision(literal('"is " + the grade'), requires=required)
    program = Program([("m.dmn", model_of(body))])
    assert decide(program, "d", {"the grade": "A"})[0] == "is A"
    value, problems = decide(program, "d", {"the grade": "Z"})
    assert value is None
    assert "the input `the grade` is not of its declared type" in [each.message for each in problems]
    assert decide(program, "d", {})[0] is None


def test_a_decision_service_is_a_function() -> None:
    body = decision(literal("1"), name="given") + decision(literal("given + 1"), name="out", requires=needs("given"))
    body += (
        '<decisionService id="_s" name="s"><variable name="s"/><outputDecision href="#_out"/>'
        '<inputDecision href="#_given"/></decisionService>'
    )
    body += decision(literal("[s(5), s(given: 6), s(), s(1, 2)]"), requires=knows("s"))
    assert decided(body) == (6, 7, None, None)
    assert decided(body, "s", given=Decimal(7)) == 8
    assert decided(body, "out") == 2


def test_imports_are_found_by_namespace() -> None:
    other = model_of(
        '<itemDefinition name="tN"><typeRef>number</typeRef></itemDefinition>'
        + decision(literal("20"), name="the base"),
        "urn:other",
    )
    reference = '<informationRequirement><requiredDecision href="urn:other#_the base"/></informationRequirement>'
    body = '<import name="lib x" namespace="urn:other" importType="x"/>'
    body += decision(literal("lib x.the base + 1"), kind="lib x.tN", requires=reference)
    program = Program([("m.dmn", model_of(body)), ("o.dmn", other)])
    assert decide(program, "d", {})[0] == 21
    direct = body.replace("lib x.the base", "the base").replace('name="lib x"', 'name=""').replace("lib x.tN", "tN")
    assert decide(Program([("m.dmn", model_of(direct)), ("o.dmn", other)]), "d", {})[0] == 21


def test_a_table_in_a_decision() -> None:
    logic = """<decisionTable hitPolicy="COLLECT" aggregation="SUM">
      <input><inputExpression typeRef="number"><text>n</text></inputExpression></input><output/>
      <rule><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>n * 10</text></outputEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>"""
    body = '<inputData id="_n" name="n"><variable name="n" typeRef="number"/></inputData>'
    body += decision(logic, requires='<informationRequirement><requiredInput href="#_n"/></informationRequirement>')
    assert decided(body, n=Decimal(3)) == 31


def test_a_ragged_table_has_no_result() -> None:
    column = "<input><inputExpression><text>1</text></inputExpression></input>"
    logic = f"<decisionTable>{column}<output/><rule/></decisionTable>"
    program = Program([("m.dmn", model_of(decision(logic)))])
    assert [each.message for each in program.check()] == [
        "`d`: rule 1 has 0 input and 0 output cells, the table 1 and 1",
    ]
    assert decide(program, "d", {})[0] is None


def test_what_is_wrong_in_a_model_is_told() -> None:
    body = decision(literal("1 +"), requires=needs("nowhere")) + decision(literal("2"), name="fine")
    found = Program([("m.dmn", model_of(body))]).check()
    assert [str(each.code) for each in found] == ["DMN003", "FEL006"]
    assert {each.span.path for each in found} == {"m.dmn"}


def test_a_long_chain_of_decisions_is_followed() -> None:
    chain = decision(literal("1"), name="d0")
    for number in range(1, 1500):
        chain += decision(literal(f"d{number - 1} + 1"), name=f"d{number}", requires=needs(f"d{number - 1}"))
    assert decided(chain, "d1499") == 1500
    names = [f"d{number}" for number in range(1500)]
    assert decided(chain + decision(literal("d1499"), name="all", requires=needs(*names)), "all") == 1500


def test_testing_constraints_takes_from_the_steps_of_the_evaluation() -> None:
    costly = '<itemDefinition name="tSlow" isCollection="true"><typeRef>number</typeRef><allowedValues><text>'
    costly += "? in (for i in 1..100000 return i)</text></allowedValues></itemDefinition>"
    program = Program([("m.dmn", model_of(costly + decision(literal("for i in 1..1000 return i"), kind="tSlow")))])
    assert decide(program, "d", {})[0] is None


def test_an_unknown_decision_is_named() -> None:
    with pytest.raises(DiagnosticError, match="the model has no `fime`; did you mean `fine`"):
        decided(decision(literal("2"), name="fine"), "fime")


@pytest.mark.parametrize(
    ("written", "name"), [("feel:string", "string"), ("{urn:x}tA", "tA"), ("a b.tA", "a b.tA"), ("", "")]
)
def test_a_type_is_named_without_its_prefix(written: str, name: str) -> None:
    assert type_name(written) == name


def test_parts() -> None:
    items = Items((ItemDefinition("tA", "number"),), {})
    boxes = Boxes(KnownNames(), items)
    run = Run()
    assert boxes.step(Literal("x +"))(Environment({}, None, run)) is None
    assert len(boxes.findings) == len(run.problems) == 1
    program = Program([("m.dmn", model_of(decision(literal("1"))))])
    assert Session(program, {("urn:main", "d"): Decimal(5)}).value(program.find("d")) == 5
