"""Writing a model as UVL: facts as features, enumerations as alternatives, quantities as typed features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.configuration.formats.clauses import Clausal, different, one_line
from engine.configuration.formats.uvl_tree import HELPER
from engine.configuration.model import Kind, Model, Sum, Term, Variable

ADDED = "model"
"""The root where no fact of the model always holds."""


def write_uvl(model: Model) -> bytes:
    """The model in UVL; a quantity that counts under a condition only is a number that is chosen with it."""
    return ("\n".join(_Writer(model).lines()) + "\n").encode()


class _Writer:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.stated = Clausal(model, grouped=True, fit=_fit)
        self.names: dict[str, str] = {}
        self.taken = set(self.stated.names)
        self.root = self._root()
        terms = [term for total in model.sums for term in total.terms if term.literal]
        self.counted = {abs(term.literal) for term in terms if term.quantity is None}
        self.chosen = {
            (term.literal, term.quantity): f"number {at}"
            for at, term in enumerate(terms, 1)
            if term.quantity is not None
        }

    def lines(self) -> Iterator[str]:
        yield "features"
        yield f"\t{self._feature(self.root) if self.root else self._helper(self._called(ADDED))}"
        yield from self._features()
        yield "constraints"
        yield from (f"\t{each}" for each in self._constraints())

    def _features(self) -> Iterator[str]:
        groups = [each for each in self.model.variables if each.kind is Kind.ENUMERATION]
        if groups or any(True for _ in self.model.quantities()):
            yield "\t\tmandatory"
        for each in groups:
            yield f"\t\t\t{self._helper(self._called(each.name))}"
            yield "\t\t\t\talternative"
            yield from (f"\t\t\t\t\t{self._feature(each.first + at)}" for at in range(len(each.values)))
        yield from (f"\t\t\tInteger {self._called(each.name)}" for _, each in self.model.quantities())
        grouped = {each.first + at for each in groups for at in range(len(each.values))}
        grouped |= {*self.stated.spare, self.root}
        loose = [atom for atom in range(1, self.stated.top + 1) if atom not in grouped]
        if loose or self.chosen:
            yield "\t\toptional"
            yield from (f"\t\t\t{self._feature(atom)}" for atom in loose)
            yield from (f"\t\t\tInteger {self._helper(self._called(name))}" for name in self.chosen.values())

    def _root(self) -> int:
        """A fact that always holds, as the root of a feature model does; 0 without one, since UVL asks for a root."""
        always = {each[0] for each in self.stated.clauses if len(each) == 1 and each[0] > 0}
        alone = [each.first for each in self.model.variables if each.kind is Kind.BOOLEAN and each.first in always]
        decided = [each for each in alone if each not in self.stated.helpers]
        return next(iter((*decided, *alone)), 0)

    def _feature(self, atom: int) -> str:
        said = [text for text, needed in (("n 1", self.counted), (HELPER, self.stated.helpers)) if atom in needed]
        return self._name(atom) + (f" {{{', '.join(said)}}}" if said else "")

    def _helper(self, name: str) -> str:
        return f"{name} {{{HELPER}}}"

    def _name(self, atom: int) -> str:
        return f'"{self.stated.names[atom - 1]}"'

    def _called(self, name: str) -> str:
        """What something is called that is no fact: as nothing else is."""
        if name not in self.names:
            self.names[name] = different(_fit(one_line(name)), self.taken)
        return f'"{self.names[name]}"'

    def _constraints(self) -> Iterator[str]:
        for _, each in self.model.quantities():
            yield f"{self._called(each.name)} >= {each.minimum} & {self._called(each.name)} <= {each.maximum}"
        for (literal, quantity), name in self.chosen.items():
            yield from self._number(self._called(name), literal, self.model.variables[quantity])
        for bound in self.model.bounds:
            name = self._called(self.model.variables[bound.variable].name)
            yield f"{self._name(bound.atom)} <=> {name} >= {bound.at_least}"
        for clause in self.stated.clauses:
            if tuple(clause) != (self.root,):
                yield self._any(clause)
        for total in self.model.sums:
            yield self._sum(total)

    def _number(self, name: str, literal: int, quantity: Variable) -> Iterator[str]:
        """A number that is the quantity where the literal holds; not chosen, it counts as 0."""
        yield f"{name} >= {min(0, quantity.minimum)} & {name} <= {max(0, quantity.maximum)}"
        yield f"{name} <=> {self._literal(literal)}"
        yield f"{name} => {name} == {self._called(quantity.name)}"

    def _any(self, literals: Sequence[int]) -> str:
        if literals:
            return " | ".join(map(self._literal, literals))
        return f"!{self._name(self.root) if self.root else self._called(ADDED)}"

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
            return f"{term.coefficient} * {self._called(self.chosen[term.literal, term.quantity])}"
        factor = term.coefficient if term.literal >= 0 else -term.coefficient
        if term.quantity is not None:
            return f"{factor} * {self._called(self.model.variables[term.quantity].name)}"
        return f"{factor} * {self._name(abs(term.literal))}.n" if term.literal else str(factor)


def _fit(name: str) -> str:
    """The name as UVL can quote it: without double quotes and dots."""
    return name.replace('"', "'").replace(".", "_")
