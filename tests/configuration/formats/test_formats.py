"""DIMACS, SXFM and FeatureIDE, and writing what was read."""

from __future__ import annotations

import pytest

from engine.configuration.formats.dimacs import read_dimacs
from engine.configuration.formats.featureide import read_featureide
from engine.configuration.formats.reader import read_model
from engine.configuration.formats.sxfm import read_sxfm
from engine.configuration.formats.uvl import read_uvl
from engine.configuration.formats.writer import write_model
from engine.diagnostics import DiagnosticError
from tests.configuration.formats.reading import UVL, XCSP, count, error_of, names


def test_dimacs_names_clauses_and_drops_what_always_holds() -> None:
    text = "c 1 root\nc 2 wheel\nc 3 wheel\np cnf 4 3\n1 0\n-2\n-3 0\n4 -4 0\n"
    model = read_dimacs(text.encode(), "bike.dimacs")
    assert names(model) == ["root", "wheel", "wheel#3", "4"]
    assert [each.literals for each in model.clauses] == [(1,), (-2, -3)]
    assert count(model) == 6  # root is there, three of four wheel pairs, anything for 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 0\n", "m.cnf:1:1: MDL001: a clause stands before the `p cnf` line"),
        ("p cnf 2 1\n1 x 0\n", "m.cnf:2:3: MDL001: a clause holds whole numbers only"),
        ("p cnf 2 1\n1 3 0\n", "m.cnf:2:3: MDL001: `3` is above the 2 variables declared"),
        ("p cnf 2 1\n1 2\n", "m.cnf:2:1: MDL001: the last clause does not end in 0"),
        ("p sat 2\n", "m.cnf:1:1: MDL001: malformed problem line; write `p cnf <variables> <clauses>`"),
        ("", "m.cnf:1:1: MDL001: no `p cnf` line; a DIMACS file starts with `p cnf <variables> <clauses>`"),
    ],
)
def test_a_broken_dimacs_file_is_named_with_its_place(text: str, expected: str) -> None:
    assert error_of(text, "m.cnf") == expected


SXFM = """<feature_model name="phone">
<feature_tree>
:r phone (p)
	:m screen (s)
		:g [1,1]
			: color (c)
			: grey (g)
	:o camera (k)
	:o gps
		:o screen
</feature_tree>
<constraints>
c1: ~k or c
</constraints>
</feature_model>
"""


def test_sxfm_trees_groups_and_constraints() -> None:
    model = read_sxfm(SXFM.encode(), "phone.sxfm")
    assert names(model) == ["phone", "screen", "color", "grey", "camera", "gps", "screen@screen"]
    # colour: with or without camera, grey: without; times gps none, alone or with its child
    assert count(model) == 3 * 3
    assert [each.id for each in model.rules][-2:] == ["c1", "group of screen"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("~k or c", "~k or kk", "p.sxfm:13:1: MDL011: unknown feature `kk`"),
        (":o camera", ":x camera", "p.sxfm:8:2: MDL010: a feature outside a group is `:m` or `:o`"),
        (":g [1,1]", ":g one", "p.sxfm:5:3: MDL010: a group stands below a feature and has limits such as `[1,*]`"),
        (":r phone (p)", "phone", "p.sxfm:3:1: MDL010: a feature line starts with `:r`, `:m`, `:o`, `:g` or `:`"),
    ],
)
def test_a_broken_sxfm_file_is_named_with_its_place(old: str, new: str, expected: str) -> None:
    assert error_of(SXFM.replace(old, new), "p.sxfm").startswith(expected)


def test_the_tags_of_sxfm_may_stand_on_lines_of_features() -> None:
    inline = SXFM.replace("<feature_tree>\n", "<feature_tree>").replace(
        "\n</feature_tree>\n<constraints>\n", "</feature_tree><constraints>"
    )
    assert inline.count("\n") == SXFM.count("\n") - 4
    model = read_sxfm(inline.encode(), "phone.sxfm")
    assert (names(model), count(model)) == (names(read_sxfm(SXFM.encode(), "phone.sxfm")), 9)


