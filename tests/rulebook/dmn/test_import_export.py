"""Decision tables from DMN files into rule books and back (all modules of engine.rulebook.dmn)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language.dmn import Program, decide, read_model
from engine.language.dmn.xml import children, local_name, read_xml
from engine.language.parse import parse_expression
from engine.language.printer import print_expression
from engine.language.values.fault import UndefinedError
from engine.rulebook.decision_table import NamedTable
from engine.rulebook.dmn import Imported, export_table, import_tables
from engine.rulebook.dmn.draft import Draft, DraftColumn, csv_text, yaml_text
from engine.rulebook.dmn.naming import NotCarried, Renamer, plain_name
from engine.rulebook.dmn.typing import word_of_outputs
from engine.rulebook.load import load_tables
from engine.rulebook.loading.decision_tables import is_free_name
from tests.language.dmn.test_dmn import decision, literal, model_of, needs

TYPES = """
<itemDefinition name="tRegion"><typeRef>string</typeRef>
  <allowedValues><text>"DE", "AT", null</text></allowedValues></itemDefinition>
<itemDefinition name="tAge"><typeRef>number</typeRef>
  <allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="Home Region"><typeRef>tRegion</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>tAge</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tWords" isCollection="true"><typeRef>string</typeRef></itemDefinition>
<itemDefinition name="percent"><typeRef>number</typeRef></itemDefinition>
"""


def given_input(name: str, kind: str = "", label: str = "") -> str:
    identity = name.replace(" ", "")
    typed = f' typeRef="{kind}"' if kind else ""
    called = f' label="{label}"' if label else ""
    return f'<inputData id="_{identity}" name="{name}"{called}><variable name="{name}"{typed}/></inputData>'


def wants(*names: str) -> str:
    hrefs = (f'<requiredInput href="#_{name.replace(" ", "")}"/>' for name in names)
    return "".join(f"<informationRequirement>{href}</informationRequirement>" for href in hrefs)


def table(inputs: list[str], output: str, *rows: list[str], policy: str = "UNIQUE", more: str = "") -> str:
    def texts(tag: str, cells: list[str]) -> str:
        return "".join(f"<{tag}><text>{escaped(each)}</text></{tag}>" for each in cells)

    clauses = "".join(
        f"<input><inputExpression><text>{escaped(each)}</text></inputExpression></input>" for each in inputs
    )
    rules = ""
    for row in rows:
        rules += f"<rule>{texts('inputEntry', row[: len(inputs)])}{texts('outputEntry', row[len(inputs) :])}</rule>"
    return f'<decisionTable hitPolicy="{policy}" {more}>{clauses}{output}{rules}</decisionTable>'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def carried(body: str) -> Imported:
    return import_tables(Program([("m.dmn", model_of(TYPES + body))]), "m.yaml")


def loaded(files: Mapping[str, str]) -> Mapping[str, NamedTable]:
    tables, found = load_tables({path: text.encode() for path, text in files.items()})
    assert all(each.severity.value == "warning" for each in found), [str(each) for each in found]
    return tables


FULL = given_input("the person", "tPerson") + given_input("Order Total", label="What is ordered")
FULL += given_input("codes", "tWords")
FULL += decision(
    """<decisionTable hitPolicy="COLLECT" aggregation="MAX"><input><inputExpression typeRef="number">
