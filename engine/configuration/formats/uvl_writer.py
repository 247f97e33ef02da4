"""Writing a model as UVL: facts as features, enumerations as alternatives, quantities as typed features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.configuration.formats.clauses import Clausal
from engine.configuration.model import Kind, Model, Sum, Term, Variable


def write_uvl(model: Model) -> bytes:
    """The model in UVL; a quantity that counts under a condition only is a number that is chosen with it."""
    return ("\n".join(_Writer(model).lines()) + "\n").encode()


class _Writer:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.stated = Clausal(model, grouped=True)
        self.root = f"model {model.name}"
        terms = [term for total in model.sums for term in total.terms if term.literal]
        self.counted = {abs(term.literal) for term in terms if term.quantity is None}
        self.chosen = {
            (term.literal, term.quantity): f"number {at}"
            for at, term in enumerate(terms, 1)
            if term.quantity is not None
        }

    def lines(self) -> Iterator[str]:
        yield "features"
        yield f"\t{_quoted(self.root)}"
        yield from self._features()
        yield "constraints"
        yield from (f"\t{each}" for each in self._constraints())

    def _features(self) -> Iterator[str]:
        groups = [each for each in self.model.variables if each.kind is Kind.ENUMERATION]
        if groups or any(True for _ in self.model.quantities()):
            yield "\t\tmandatory"
        for each in groups:
            yield f"\t\t\t{_quoted(each.name)}"
            yield "\t\t\t\talternative"
            yield from (f"\t\t\t\t\t{self._feature(each.first + at)}" for at in range(len(each.values)))
        yield from (f"\t\t\tInteger {_quoted(each.name)}" for _, each in self.model.quantities())
        grouped = {each.first + at for each in groups for at in range(len(each.values))}
        grouped |= self.stated.spare
        loose = [atom for atom in range(1, self.stated.top + 1) if atom not in grouped]
        if loose or self.chosen:
            yield "\t\toptional"
            yield from (f"\t\t\t{self._feature(atom)}" for atom in loose)
            yield from (f"\t\t\tInteger {_quoted(name)}" for name in self.chosen.values())

    def _feature(self, atom: int) -> str:
        return self._name(atom) + (" {n 1}" if atom in self.counted else "")

    def _name(self, atom: int) -> str:
        return _quoted(self.stated.names[atom - 1])

    def _constraints(self) -> Iterator[str]:
        for _, each in self.model.quantities():
            yield f"{_quoted(each.name)} >= {each.minimum} & {_quoted(each.name)} <= {each.maximum}"
        for (literal, quantity), name in self.chosen.items():
            yield from self._number(_quoted(name), literal, self.model.variables[quantity])
        for bound in self.model.bounds:
            name = _quoted(self.model.variables[bound.variable].name)
            yield f"{self._name(bound.atom)} <=> {name} >= {bound.at_least}"
        for clause in self.stated.clauses:
            yield self._any(clause)
        for total in self.model.sums:
            yield self._sum(total)

    def _number(self, name: str, literal: int, quantity: Variable) -> Iterator[str]:
        """A number that is the quantity where the literal holds; not chosen, it counts as 0."""
        yield f"{name} >= {min(0, quantity.minimum)} & {name} <= {max(0, quantity.maximum)}"
        yield f"{name} <=> {self._literal(literal)}"
        yield f"{name} => {name} == {_quoted(quantity.name)}"

    def _any(self, literals: Sequence[int]) -> str:
        return " | ".join(map(self._literal, literals)) if literals else f"!{_quoted(self.root)}"

    def _literal(self, literal: int) -> str:
        return ("" if literal > 0 else "!") + self._name(abs(literal))

    def _sum(self, total: Sum) -> str:
        bound = total.bound
        parts: list[str] = []
        for term in total.terms:
            if term.literal < 0 and term.quantity is None:
                bound -= term.coefficient
            parts.append(self._term(term))
        said = f"{' + '.join(parts) or '0'} <= {bound}"
        if not total.when:
            return said
        return f"{' & '.join(map(self._literal, total.when))} => {said}"

    def _term(self, term: Term) -> str:
        """``not x`` counts as 1 minus what ``x`` counts; the 1 is on the other side."""
        if term.quantity is not None and term.literal:
            return f"{term.coefficient} * {_quoted(self.chosen[term.literal, term.quantity])}"
        factor = term.coefficient if term.literal >= 0 else -term.coefficient
        if term.quantity is not None:
            return f"{factor} * {_quoted(self.model.variables[term.quantity].name)}"
        return f"{factor} * {self._name(abs(term.literal))}.n" if term.literal else str(factor)


def _quoted(name: str) -> str:
    plain = name.replace('"', "'").replace(".", "_").replace("\n", " ")
    return f'"{plain}"'