FEATUREIDE = """<extendedFeatureModel>
<struct>
<and mandatory="true" name="car">
<alt mandatory="true" name="gear"><feature name="manual"/><feature name="automatic"/></alt>
<or name="extras"><feature name="radio"/><feature name="hook"/></or>
</and>
</struct>
<constraints>
<rule><imp><var>hook</var><not><var>automatic</var></not></imp></rule>
</constraints>
</extendedFeatureModel>
"""


def test_featureide_structures_and_rules() -> None:
    model = read_featureide(FEATUREIDE.encode(), "car.featureide.xml")
    # manual: no extras, or one of three sets; automatic: no extras or the radio
    assert count(model) == 4 + 2
    assert "unknown feature `automatc`; did you mean `automatic`?" in error_of(
        FEATUREIDE.replace("<var>automatic", "<var>automatc"), "car.featureide.xml"
    )
    assert "MDL041: `<xor>`" in error_of(
        FEATUREIDE.replace("<imp>", "<xor>").replace("</imp>", "</xor>"), "car.featureide.xml"
    )


@pytest.mark.parametrize("path", ["out.uvl", "out.dimacs"])
@pytest.mark.parametrize(
    "source", [(SXFM, "p.sxfm"), (XCSP, "t.xcsp.xml"), (FEATUREIDE, "car.featureide.xml")], ids=lambda each: each[1]
)
def test_writing_and_reading_back_keeps_every_configuration(source: tuple[str, str], path: str) -> None:
    model = read_model(source[0].encode(), source[1])
    again = read_model(write_model(model, path), path)
    assert count(again) == count(model)


def test_what_a_format_cannot_say_is_refused() -> None:
    model = read_uvl(UVL.encode(), "bike.uvl")
    with pytest.raises(DiagnosticError, match="quantity `Gears .value.` cannot be written"):
        write_model(model, "out.dimacs")
    with pytest.raises(DiagnosticError, match="unknown target format"):
        write_model(model, "out.pdf")
    assert "MDL003: unknown model format" in error_of("", "x.doc")


def test_hostile_sizes_and_names_are_bounded() -> None:
    assert "999999999 variables; 1000000 are read at most" in error_of("p cnf 999999999 1\n1 0\n", "m.cnf")
    twins = read_dimacs(b"c 1 a\nc 2 a#3\nc 3 a\np cnf 3 0\n", "m.cnf")
    assert names(twins) == ["a", "a#3", "a#3#3"]
    huge = "features\n\tBike\n\t\toptional\n\t\t\tBell cardinality [1..9999999999]\n"
    assert "m.uvl:4:9: MDL051: a feature cardinality is at most 1000000" in error_of(huge, "m.uvl")
    for deep in ("(" * 5000 + "Bike" + ")" * 5000, "!" * 5000 + "Bike", "(Bike <=> Bike => Bike | Bike & (" * 500):
        text = f"features\n\tBike\nconstraints\n\t{deep}\n"
        assert "nested deeper than 200" in error_of(text, "m.uvl")
    taken = 'features\n\tBike\n\t\toptional\n\t\t\t"(true)"\n\t\t\t"(part 3)"\nconstraints\n\tBike & 1 <= 2\n'
    assert count(read_uvl(taken.encode(), "m.uvl")) == 4


def test_unknown_parts_of_old_formats_are_named() -> None:
    assert error_of(SXFM + "<extra/>\n", "p.sxfm") == "p.sxfm:16:1: MDL012: `<extra/>` is not supported here"
    more = "<featureModel><struct><feature name='a'/></struct><colours/></featureModel>"
    assert error_of(more, "m.featureide.xml").startswith("m.featureide.xml:1:51: MDL041: `<colours>` is not supported")