<text>the person.age</text></inputExpression></input>
<input><inputExpression><text>the person.Home Region</text></inputExpression></input>
<input><inputExpression><text>Order Total</text></inputExpression></input>
<input><inputExpression><text>Order Total * 2 + count(codes)</text></inputExpression>
<inputValues><text>&gt; 0</text></inputValues></input>
<output name="Rate" label="The rate" typeRef="percent">
<defaultOutputEntry><text>-1.5</text></defaultOutputEntry></output>
<annotation name="why"/><annotation name="who"/>
<rule><inputEntry><text>[18..65)</text></inputEntry><inputEntry><text>"DE","AT"</text></inputEntry>
<inputEntry><text>&lt;= 100</text></inputEntry><inputEntry><text>-</text></inputEntry>
<outputEntry><text>Order Total / 10</text></outputEntry>
<annotationEntry><text>young, "fit"</text></annotationEntry><annotationEntry><text>Ann</text></annotationEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>null</text></inputEntry>
<inputEntry><text>not(7, 8)</text></inputEntry>
<inputEntry><text>some c in codes satisfies c = "x" and ? &gt; Order Total</text></inputEntry>
<outputEntry><text>3</text></outputEntry></rule></decisionTable>""",
    name="My Rate",
    requires=wants("the person", "Order Total", "codes"),
)


def test_everything_that_a_table_can_say_is_carried() -> None:
    found = carried(FULL)
    assert found.files["tables/my_rate.csv"] == (
        "# My Rate ; hit=COLLECT MAX\n"
        "the_person_age,the_person_home_region,order_total,order_total * 2 + count(codes),out: Rate,note\n"
        '[18..65),DE | AT,<= 100,-,order_total / 10,"young, ""fit""; Ann"\n'
        '-,null,"not(7, 8)","some c in codes satisfies c = ""x"" and ? > order_total",3,\n'
    )
    assert found.files["tables/m.yaml"] == (
        "# yaml-language-server: $schema=../schema/tables.schema.json\n"
        "tables:\n"
        "  - id: my_rate\n"
        "    title: My Rate\n"
        "    file: my_rate.csv\n"
        "    inputs:\n"
        "      the_person_age: {type: number, allowed: '[0..150]', title: the person.age}\n"
        "      the_person_home_region: {type: text, values: [DE, AT], title: the person.Home Region, optional: true}\n"
        "      order_total: {type: number, title: What is ordered}\n"
        "      codes: {type: text, list: true}\n"
        "    outputs:\n"
        "      Rate: {type: percent, default: '-1.5', title: The rate}\n"
    )
    assert [(each.element, each.reason) for each in found.left_out] == [
        (
            "decision `My Rate`",
            "the allowed values of the column `order_total * 2 + count(codes)`: declare them on its inputs",
        )
    ]
    rate = loaded(found.files)["my_rate"].function.signatures[0].run
    person = {"age": Decimal(20), "Home Region": "DE"}
    inputs = {"the person": person, "Order Total": Decimal(50), "codes": ("x",)}
    program = Program([("m.dmn", model_of(TYPES + FULL))])
    assert rate(Decimal(20), "DE", Decimal(50), ("x",)) == decide(program, "My Rate", inputs)[0] == 5
    assert rate(Decimal(20), None, Decimal(50), ("x",)) == 3
    assert rate(Decimal(20), "AT", Decimal(101), ()) == Decimal("-1.5")


def test_a_table_comes_back_the_same_from_dmn() -> None:
    again = round_trip(carried(FULL).files)
    assert again == dict(carried(FULL).files)


def round_trip(files: Mapping[str, str]) -> dict[str, str]:
    (only,) = loaded(files).values()
    written = export_table(only)
    check_order(read_xml(written, "x.dmn"))
    return dict(import_tables(Program([("m.dmn", read_model(written))]), "m.yaml").files)


# What the schema of DMN 1.5 lets stand in an element of an exported file: attributes, then children in their order.
SCHEMA: Mapping[str, tuple[str, str]] = {
    "definitions": ("id name namespace exporter", "itemDefinition inputData decision"),
    "itemDefinition": ("id name isCollection", "typeRef allowedValues"),
    "allowedValues": ("id", "text"),
    "inputData": ("id name label", "variable"),
    "variable": ("id name typeRef", ""),
    "decision": ("id name label", "variable informationRequirement decisionTable"),
    "informationRequirement": ("id", "requiredInput"),
    "requiredInput": ("href", ""),
    "decisionTable": ("id hitPolicy aggregation", "input output annotation rule"),
    "input": ("id", "inputExpression inputValues"),
    "inputExpression": ("id typeRef", "text"),
    "inputValues": ("id", "text"),
    "output": ("id name label typeRef", "outputValues defaultOutputEntry"),
    "outputValues": ("id", "text"),
    "defaultOutputEntry": ("id", "text"),
    "annotation": ("name", ""),
    "rule": ("id", "inputEntry outputEntry annotationEntry"),
    "inputEntry": ("id", "text"),
    "outputEntry": ("id", "text"),
    "annotationEntry": ("", "text"),
    "text": ("", ""),
    "typeRef": ("", ""),
}


def check_order(element: Element) -> None:
    name = local_name(element)
    assert element.tag.startswith("{https://www.omg.org/spec/DMN/20230324/MODEL/}")
    attributes, order = (part.split() for part in SCHEMA[name])
    assert set(element.keys()) <= set(attributes), name
    found = [local_name(each) for each in children(element)]
    assert [order.index(each) for each in found] == sorted(order.index(each) for each in found), name
    for each in children(element):
        check_order(each)
    if name == "definitions":
        identities = [each.get("id") for each in element.iter() if each.get("id")]
        assert len(set(identities)) == len(identities)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (decision(literal("1")), "it is a literal expression, not a decision table"),
        (decision(""), "it is without logic, not a decision table"),
        (
            decision(f"<context><contextEntry>{table(['1'], '<output/>', ['-', '1'])}</contextEntry></context>"),
            "it is a boxed context, not a decision table; make the table inside it a decision of its own",
        ),
        (
            given_input("n") + decision(table(["n"], "<output/>", ["-", "1"]), requires=wants("n")),
            "the type of `n` is not told",
        ),
        (
            given_input("n", "number") + decision(table(["n"], "<output/>", ["> 1", "n + 1"]), requires=wants("n")),
            "the type of the output `d` is not told",
        ),
        (
            given_input("n", "number")
            + decision(table(["n"], "<output/>", ["> 1", "1"], ["1", "2", "3"]), requires=wants("n")),
            "its rules have more or fewer cells than the table has columns",
        ),
        (
            given_input("n", "number") + decision(table(["f(n)"], "<output/>", ["> 1", "1"]), requires=wants("n")),
            "it calls `f`, which is no built-in function",
        ),
        (decision(table([], "<output/>", ["1"])), "it has no inputs"),
        (decision(table([""], "<output/>", ["1", "1"])), "an input column has no expression"),
        (
            given_input("n", "number") + decision(table(["n"], "<output/>", ["> ", "1"]), requires=wants("n")),
            "something is missing after `>` (complete the expression)",
        ),
        (
            given_input("n", "number") + decision(table(["n"], "<output/>", ['"a"', "1"]), requires=wants("n")),
            "row 1: ",
        ),
        (
            given_input("n", "number")
            + decision(table(["n"], "<output/>", ["[1..3]", "1"], ["[3..4]", "2"]), requires=wants("n")),
            "row 2: rows 3 and 4 both match n 3",
        ),
        (
            given_input("x", "tPerson") + decision(table(["x.name"], "<output/>", ["-", "1"]), requires=wants("x")),
            "`x` has no `name`",
        ),
        (decision(table(["1"], "<output/>", ["-", "1"]), requires=needs("nowhere")), "which is in none of the files"),
        ('<decisionService id="s" name="s"/>', "it calls decisions together"),
        ('<import name="lib" namespace="urn:lib" importType="x"/>', "import that file by itself"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_is_told(body: str, reason: str) -> None:
    found = carried(body)
    assert not found.tables
    assert reason in found.left_out[0].reason


def test_a_cell_that_a_column_of_texts_would_read_otherwise_is_told() -> None:
    found = carried(given_input("n", "string") + decision(table(["n"], "<output/>", ["1", "2"]), requires=wants("n")))
    assert [each.reason for each in found.left_out] == ['row 1: in a column of texts `1` would be read as the text "1"']


def test_values_of_an_output_that_are_no_list_are_told() -> None:
    output = "<output><outputValues><text>not(1, 2)</text></outputValues></output>"
    found = carried(given_input("n", "number") + decision(table(["n"], output, ["1", "3"]), requires=wants("n")))
    assert (
        found.tables
        and found.left_out[0].reason == "the values of the output `not(1, 2)`: `not(1, 2)` is no list of them"
    )


def test_names_are_made_plain_and_stay_apart() -> None:
    body = given_input("line", "number") + given_input("a b", "number") + given_input("a-b", "number")
    logic = table(["line", "a b", "a-b"], "<output/>", [">1", ">1", ">1", "1"])
    found = carried(body + decision(logic, name="Sum of A", requires=wants("line", "a b", "a-b")))
    (only,) = found.tables
    assert (only.id, list(only.inputs)) == ("sum_of_a", ["the_line", "a_b", "the_a_b"])
    assert plain_name("Größe", is_free_name) == "Größe"
    assert plain_name("1st Größe", is_free_name) == "n_1st_groe"
    assert plain_name("§", is_free_name) == "value"
    with pytest.raises(NotCarried):
        plain_name("x", lambda _: False)


def test_only_outside_names_are_renamed() -> None:
    renamer = Renamer(lambda names: (len(names), "new") if names[0] == "x" else None)
    for text, wanted in [
        ("x + y", "new + y"),
        ("for x in x return x + 1", "for x in new return x + 1"),
        ("some y in [x] satisfies y.x = x.y.z", "some y in [new] satisfies y.x = new"),
        ("{x: 1, b: x}.x", "{x: 1, b: x}.x"),
        ("sort([x], function(x, b) x < b)", "sort([new], function(x, b) x < b)"),
        ("date(year: x, month: 1, day: 1).day", "date(year: new, month: 1, day: 1).day"),
    ]:
        assert print_expression(renamer.renamed(parse_expression(text))) == wanted
    with pytest.raises(NotCarried, match="calls what is not a plain function"):
        renamer.renamed(parse_expression("(function(a) a)(1)"))


def test_outputs_that_tell_their_type() -> None:
    for texts, word in [
        (["1", "-2", "null"], "number"),
        (['"a"'], "text"),
        (['@"2026-01-01"', 'date("2026-01-02")'], "date"),
        (['@"P1Y"'], "months"),
        (["true", "1"], ""),
        (["1 + 1"], ""),
    ]:
        assert word_of_outputs([parse_expression(each) for each in texts]) == word


def test_texts_that_files_must_quote() -> None:
    column = DraftColumn("text", values=("no", "a: b", "it's", "-", "x\ty\\"))
    draft = Draft("t", "a;b=c", "UNIQUE", {"x": DraftColumn("text", allowed='? != "#"')}, {"o": column}, ("x",), ())
    assert "values: ['no', 'a: b', 'it''s', '-', \"x\\ty\\\\\"]" in yaml_text([draft])
    assert csv_text(draft).startswith("# a,b c ; hit=UNIQUE\n")


WORDS = ("DE", "AT", "a b", "x,y", 'q"', "null", "-", "it's", "not(x)", "1", "true")
NUMBERS = st.decimals(-50, 50, places=1).map(lambda each: each.normalize() if each else Decimal(0))


@st.composite
def number_cells(draw: st.DrawFn) -> str:
    low, high = sorted([draw(NUMBERS), draw(NUMBERS)])
    forms = ["-", f"{low}", f"< {low}", f">= {high}", f"not({low})", f"{low}, > {high}"]
    if low < high:
        forms += [f"[{low}..{high})", f"({low}..{high}]"]
    return draw(st.sampled_from(forms)).replace("E+", "E")


def quoted(word: str) -> str:
    return '"' + word.replace('"', '\\"') + '"'


@st.composite
def text_cells(draw: st.DrawFn) -> str:
    words = ", ".join(
        quoted(each) for each in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
    )
    return draw(st.sampled_from(["-", words, f"not({words})"]))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(number_cells(), text_cells(), st.sampled_from(WORDS)), min_size=1, max_size=6),
    st.sampled_from(["FIRST", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]),
    st.lists(st.tuples(NUMBERS, st.sampled_from(WORDS)), min_size=5, max_size=5),
)
def test_any_table_comes_back_and_answers_the_same(
    rows: list[tuple[str, str, str]], policy: str, asked: list[tuple[Decimal, str]]
) -> None:
    values = f"<outputValues><text>{escaped(', '.join(map(quoted, WORDS)))}</text></outputValues>"
    written = [[number, text, quoted(word)] for number, text, word in rows]
    logic = table(["the n", "t"], f"<output>{values}</output>", *written, policy=policy)
    body = given_input("the n", "number") + given_input("t", "string")
    body += decision(logic, kind="string" if policy in ("FIRST", "PRIORITY") else "", requires=wants("the n", "t"))
    found = carried(body)
    assert found.tables, found.left_out
    assert round_trip(found.files) == dict(found.files)
    run = loaded(found.files)["d"].function.signatures[0].run
    program = Program([("m.dmn", model_of(TYPES + body))])
    for number, word in asked:
        wanted = decide(program, "d", {"the n": number, "t": word})[0]
        try:
            assert run(number, word) == wanted
        except UndefinedError:
            assert wanted is None
