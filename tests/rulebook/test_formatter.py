"""One layout for rule files, comments and values kept (engine.rulebook.formatter)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rulebook.formatter import format_file, unformatted

UGLY = """\
# yaml-language-server: $schema=x
groups:
- {id: promo,   pick: best_for_customer,  at_most: 1}   # one only


- id:    partner
  cap: 15 %
discounts:
    - id: edu-10
      when: customer.segment = "edu" and line.qty >= 5{blanks}
      give: 10 % off unit
      say: 'it''s for "schools"'
      # a thought
      price: 80.90
"""
NEAT = """\
# yaml-language-server: $schema=x
groups:
  - {id: promo, pick: best_for_customer, at_most: 1}    # one only


  - id: partner
    cap: 15 %
discounts:
  - id: edu-10
    when: customer.segment = "edu" and line.qty >= 5
    give: 10 % off unit
    say: 'it''s for "schools"'
      # a thought
    price: 80.90
"""


def test_layout_changes_and_nothing_else() -> None:
    assert format_file("a.yaml", UGLY.replace("{blanks}", "   ").encode()).decode() == NEAT


def test_what_is_neat_stays() -> None:
    again = format_file("a.yaml", NEAT.encode())
    assert format_file("a.yaml", again) == again


def test_a_faulty_file_stays_as_it_is() -> None:
    for text in ("a: [1\n", "a: 1\na: 2\n", "a: *b\n", "\ta: 1\n"):
        assert format_file("a.yaml", text.encode()) == text.encode()


def test_tables_lose_blanks_and_needless_quotes() -> None:
    ugly = '# p ; hit=UNIQUE  \n# more\nline.sku , out: x\n"A" ,  1.50\n\n"B, C","say ""hi"""\r\n'
    assert (
        format_file("p.csv", ugly.encode()).decode()
        == '# p ; hit=UNIQUE\n# more\nline.sku,out: x\nA,1.50\n"B, C","say ""hi"""\n'
    )


def test_other_files_are_left_alone() -> None:
    assert format_file("a.xlsx", b"\x00") == b"\x00"


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,6}", fullmatch=True),
        st.from_regex(r"[a-z0-9.]{1,8}( [a-z0-9]{1,5}){0,2}", fullmatch=True),
        min_size=1,
    )
)
def test_formatting_twice_is_formatting_once(record: dict[str, str]) -> None:
    text = "".join(f"{key}:   {value}\n" for key, value in record.items()).encode()
    once = format_file("a.yaml", text)
    assert format_file("a.yaml", once) == once


def test_a_file_that_is_read_and_cannot_be_laid_out_stays_and_is_named() -> None:
    for text, place in (("a:\n  - [sa\tles, b]\n", "2:9"), ("a:\n  - id: install-st\t x\n", "2:19")):
        assert format_file("a.yaml", text.encode()) == text.encode()
        (found,) = unformatted("a.yaml", text.encode())
        assert str(found) == (
            f"a.yaml:{place}: YML003: the file cannot be laid out from here on; use spaces instead of tabs"
        )
