"""DIMACS CNF with names: ``c <number> <name>`` lines, ``p cnf``, clauses that end in 0."""

from __future__ import annotations

import re

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.faults import Faults
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span, counted

MALFORMED = Code("MDL001")
VARIABLES_MAX = 1_000_000
HELPERS = "c cpq-helpers"
"""The comment before the numbers of variables that only help to state a rule; other tools pass over it."""


def read_dimacs(data: bytes, path: str) -> Model:
    """Each variable a boolean named by its comment line (else by its number), each clause a rule named by its place.

    A name that was used before gets ``#<number>`` appended. Clauses that always hold are dropped. Raises
    ``DiagnosticError`` for a malformed line.
    """
    return _Reader(path).read(data.decode("utf-8", errors="replace"))


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.names: dict[int, str] = {}
        self.helpers: set[int] = set()
        self.count = -1
        self.clauses: list[tuple[int, tuple[int, ...]]] = []
        self.pending: list[int] = []
        self.announced = 0
        self.faults = Faults()

    def read(self, text: str) -> Model:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.startswith("c"):
                self._comment(line)
            elif line.startswith("p"):
                self._header(line, number)
            elif line.startswith("%"):
                break
            else:
                with self.faults.noted():
                    self._clause(line, number)
        self.faults.settle()
        if self.count < 0:
            raise self._error(1, "no `p cnf` line", "a DIMACS file starts with `p cnf <variables> <clauses>`")
        if self.pending:
            raise self._error(len(text.splitlines()), "the last clause does not end in 0")
        if len(self.clauses) < self.announced:
            message = f"the file ends after {counted(len(self.clauses), 'clause')} of {self.announced} announced"
            raise self._error(len(text.splitlines()), message, "it was cut off, or the `p cnf` line is wrong")
        return self._build()

    def _comment(self, line: str) -> None:
        if line.startswith(f"{HELPERS} "):
            self.helpers.update(int(each) for each in line.split()[2:] if each.isdecimal())
            return
        parts = line.split(None, 2)
        if len(parts) == 3 and parts[0] == "c" and parts[1].rstrip("$").isdecimal():
            self.names.setdefault(int(parts[1].rstrip("$")), parts[2].strip())

    def _header(self, line: str, number: int) -> None:
        parts = line.split()
        if len(parts) != 4 or parts[1] != "cnf" or not (parts[2].isdecimal() and parts[3].isdecimal()):
            raise self._error(number, "malformed problem line", "write `p cnf <variables> <clauses>`")
        self.count, self.announced = int(parts[2]), int(parts[3])
        if self.count > VARIABLES_MAX:
            raise self._error(number, f"{self.count} variables; {VARIABLES_MAX} are read at most")

    def _clause(self, line: str, number: int) -> None:
        for word in re.finditer(r"\S+", line):
            column = word.start() + 1
            if not re.fullmatch(r"[+-]?\d+", word.group()):
                raise self._error(number, "a clause holds whole numbers only", column=column)
            literal = int(word.group())
            if literal == 0:
                self.clauses.append((number, tuple(self.pending)))
                self.pending = []
            elif self.count < 0:
                raise self._error(number, "a clause stands before the `p cnf` line")
            elif abs(literal) > self.count:
                message = f"`{literal}` is above the {counted(self.count, 'variable')} declared"
                raise self._error(number, message, column=column)
            else:
                self.pending.append(literal)

    def _build(self) -> Model:
        builder = ModelBuilder(self.path.rsplit("/", 1)[-1])
        taken: set[str] = set()
        for number in range(1, self.count + 1):
            name = self.names.get(number, str(number))
            while name in taken:
                name = f"{name}#{number}"
            taken.add(name)
            builder.boolean(name, decision=number not in self.helpers)
        for at, (line, literals) in enumerate(self.clauses, start=1):
            if not any(-each in literals for each in literals):
                builder.clause(literals, builder.rule(f"clause {at}", span=Span(self.path, line)))
        return builder.build()

    def _error(self, line: int, message: str, hint: str = "", *, column: int = 1) -> DiagnosticError:
        return DiagnosticError(Diagnostic(MALFORMED, message, Span(self.path, line, column), hint))
