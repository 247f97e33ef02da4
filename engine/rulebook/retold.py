"""What differs between two rule books in the words of their authors: the keys and texts of the files on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.diagnostics import Span
from engine.rulebook.authored import Authored, Passage
from engine.rulebook.difference import Change, RuleChange

HEAD = "book.yaml"
FACTS = "facts."
TERMS = "terms"


def in_authors_words(changes: Iterable[RuleChange], old: Authored, new: Authored) -> tuple[RuleChange, ...]:
    """Changes by the keys and texts of the files; what one record or row says of several rules is told once.

    A rule whose own passage is as it was (it follows another one, such as the defaults of its file) keeps the words of
    the engine, and so does what is added or gone.
    """
    found: list[RuleChange] = []
    told: set[tuple[str, int, str, int]] = set()
    for each in changes:
        for change, before, after in _told(each, old, new):
            parts = () if before is None or after is None else _differing(before, after)
            if before is None or after is None or not parts:
                found.append(change)
                continue
            key = before.path, before.line, after.path, after.line
            if change.kind == "fact" or key not in told:
                told.add(key)
                was = change.was or Span(before.path, before.lines.get(parts[0][0], before.line))
                span = change.span or Span(after.path, after.lines.get(parts[0][0], after.line))
                found.append(replace(change, id=after.name or change.id, parts=parts, was=was, span=span))
    return tuple(found)


def _told(
    change: RuleChange, old: Authored, new: Authored
) -> Iterator[tuple[RuleChange, Passage | None, Passage | None]]:
    """A change with what says it before and after; terms are told file by file."""
    if change.change is not Change.CHANGED:
        yield change, None, None
    elif change.kind == "fact":
        start = f"{FACTS}{change.id}."
        yield change, _part(old.whole(HEAD), start), _part(new.whole(HEAD), start)
    elif change.kind in ("book", TERMS):
        yield from _of_files(change, old, new)
    else:
        yield change, old.around(change.was), new.around(change.span)


def _of_files(
    change: RuleChange, old: Authored, new: Authored
) -> Iterator[tuple[RuleChange, Passage | None, Passage | None]]:
    """What holds for the whole book: its head, and the files of terms, tax among them."""
    pairs = [(path, old.whole(path), new.whole(path)) for path in new.paths(TERMS)]
    found = [(replace(change, kind=TERMS, id=path), before, after) for path, before, after in pairs]
    if change.kind == "book":
        found.insert(0, (change, _part(old.whole(HEAD), ""), _part(new.whole(HEAD), "")))
    differing = [each for each in found if each[1] and each[2] and each[1].said != each[2].said]
    yield from differing or [(change, None, None)]


def _part(head: Passage | None, start: str) -> Passage | None:
    """What the head of a book says of a fact, or beside its facts."""
    if head is None:
        return None
    wanted = {key: text for key, text in head.said.items() if key.startswith(start or FACTS) == bool(start)}
    return replace(head, said=wanted)


def _differing(before: Passage, after: Passage) -> tuple[tuple[str, str, str], ...]:
    names = dict.fromkeys([*before.said, *after.said])
    told = ((name, before.said.get(name, ""), after.said.get(name, "")) for name in names)
    return tuple(each for each in told if each[1] != each[2])
