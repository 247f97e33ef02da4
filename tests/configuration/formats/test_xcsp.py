"""XCSP 2.1 and 3, the archive of the megane, and files packed and hostile."""

from __future__ import annotations

import io
import lzma
import tarfile

import pytest

from engine.configuration import Choice, State
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.archive import members
from engine.configuration.formats.megane import read_megane
from engine.configuration.formats.xcsp import read_xcsp
from engine.diagnostics import DiagnosticError
from tests.configuration.formats.reading import XCSP, count, error_of, names


def test_xcsp_tables_of_supports_and_conflicts() -> None:
    model = read_xcsp(XCSP.encode(), "t.xcsp.xml")
    state = configurator_for(model).configure([])
    assert isinstance(state, State)
    assert state.domain("x").possible == (0, -1) and state.domain("y").possible == (2, 4)
    why = configurator_for(model).explain([Choice("y", 3)])
    assert why is not None and [each.id for each in why.rules] == ["c1"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('reference="R1"', 'reference="global:allDifferent"', "MDL021: constraint `c1` refers to"),
        ('scope="y"', 'scope="z"', "MDL020: constraint `c1` names a variable that is not there"),
        ('semantics="conflicts"', 'semantics="soft"', "MDL021: semantics `soft` is not supported"),
        ("0 2|0 3", "0 2|0", "MDL020: row `0` does not have 2 values"),
        ("</instance>", "", "MDL020: the file is no well-formed XML"),
        ("<constraints nb", "<predicates/><constraints nb", "MDL021: `<predicates>` is not supported"),
    ],
)
def test_an_unknown_xcsp_construct_is_named(old: str, new: str, expected: str) -> None:
    assert expected in error_of(XCSP.replace(old, new), "t.xcsp.xml")


def test_entities_in_xml_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aa">]><instance>&a;</instance>'
    with pytest.raises(Exception, match="[Ee]ntit"):
        read_xcsp(bomb.encode(), "t.xcsp.xml")


def packed(files: dict[str, str]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return lzma.compress(whole.getvalue())


def test_the_megane_archive_holds_domains_and_tables() -> None:
    files = {
        "m/domains.txt": "// A : a1, a2\n// B : b1, b2, b3\n",
        "m/rule1.pm": "/or(\nA = a1  and B = b1\nA = a2 and B = b3 )\n",
    }
    model = read_megane(packed(files), "m.tar.xz")
    assert count(model) == 2 and [each.id for each in model.rules] == ["rule1.pm"]
    broken = packed(files | {"m/rule1.pm": "A = a1 and C = x\n"})
    with pytest.raises(DiagnosticError, match="m.tar.xz/m/rule1.pm:1:1: MDL030: unknown variable `C`"):
        read_megane(broken, "m.tar.xz")
    with pytest.raises(DiagnosticError, match="no tar.xz archive"):
        read_megane(b"nothing", "m.tar.xz")


def test_an_archive_that_ends_early_is_refused() -> None:
    whole = lzma.decompress(packed({"a": "x" * 600}))
    assert members(whole) == {"a": b"x" * 600}
    with pytest.raises(ValueError, match="ends early"):
        members(whole[:700])


XCSP3 = """<instance format="XCSP3" type="CSP">
<variables>
<var id="x"> 0 1 -1 </var>
<array id="y" size="[2]"> 2..4 </array>
<var id="z" as="x"/>
</variables>
<constraints>
<extension id="first"><list> x y[0] </list><supports> (0,2)(0,3)(-1,*) </supports></extension>
<block>
<group><extension><list> %0 </list><conflicts> 3 </conflicts></extension><args> y[0] </args><args> y[1] </args></group>
</block>
</constraints>
</instance>
"""


def test_xcsp3_arrays_groups_and_short_tables() -> None:
    model = read_xcsp(XCSP3.encode(), "m.xcsp.xml")
    assert names(model) == ["x", "y[0]", "y[1]", "z"]
    assert model.variables[3].values == (0, 1, -1)
    # x 0 with y[0] 2, or x -1 with y[0] 2 or 4 (3 is forbidden); y[1] is 2 or 4; z is free
    assert count(model) == 3 * 2 * 3
    assert [each.id for each in model.rules] == ["first", "constraint 2", "constraint 3"]
    assert str(model.rules[0].span) == "m.xcsp.xml:8:1"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<block>", "<intension> eq(x,z) </intension><block>", "m.xcsp.xml:9:1: MDL021: `<intension>` constraints"),
        (" x y[0] ", " x w ", "m.xcsp.xml:8:23: MDL020: unknown variable `w`"),
        ("(0,2)", "(0,2,1)", "m.xcsp.xml:8:44: MDL020: row `(0,2,1)` does not have 2 values"),
        ("2..4", "2..9999999", "m.xcsp.xml:4:1: MDL021: more than 100000 values"),
        ('size="[2]"', 'size="[9999999]"', "m.xcsp.xml:4:1: MDL020: array `y` has no size or more than 100000"),
        ('as="x"', 'as="q"', "m.xcsp.xml:5:1: MDL020: `z` is to be like `q`, which is not there"),
        ("%0", "%7", "m.xcsp.xml:10:19: MDL020: there is no argument `%7`"),
        ("(0,3)", "(0,three)", "m.xcsp.xml:8:44: MDL020: `three` is no whole number"),
        ("<constraints>", "<objectives/><constraints>", "m.xcsp.xml:7:1: MDL021: `<objectives>` is not supported"),
        ("</instance>", "</instanz>", "m.xcsp.xml:13:3: MDL020: the file is no well-formed XML"),
    ],
)
def test_what_xcsp3_files_hold_beyond_tables_is_named(old: str, new: str, expected: str) -> None:
    assert error_of(XCSP3.replace(old, new), "m.xcsp.xml").startswith(expected)


BOMB = "".join(f'<!ENTITY e{at + 1} "{f"&e{at};" * 10}">' for at in range(12))


@pytest.mark.parametrize("path", ["m.xcsp.xml", "m.featureide.xml"])
def test_hostile_xml_is_refused(path: str) -> None:
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "lol">{BOMB}]><instance>&e12;</instance>'
    assert "declares entities or refers to other files" in error_of(bomb, path)
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><instance>&e;</instance>'
    assert "declares entities or refers to other files" in error_of(outside, path)
    assert "nested deeper than 200" in error_of("<a>" * 5000 + "</a>" * 5000, path)


def test_packed_files_are_bounded() -> None:
    grown = lzma.compress(b"\0" * (257 * 2**20), preset=0)
    with pytest.raises(DiagnosticError, match="unpacks to more than 268435456 bytes"):
        read_megane(grown, "m.tar.xz")
    header = bytearray(512)
    header[:5] = b"a.txt"
    header[124:136] = b"-0000000777\0"
    with pytest.raises(ValueError, match="has no size"):
        members(bytes(header))
