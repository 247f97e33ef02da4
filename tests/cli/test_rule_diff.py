"""``cpq rules diff``: what is shown of two books that differ, and its exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.cli.command import main
from tests.scenarios.test_how_to import examples


@pytest.fixture
def books(tmp_path: Path) -> tuple[str, str]:
    for name in ("old", "new"):
        for path, content in examples().items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return str(tmp_path / "old"), str(tmp_path / "new")


def test_what_differs_is_shown_with_its_price(books: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(books[1]) / "discounts/2026.yaml"
    path.write_text(path.read_text().replace("line.qty >= 5", "line.qty >= 6"))
    assert main(["rules", "diff", *books]) == 1
    shown = [re.sub(r" +$", "", each) for each in capsys.readouterr().out.splitlines()]
    # 540.00 with ten percent, 5 x 120.00 = 600.00 without
    assert shown == [
        "~ discount edu-10  discounts/2026.yaml:6",
        '    when: customer.segment = "edu" and line.qty >= 5 -> customer.segment = "edu" and line.qty >= 6',
        "1 rule differs",
        "",
        "example quote                 net before  net after  difference",
        "five oak chairs for a school      540.00     600.00      +60.00",
        "1 of 3 example quotes costs something else",
    ]
    assert main(["rules", "diff", *books, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(each["change"], each["kind"], each["id"], each["line"]) for each in told["rules"]] == [
        ("changed", "discount", "edu-10", 6)
    ]
    assert told["rules"][0]["was"] == {"path": "discounts/2026.yaml", "line": 6}
    path.write_text("# moved\n" + path.read_text())
    main(["rules", "diff", *books])
    assert "~ discount edu-10  discounts/2026.yaml:6 -> discounts/2026.yaml:7\n" in capsys.readouterr().out
    (quote,) = told["quotes"]
    assert (quote["net_before"], quote["net_after"]) == ("540.00", "600.00")
    assert [(each["before"], each["after"]) for each in quote["lines"]] == [("540.00", "600.00")]


def test_of_long_parts_what_differs_is_shown(books: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(books[1]) / "constraints/dining.yaml"
    path.write_text(path.read_text().replace("* 45 <=", "* 50 <="))
    assert main(["rules", "diff", *books]) == 1
    (shown,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith("    require: ")]
    before, after = shown.removeprefix("    require: ").split(" -> ")
    assert "* 45" in before and "* 50" in after


def test_books_that_say_the_same_do_not_differ(books: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "diff", *books]) == 0
    assert capsys.readouterr().out == "0 rules differ\n0 of 3 example quotes cost something else\n"


def test_a_book_that_cannot_be_used_is_told(books: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(books[1]) / "discounts/2026.yaml"
    path.write_text(path.read_text().replace("give: 10", "giv: 10"))
    assert main(["rules", "diff", *books]) == 2, "1 says that the books differ"
    message = "FLD001: the key `giv` is not known in a discount; did you mean `give`?"
    told = capsys.readouterr().err
    assert f"the rules in `{books[1]}` cannot be used" in told
    assert re.search(rf"^  {re.escape(str(path))}:\d+:\d+: {re.escape(message)}", told, re.MULTILINE)
    assert main(["rules", "diff", *books, "--json"]) == 2
    (finding,) = json.loads(capsys.readouterr().out)["error"]["findings"]
    assert (finding["code"], finding["path"]) == ("FLD001", str(path))
    assert main(["rules", "diff", books[0], "none"]) == 2
