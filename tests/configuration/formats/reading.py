"""Small files of two formats, and questions about models that were read."""

from __future__ import annotations

import pytest

from engine.configuration import Choice, Model
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.reader import read_model
from engine.diagnostics import DiagnosticError


def names(model: Model) -> list[str]:
    return [each.name for each in model.variables if each.decision]


def count(model: Model, *choices: Choice) -> int:
    found = configurator_for(model).count(choices)
    assert isinstance(found, int)
    return found


def error_of(text: str, path: str) -> str:
    with pytest.raises(DiagnosticError) as caught:
        read_model(text.encode(), path)
    return str(caught.value.diagnostics[0])


XCSP = """<instance>
<presentation format="XCSP 2.1"/>
<domains nbDomains="2">
<domain name="D0" nbValues="3">0 1 -1</domain>
<domain name="D1" nbValues="3">2..4</domain>
</domains>
<variables nbVariables="2"><variable name="x" domain="D0"/><variable name="y" domain="D1"/></variables>
<relations nbRelations="2">
<relation name="R0" arity="2" nbTuples="3" semantics="supports">0 2|0 3|-1 4</relation>
<relation name="R1" arity="1" nbTuples="1" semantics="conflicts">3</relation>
</relations>
<constraints nbConstraints="2">
<constraint name="c0" arity="2" reference="R0" scope="x y"/>
<constraint name="c1" arity="1" reference="R1" scope="y"/>
</constraints>
</instance>
"""

UVL = """features
    Bike
        mandatory
            Frame {Weight 3.5, Price 10}
            Integer Gears
        [1..2]
            Bell {Weight 1}
            Bag cardinality [1..3] {Weight 2}
            Lamp {Weight 0.5}
        optional
            String Colour
constraints
    sum(Weight) <= 6
    Gears > 2 => !Bag
    Colour == 'red' => Lamp
    Gears <= 3
"""
