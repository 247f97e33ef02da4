"""The rule language: one condition evaluated, beside a hand-written function and other languages; and compiling.

Results first: every contender gives the same answers on the same records. Other packages take part when installed:
zen-engine, common-expression-language, cel-python, bkflow-feel, pySFeel; their numbers are binary floats.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import random
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

from benchmarks.measure import compare, report
from engine.adapters.collector import calm_collector
from engine.language import (
    BOOLEAN,
    NUMBER,
    ContextType,
    EnumType,
    MoneyType,
    Scope,
    check_expression,
    compile_all,
    compile_one,
    parse_expression,
)
from engine.language.evaluate import prepare

SEGMENTS = ("edu", "gov", "retail", "trade", "web")
REGIONS = tuple(f"R{number:02}" for number in range(20))
FAMILIES = tuple(f"family {number}" for number in range(50))
ROOTS = {
    "line": ContextType(
        {"qty": NUMBER, "net": MoneyType("EUR"), "family": EnumType("family", FAMILIES), "margin": NUMBER}, "line"
    ),
    "customer": ContextType(
        {"segment": EnumType("segment", SEGMENTS), "region": EnumType("region", REGIONS)}, "customer"
    ),
}
FOUR_ATOMS = (
    'customer.segment = "edu" and customer.region in ("R01", "R02", "R03") and line.qty in [5..100) '
    "and line.qty * line.net > 300"
)
RULES = 10_000

Record = dict[str, Any]
Contender = Callable[[Record, Record], object]


def records() -> Iterator[tuple[Record, Record]]:
    """Records on both sides of every atom."""
    for segment in ("edu", "gov"):
        for region in ("R02", "R09"):
            for qty in (1, 5, 50, 100):
                for net in ("2", "80"):
                    line = {"qty": Decimal(qty), "net": Decimal(net), "family": FAMILIES[0], "margin": Decimal(20)}
                    yield line, {"segment": segment, "region": region}


def by_hand() -> Contender:
    """The same condition as a Python programmer writes it."""
    regions, low, high, limit = frozenset({"R01", "R02", "R03"}), Decimal(5), Decimal(100), Decimal(300)
    return lambda line, customer: (
        customer["segment"] == "edu"
        and customer["region"] in regions
        and low <= line["qty"] < high
        and line["qty"] * line["net"] > limit
    )


def floats(record: Record) -> Record:
    """A record for languages without decimals."""
    return {key: float(value) if isinstance(value, Decimal) else value for key, value in record.items()}


def zen_engine(zen: ModuleType) -> Contender:
    """Compiled once; the expression language is close to FEEL."""
    text = FOUR_ATOMS.replace(" = ", " == ").replace('("R01", "R02", "R03")', '["R01", "R02", "R03"]')
    program = zen.compile_expression(text)
    return lambda line, customer: program.evaluate({"line": floats(line), "customer": customer})


CEL = (
    'customer.segment == "edu" && customer.region in ["R01", "R02", "R03"] && line.qty >= 5.0 && line.qty < 100.0 '
    "&& line.qty * line.net > 300.0"
)


def rust_cel(cel: ModuleType) -> Contender:
    """Compiled once."""
    program = cel.compile(CEL)
    return lambda line, customer: program.execute({"line": floats(line), "customer": customer})


def cel_python(celpy: ModuleType) -> Contender:
    """Compiled once."""
    environment = celpy.Environment()
    program = environment.program(environment.compile(CEL))

    def run(line: Record, customer: Record) -> object:
        return bool(
            program.evaluate({"line": celpy.json_to_cel(floats(line)), "customer": celpy.json_to_cel(customer)})
        )

    return run


def bkflow_feel(api: ModuleType) -> Contender:
    """Parses at every call; knows plain names and whole numbers here."""
    text = (
        'segment = "edu" and list contains(["R01", "R02", "R03"], region) and qty >= 5 and qty < 100 '
        "and (qty * net) > 300"
    )

    def run(line: Record, customer: Record) -> object:
        numbers = {key: int(value) if isinstance(value, Decimal) else value for key, value in line.items()}
        return api.parse_expression(text, {**numbers, **customer})

    return run


def py_s_feel(module: ModuleType) -> Contender:
    """Parses at every call; values are written into the text."""
    parser = module.SFeelParser()

    def run(line: Record, customer: Record) -> object:
        text = (
            f'("{customer["segment"]}" = "edu") and (list contains(["R01", "R02", "R03"], "{customer["region"]}")) '
            f"and ({line['qty']} in [5..100)) and ({line['qty']} * {line['net']} > 300)"
        )
        _, value = parser.sFeelParse(text)
        return value

    return run


PEERS: dict[str, tuple[str, Callable[[ModuleType], Contender]]] = {
    "zen-engine, compiled": ("zen", zen_engine),
    "common-expression-language, compiled": ("cel", rust_cel),
    "cel-python, compiled": ("celpy", cel_python),
    "bkflow-feel": ("bkflow_feel.api", bkflow_feel),
    "pySFeel": ("pySFeel", py_s_feel),
}


def contenders() -> tuple[dict[str, Contender], list[str]]:
    """All that take part and give equal answers, and why the others do not."""
    ours = compile_one(check_expression(FOUR_ATOMS, scope=Scope(ROOTS), expected=BOOLEAN))
    tolerant = prepare(parse_expression(FOUR_ATOMS))
    found: dict[str, Contender] = {
        "function written by hand": by_hand(),
        "rule books: typed and compiled": ours,
        "DMN: tolerant of null": lambda line, customer: tolerant({"line": line, "customer": customer}),
    }
    wanted = [by_hand()(*each) for each in records()]
    assert {True, False} == set(wanted)
    for name, run in found.items():
        assert [run(*each) for each in records()] == wanted, name
    absent: list[str] = []
    for name, (module, build) in PEERS.items():
        try:
            with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                run = build(importlib.import_module(module))
                answers = [run(*each) for each in records()]
        except ImportError:
            absent.append(f"{name}: not installed")
        except Exception as error:  # a contender may fail in any way of its own
            absent.append(f"{name}: {type(error).__name__}")
        else:
            if answers == wanted:
                found[name] = run
            else:
                absent.append(f"{name}: other answers")
    return found, absent


def evaluation() -> None:
    """One condition of four atoms, microseconds a call."""
    found, absent = contenders()
    line, customer = next(each for each in records() if by_hand()(*each))
    fast = {name: run for name, run in found.items() if name not in ("cel-python, compiled", "bkflow-feel", "pySFeel")}
    slow = {name: run for name, run in found.items() if name not in fast}
    with contextlib.redirect_stderr(io.StringIO()):
        times = compare({name: lambda run=run: run(line, customer) for name, run in fast.items()}, inner=5_000)
        times |= compare({name: lambda run=run: run(line, customer) for name, run in slow.items()}, rounds=3, inner=20)
    hand = times["function written by hand"]
    rows: list[dict[str, object]] = [
        {"four atoms, evaluated": name, "us": us, "against by hand": us / hand} for name, us in times.items()
    ]
    rows += [{"four atoms, evaluated": name} for name in absent]
    report(
        "feel_evaluation",
        rows,
        budgets={
            "typed": f"<= 0.7 us and <= 2 x by hand: {times['rule books: typed and compiled']:.2f} us, "
            f"{times['rule books: typed and compiled'] / hand:.2f} x",
            "tolerant": f"<= 12 us: {times['DMN: tolerant of null']:.2f} us",
        },
    )


def rule_texts(count: int) -> list[str]:
    """Conditions of one to five atoms as a book holds them; about a third repeat an earlier text."""
    rng = random.Random(20261123)
    texts: list[str] = []
    while len(texts) < count:
        if texts and rng.random() < 0.3:
            texts.append(rng.choice(texts))
            continue
        atoms = [
            f'customer.segment = "{rng.choice(SEGMENTS)}"',
            f'customer.region in ("{rng.choice(REGIONS)}", "{rng.choice(REGIONS[:9])}x")'.replace("x", ""),
            f'line.family = "{rng.choice(FAMILIES)}"',
            f"line.qty in [{rng.randint(1, 50)}..{rng.randint(51, 500)})",
            f"line.qty * line.net > {rng.randint(10, 99_999)}",
            f"line.margin >= {rng.randint(1, 400) / 10}",
        ]
        texts.append(" and ".join(rng.sample(atoms, rng.randint(1, 5))))
    return texts


def compiling() -> None:
    """Ten thousand rules from text to functions, and the parts of the way, microseconds a rule."""
    texts = rule_texts(RULES)
    rows: list[dict[str, object]] = []
    for name, several in (("as a book holds them", texts), ("all different", list(dict.fromkeys(texts)))):
        times: list[tuple[float, float]] = []
        for _ in range(3):
            scope = Scope(ROOTS)
            start = time.thread_time()
            checked = [check_expression(text, scope=scope, expected=BOOLEAN) for text in several]
            middle = time.thread_time()
            functions = compile_all(checked)
            end = time.thread_time()
            times.append((middle - start, end - middle))
            assert len(functions) == len(several)
        check_s, compile_s = sorted(times)[1]
        total_us = (check_s + compile_s) / len(several) * 1e6
        rows.append(
            {
                "rules": name,
                "count": len(several),
                "atoms": sum(text.count(" and ") + 1 for text in several) / len(several),
                "check us": check_s / len(several) * 1e6,
                "compile us": compile_s / len(several) * 1e6,
                "total us": total_us,
                "cpu s": check_s + compile_s,
            }
        )
    report(
        "feel_compiling",
        rows,
        budgets={
            "an expression": f"<= 250 us: {rows[0]['total us']:.0f} us, all different {rows[1]['total us']:.0f} us",
            "10 000 rules": f"<= 4 s: {rows[0]['cpu s']:.2f} s",
        },
    )


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    calm_collector()  # as the command and the server do before they load a book
    evaluation()
    compiling()
