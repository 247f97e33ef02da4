"""Findings that only come of a file that cannot be read: what names its contents is not at fault."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from engine.diagnostics import Diagnostic, Span, counted
from engine.rulebook.codes import warning

BOOK_FILE = "book.yaml"
_EVERYWHERE = ("", "catalog", "constraints", "tables", "prices", "discounts", "approvals", "terms", "tests")
NAMED_IN: Mapping[str, Sequence[str]] = {
    "": _EVERYWHERE,
    "catalog": _EVERYWHERE,
    "tables": ("tables", "prices", "discounts", "approvals", "tests"),
    "constraints": ("constraints", "catalog", "tests"),
    "prices": ("catalog", "prices", "discounts", "approvals", "tests"),
    "discounts": ("catalog", "prices", "discounts", "tests"),
    "approvals": ("approvals", "tests"),
    "terms": ("catalog", "prices", "terms", "tests"),
    "tests": (),
}
"""Where what a folder declares is named, counted, or expected to be there; the empty name is ``book.yaml``."""

_ABOUT_OTHERS = frozenset(
    "FIL003 TBL003 CAT001 CAT003 CAT005 CAT007 CAT009 CST001 CST002 CST003 CFG101 CFG103 "
    "PRC101 PRC103 PRC105 PRC108 PRC109 PRC201 PRC205 PRC207 PRC209 PRC211 PRC213 "
    "DSC202 DSC203 DSC204 APR301 APR302 TRM401 TST501 "
    "FEL101 FEL102 FEL103 FEL106 FEL107 FEL108 FEL109 FEL111 FEL112 FEL116 FEL117 FEL122 FEL201 FEL203".split()
)
"""Codes that may say no more than that something is not declared elsewhere."""


def without_follow_ons(found: Sequence[Diagnostic], unreadable: Collection[str]) -> tuple[Diagnostic, ...]:
    """The findings without those that may come of unreadable files, and one that says how many are not shown."""
    if not unreadable:
        return tuple(found)
    reached = {folder for path in unreadable for folder in NAMED_IN.get(_folder(path), _EVERYWHERE)}
    kept = [
        each
        for each in found
        if each.code not in _ABOUT_OTHERS or each.span.path in unreadable or _folder(each.span.path) not in reached
    ]
    left_out = len(found) - len(kept)
    if left_out:
        first = min(unreadable)
        what = (
            f"{counted(left_out, 'finding')} elsewhere {'is not shown: it' if left_out == 1 else 'are not shown: they'}"
        )
        names = ", ".join(f"`{each}`" for each in sorted(unreadable)[:3])
        kept.append(
            warning("FIL007", f"{what} may come of what cannot be read here", Span(first), f"correct {names} first")
        )
    return tuple(kept)


def _folder(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""
