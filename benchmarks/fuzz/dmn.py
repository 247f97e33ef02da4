"""Feeds arbitrary files to the reader of DMN: ``python -m benchmarks.fuzz.dmn SECONDS``; needs atheris.

Whatever the file, the answer is a finding, a value or null, in bounded time: reading, checking, evaluating every
decision, and carrying its tables into a rule book, from where each comes back the same. The first bytes choose the
file: bytes as they are, or elements of DMN in any order and nesting around texts of FEEL.
"""

from __future__ import annotations

from functools import partial

import atheris  # type: ignore[import-not-found]

from benchmarks.fuzz.running import fuzz, within

with atheris.instrument_imports(include=["engine.language", "engine.rulebook.dmn"]):
    from engine.diagnostics import DiagnosticError
    from engine.language.dmn import Program, decide, read_model, run_folder
    from engine.language.dmn.model import Decision
    from engine.rulebook.dmn import export_table, import_tables
    from engine.rulebook.load import load_tables

LONGEST_SECONDS = 5.0
TAGS = (
    "itemDefinition itemComponent typeRef allowedValues typeConstraint inputData decision businessKnowledgeModel "
    "decisionService variable informationRequirement knowledgeRequirement requiredInput requiredDecision "
    "requiredKnowledge literalExpression text context contextEntry invocation binding parameter list relation column "
    "row functionDefinition formalParameter encapsulatedLogic conditional if then else for some every in return "
    "satisfies filter match decisionTable input inputExpression inputValues output outputValues defaultOutputEntry "
    "rule inputEntry outputEntry annotation annotationEntry import outputDecision inputDecision functionItem"
).split()
ATTRIBUTES = (
    "id='a'",
    "id='b'",
    "name='a'",
    "name='b c'",
    "href='#a'",
    "href='#b'",
    "typeRef='number'",
    "typeRef='a'",
    "typeRef='b c'",
    "isCollection='true'",
    "hitPolicy='PRIORITY'",
    "hitPolicy='COLLECT'",
    "aggregation='SUM'",
    "iteratorVariable='x'",
    "kind='Java'",
    "namespace='u'",
    "",
)
TEXTS = (
    "a",
    "b c",
    "1",
    '"x"',
    "&gt; 1",
    "[1..5]",
    "-",
    "null",
    "a + 1",
    "not(1, 2)",
    "x",
    "partial",
    "[1, 2]",
    "a(b c)",
)


def table_file(provider: atheris.FuzzedDataProvider) -> bytes:
    """A decision with a well-formed table of any cells, so that evaluation and carrying are reached."""
    cells = [TEXTS[provider.ConsumeIntInRange(0, len(TEXTS) - 1)] for _ in range(12)]
    rules = "".join(
        f"<rule><inputEntry><text>{cells[at]}</text></inputEntry><inputEntry><text>{cells[at + 1]}</text></inputEntry>"
        f"<outputEntry><text>{cells[at + 2]}</text></outputEntry></rule>"
        for at in range(0, provider.ConsumeIntInRange(1, 3) * 3, 3)
    )
    policy = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")[
        provider.ConsumeIntInRange(0, 6)
    ]
    kind = ("number", "string", "date", "boolean")[provider.ConsumeIntInRange(0, 3)]
    return (
        f"<definitions namespace='u'><inputData id='a' name='a'><variable name='a' typeRef='{kind}'/></inputData>"
        f"<inputData id='b' name='b c'><variable name='b c' typeRef='number'/></inputData><decision id='d' name='d'>"
        f"<informationRequirement><requiredInput href='#a'/></informationRequirement>"
        f"<informationRequirement><requiredInput href='#b'/></informationRequirement>"
        f"<decisionTable hitPolicy='{policy}'><input><inputExpression><text>a</text></inputExpression></input>"
        f"<input><inputExpression><text>{cells[9]}</text></inputExpression></input>"
        f"<output><outputValues><text>{cells[10]}</text></outputValues></output>{rules}</decisionTable></decision>"
        f"</definitions>"
    ).encode()


def element_file(provider: atheris.FuzzedDataProvider) -> bytes:
    """Elements in any order and nesting."""
    pieces, opened = ["<definitions namespace='u'>"], []
    for _ in range(provider.ConsumeIntInRange(0, 60)):
        choice = provider.ConsumeIntInRange(0, 3)
        if choice == 0 and opened:
            pieces.append(f"</{opened.pop()}>")
        elif choice == 1:
            pieces.append(TEXTS[provider.ConsumeIntInRange(0, len(TEXTS) - 1)])
        else:
            tag = TAGS[provider.ConsumeIntInRange(0, len(TAGS) - 1)]
            given = {ATTRIBUTES[provider.ConsumeIntInRange(0, len(ATTRIBUTES) - 1)] for _ in range(3)}
            names: dict[str, str] = {each.partition("=")[0]: each for each in sorted(given)}
            pieces.append(f"<{tag} {' '.join(names.values())}>")
            opened.append(tag)
    pieces += [f"</{each}>" for each in reversed(opened)]
    return "".join([*pieces, "</definitions>"]).encode()


def file_of(data: bytes) -> bytes:
    """A file of one of three sorts."""
    provider = atheris.FuzzedDataProvider(data)
    sort = provider.ConsumeIntInRange(0, 2)
    if sort == 0:
        return bytes(provider.ConsumeBytes(4_000))
    return element_file(provider) if sort == 1 else table_file(provider)


def use(content: bytes) -> None:
    """Everything that is done with a DMN file."""
    program = Program([("m.dmn", read_model(content, "m.dmn"))])
    program.check()
    for each in program.main.content.elements:
        if isinstance(each, Decision):
            decide(program, each.variable.name, {"a": None, "b c": None})
    found = import_tables(program, "m.yaml")
    tables, _ = load_tables({path: text.encode() for path, text in found.files.items()})
    assert len(tables) == len(found.tables)
    for name, table in tables.items():
        again = import_tables(Program([("m.dmn", read_model(export_table(table)))]), "m.yaml")
        assert again.files[table.path] == found.files[table.path], name
    run_folder({"m.dmn": content, "m.xml": content})


def one_input(data: bytes) -> None:
    """Run one file."""
    content = file_of(data)
    within(LONGEST_SECONDS, partial(use, content), (DiagnosticError,), content)


if __name__ == "__main__":
    fuzz(one_input, longest=4000)
