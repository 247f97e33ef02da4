"""Building a solver problem step by step: formats and the product-model compiler both write through this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from engine.configuration.model import (
    STRUCTURE,
    Bound,
    Cardinality,
    Clause,
    Kind,
    Model,
    Preference,
    Rule,
    Sum,
    Table,
    Term,
    Value,
    Variable,
)
from engine.diagnostics import Diagnostic, Span


class ModelBuilder:
    """Collects variables and constraints; variables are referred to by the index that creating them returned.

    Literals come from :meth:`is_`, :meth:`at_least` and :meth:`truth`; negate one for "not". Every constraint takes the
    number of the rule to blame, from :meth:`rule`; ``STRUCTURE`` blames nobody.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: list[Diagnostic] = []
        self._variables: list[Variable] = []
        self._index: dict[str, int] = {}
        self._positions: dict[int, dict[Value, int]] = {}
        self._rules: list[Rule] = []
        self._clauses: list[Clause] = []
        self._tables: list[Table] = []
        self._cardinalities: list[Cardinality] = []
        self._sums: list[Sum] = []
        self._preferences: list[Preference] = []
        self._bounds: dict[tuple[int, int], Bound] = {}
        self._exact: dict[tuple[int, int], int] = {}
        self._spelt: list[Clause] = []
        self._atoms = 0
        self._truth = 0

    def rule(self, rule_id: str, message: str = "", span: Span | None = None) -> int:
        """Register a rule and return its number."""
        self._rules.append(Rule(rule_id, message, span))
        return len(self._rules) - 1

    def boolean(self, name: str, *, decision: bool = True, span: Span | None = None) -> int:
        """A yes-or-no variable; returns its index."""
        return self._add(Variable(name, Kind.BOOLEAN, self._new_atoms(1), (False, True), decision=decision, span=span))

    def enumeration(
        self, name: str, values: Sequence[Value], *, decision: bool = True, span: Span | None = None
    ) -> int:
        """A variable that takes exactly one of the values (at least one is given, all different)."""
        assert values, f"variable {name} has no values"
        first = self._new_atoms(len(values))
        return self._add(Variable(name, Kind.ENUMERATION, first, tuple(values), decision=decision, span=span))

    def quantity(
        self, name: str, minimum: int, maximum: int, *, decision: bool = True, span: Span | None = None
    ) -> int:
        """A whole number from ``minimum`` to ``maximum``, both included."""
        assert minimum <= maximum, f"variable {name} has an empty range"
        variable = Variable(name, Kind.QUANTITY, 0, (), minimum, maximum, decision, span)
        return self._add(variable)

    def variable(self, index: int) -> Variable:
        """The variable of that index."""
        return self._variables[index]

    def index_of(self, name: str) -> int | None:
        """The index of a variable by name, or None."""
        return self._index.get(name)

    def truth(self) -> int:
        """A literal that always holds; its negative never does."""
        if not self._truth:
            self._truth = self._variables[self.boolean(self._free("(true)"), decision=False)].first
            self.clause((self._truth,))
        return self._truth

    def is_(self, index: int, value: Value) -> int:
        """The literal "variable has this value"; a value outside the domain gives a literal that never holds."""
        variable = self._variables[index]
        if variable.kind is Kind.BOOLEAN:
            return variable.first if value else -variable.first
        if variable.kind is Kind.QUANTITY:
            assert isinstance(value, int), "a quantity has whole values"
            return self._equals(index, value)
        if index not in self._positions:
            self._positions[index] = {each: at for at, each in enumerate(variable.values)}
        position = self._positions[index].get(value)
        return -self.truth() if position is None else variable.first + position

    def at_least(self, index: int, bound: int) -> int:
        """The literal "quantity >= bound"."""
        variable = self._variables[index]
        if bound <= variable.minimum:
            return self.truth()
        if bound > variable.maximum:
            return -self.truth()
        key = (index, bound)
        if key not in self._bounds:
            self._bounds[key] = Bound(self._new_atoms(1), index, bound)
        return self._bounds[key].atom

    def auxiliary(self) -> int:
        """A boolean that only helps to state a rule; returns its index."""
        return self.boolean(self._free(f"(part {len(self._variables)})"), decision=False)

    def both(self, first: int, second: int) -> int:
        """A literal that holds exactly when both literals hold."""
        made = self._variables[self.auxiliary()].first
        self.clause((-made, first))
        self.clause((-made, second))
        self.clause((made, -first, -second))
        return made

    def clause(self, literals: Iterable[int], rule: int = STRUCTURE) -> None:
        """At least one literal holds; a clause that always holds is dropped."""
        unique = tuple(dict.fromkeys(literals))
        if not any(-each in unique for each in unique):
            self._clauses.append(Clause(unique, rule))

    def table(
        self, variables: Sequence[int], rows: Iterable[tuple[int, ...]], rule: int = STRUCTURE, *, allowed: bool = True
    ) -> None:
        """Only these rows (or all but these) are valid; cells are positions in each variable's ``values``."""
        self._tables.append(Table(tuple(variables), tuple(dict.fromkeys(rows)), rule, allowed))

    def cardinality(
        self,
        literals: Sequence[int],
        minimum: int,
        maximum: int | None,
        rule: int = STRUCTURE,
        *,
        when: Sequence[int] = (),
    ) -> None:
        """Between ``minimum`` and ``maximum`` of the literals hold whenever all of ``when`` do."""
        self._cardinalities.append(Cardinality(tuple(literals), minimum, maximum, rule, tuple(when)))

    def at_most(
        self,
        terms: Iterable[Term],
        bound: int,
        rule: int = STRUCTURE,
        *,
        when: Sequence[int] = (),
        spelt: bool = False,
    ) -> None:
        """The terms add up to ``bound`` or less whenever all of ``when`` hold; ``spelt``: clauses say so already."""
        self._sums.append(Sum(tuple(each for each in terms if each.coefficient), bound, rule, tuple(when), spelt))

    def spell(self, literals: Iterable[int], rule: int = STRUCTURE) -> None:
        """A clause that follows from the sums and makes the search for them short."""
        self._spelt.append(Clause(tuple(dict.fromkeys(literals)), rule))

    def no_less(self, terms: Iterable[Term], bound: int, rule: int = STRUCTURE, *, when: Sequence[int] = ()) -> None:
        """The terms add up to ``bound`` or more whenever all of ``when`` hold."""
        self.at_most((Term(-each.coefficient, each.literal, each.quantity) for each in terms), -bound, rule, when=when)

    def prefer(self, literal: int, weight: int = 1, rule: int = STRUCTURE) -> None:
        """Completions try to make the literal hold, or with a weight below zero to make it fail."""
        if weight:
            self._preferences.append(Preference(literal if weight > 0 else -literal, abs(weight), rule))

    def build(self) -> Model:
        """The finished, immutable problem."""
        return Model(
            name=self.name,
            variables=tuple(self._variables),
            rules=tuple(self._rules),
            clauses=tuple(self._clauses),
            tables=tuple(self._tables),
            cardinalities=tuple(self._cardinalities),
            sums=tuple(self._sums),
            preferences=tuple(self._preferences),
            bounds=tuple(self._bounds.values()),
            spelt=tuple(self._spelt),
            atom_count=self._atoms,
            index=MappingProxyType(dict(self._index)),
            notes=tuple(self.notes),
        )

    def _new_atoms(self, count: int) -> int:
        first = self._atoms + 1
        self._atoms += count
        return first

    def _add(self, variable: Variable) -> int:
        assert variable.name not in self._index, f"variable {variable.name} is there already"
        self._index[variable.name] = len(self._variables)
        self._variables.append(variable)
        return len(self._variables) - 1

    def _equals(self, index: int, value: int) -> int:
        variable = self._variables[index]
        if not variable.minimum <= value <= variable.maximum:
            return -self.truth()
        if (index, value) in self._exact:
            return self._exact[index, value]
        low, high = self.at_least(index, value), -self.at_least(index, value + 1)
        name = self._free(f"({variable.name} = {value})")
        made = self._variables[self.boolean(name, decision=False)].first
        self.clause((-made, low))
        self.clause((-made, high))
        self.clause((made, -low, -high))
        self._exact[index, value] = made
        return made

    def _free(self, name: str) -> str:
        """The name, or one like it that no variable has yet: files may name theirs as they like."""
        while name in self._index:
            name += "'"
        return name
