"""A model before its diagram is built: what is decided or equal is named once, and the rest falls into components.

A value of an enumeration keeps its own name, because its variable stays a level of the diagram; a yes-or-no variable
that only repeats another fact is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engine.configuration.model import Cardinality, Kind, Model, Table
from engine.configuration.solver.bits import atoms_of
from engine.configuration.solver.facts import Vocabulary
from engine.configuration.solver.reduced import merged
from engine.configuration.solver.witnesses import Possible

Constraint: TypeAlias = tuple[int, ...] | Table | Cardinality
"""A clause over names, a table of the model, or a count over names."""


@dataclass(frozen=True, slots=True)
class Component:
    """Variables (by index) and the constraints on them; no constraint reaches beyond its component."""

    variables: tuple[int, ...]
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Normal:
    """The whole model in this form. ``free`` lists the decision variables that no constraint mentions."""

    model: Model
    names: tuple[int, ...]
    """Per atom the literal that says it; the number after the last atom is the truth."""
    owner: tuple[int, ...]
    """Per atom the variable it is about."""
    components: tuple[Component, ...]
    free: tuple[int, ...]

    @property
    def truth(self) -> int:
        """The literal that always holds."""
        return len(self.names)

    def name(self, literal: int) -> int:
        """The literal that says this one."""
        return self.names[literal] if literal > 0 else -self.names[-literal]

    def scope(self, constraint: Constraint) -> tuple[int, ...]:
        """The variables that a constraint asks about."""
        if isinstance(constraint, Table):
            named = [
                self.names[each.first] if each.kind is Kind.BOOLEAN else each.first
                for each in (self.model.variables[at] for at in constraint.variables)
            ]
        elif isinstance(constraint, Cardinality):
            named = [*constraint.literals, *constraint.when]
        else:
            named = list(constraint)
        return tuple(dict.fromkeys(self.owner[abs(each)] for each in named if abs(each) != self.truth))


def normal(model: Model, root: Possible | None) -> Normal:
    """The normal form; ``root`` (what may hold and fail without any choice) makes it smaller when it is known."""
    owner = _owners(model)
    names = _fixed(model, root)
    clauses, names = merged((each.literals for each in model.clauses), names)
    better = _representatives(model, names, owner)
    names = [_renamed(better, each) for each in names]
    found: list[Constraint] = [tuple(_renamed(better, each) for each in clause) for clause in sorted(clauses)]
    for variable in model.variables:
        if variable.kind is Kind.ENUMERATION:
            found += _own_names(names, range(variable.first, variable.first + len(variable.values)))
    form = Normal(model, tuple(names), owner, (), ())
    for group in model.cardinalities:
        found += _count(form, group)
    found += model.tables
    components = _components(form, found)
    mentioned = {each for component in components for each in component.variables}
    free = tuple(
        at
        for at, each in enumerate(model.variables)
        if each.decision and at not in mentioned and names[each.first] == each.first
    )
    return Normal(model, form.names, owner, components, free)


def _owners(model: Model) -> tuple[int, ...]:
    owner = [0] * (model.atom_count + 1)
    for at, each in enumerate(model.variables):
        for atom in range(each.first, each.first + (1 if each.kind is Kind.BOOLEAN else len(each.values))):
            owner[atom] = at
    return tuple(owner)


def _fixed(model: Model, root: Possible | None) -> list[int]:
    """Names in which what the root decides is the truth or its opposite."""
    names = list(range(model.atom_count + 1))
    truth = len(names)
    if root is None:
        return names
    vocabulary = Vocabulary(model)
    for atom in atoms_of(vocabulary.decided_true & ~root.hold):
        names[atom] = -truth
    for atom in atoms_of(vocabulary.decided_false & ~root.fail):
        names[atom] = truth
    for each in model.variables:
        left = root.hold >> each.first & (1 << len(each.values)) - 1
        if each.kind is Kind.ENUMERATION and each.decision and left.bit_count() == 1:
            names[each.first + left.bit_length() - 1] = truth
    return names


def _representatives(model: Model, names: Sequence[int], owner: Sequence[int]) -> dict[int, int]:
    """For each name the literal to use instead: of decisions rather than helpers, a value rather than a yes or no."""
    ranks: dict[int, tuple[tuple[bool, bool], int]] = {}
    for atom in range(1, len(names)):
        variable = model.variables[owner[atom]]
        rank = (not variable.decision, variable.kind is not Kind.ENUMERATION)
        name = names[atom]
        literal = atom if name > 0 else -atom
        if abs(name) != len(names) and (abs(name) not in ranks or rank < ranks[abs(name)][0]):
            ranks[abs(name)] = (rank, literal)
    return {name: literal for name, (_, literal) in ranks.items()}


def _renamed(better: dict[int, int], name: int) -> int:
    found = better.get(abs(name), abs(name))
    return found if name > 0 else -found


def _own_names(names: list[int], atoms: range) -> Iterator[Constraint]:
    """Give values their own names back, and say in clauses what they are equal to."""
    truth = len(names)
    for atom in atoms:
        name = names[atom]
        if name == atom:
            continue
        names[atom] = atom
        if abs(name) == truth:
            yield (atom if name > 0 else -atom,)
        else:
            yield (-atom, name)
            yield (atom, -name)


def _count(form: Normal, group: Cardinality) -> Iterator[Constraint]:
    """A count over names, what is decided counted already; nothing when it always holds."""
    when = [form.name(each) for each in group.when]
    if -form.truth in when:
        return
    unless = tuple(-each for each in when if each != form.truth)
    named = [form.name(each) for each in group.literals]
    held = named.count(form.truth)
    literals = tuple(each for each in named if abs(each) != form.truth)
    most = len(literals) if group.maximum is None else min(group.maximum - held, len(literals))
    least = max(group.minimum - held, 0)
    if most < least:
        yield unless
    elif least > 0 or most < len(literals):
        yield Cardinality(literals, least, most, group.rule, tuple(-each for each in unless))


def _components(form: Normal, constraints: Iterable[Constraint]) -> tuple[Component, ...]:
    """Constraints joined wherever they share a variable, the smallest components first."""
    parent: dict[int, int] = {}

    def top(variable: int) -> int:
        while (above := parent.setdefault(variable, variable)) != variable:
            parent[variable] = variable = parent.setdefault(above, above)
        return variable

    scopes = [(form.scope(each), each) for each in constraints]
    for scope, _ in scopes:
        for each in scope:
            parent[top(each)] = top(scope[0])
    members: dict[int, list[int]] = {}
    for each in sorted(parent):
        members.setdefault(top(each), []).append(each)
    # Constraints that nothing is left of but true or false stand together under no variable at all.
    asked: dict[int, list[Constraint]] = {}
    for scope, constraint in scopes:
        asked.setdefault(top(scope[0]) if scope else -1, []).append(constraint)
    found = [Component(tuple(members.get(at, ())), tuple(some)) for at, some in asked.items()]
    return tuple(sorted(found, key=lambda each: (len(each.variables), each.variables)))
