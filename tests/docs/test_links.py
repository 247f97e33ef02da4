"""Links between the pages lead somewhere, and the index of ``docs/`` names every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def links(page: Path) -> list[str]:
    """The links of a page to other pages or inside it."""
    return [each for each in LINK.findall(CODE.sub("", page.read_text())) if not each.startswith(("http", "mailto:"))]


def anchors(page: Path) -> set[str]:
    """What a heading is reached by, as hosts of Markdown make it."""
    heads = re.findall(r"^#+ +(.*)$", page.read_text(), re.MULTILINE)
    named = re.findall(r'<a (?:id|name)="([^"]+)"', page.read_text())
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in heads} | set(named)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for link in links(page):
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_the_index_names_every_page() -> None:
    index = DOCS / "README.md"
    named = {(DOCS / each).resolve() for each in links(index)}
    pages = {each for each in DOCS.rglob("*.md") if each.parent.name != "decisions"} - {index}
    assert sorted(each.relative_to(DOCS).as_posix() for each in pages - named) == []
    assert "docs/README.md" in links(ROOT / "README.md")
