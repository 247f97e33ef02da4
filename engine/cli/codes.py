"""``cpq rules explain CODE`` and ``cpq explain CODE``: what a code means, an example, and what to do."""

from __future__ import annotations

import argparse

from engine.cli.failure import CLEAN, VerbFailed
from engine.cli.meanings.known import FAMILIES, Meaning, meanings
from engine.cli.rule_output import say, say_json
from engine.diagnostics import did_you_mean

ALL = "docs/reference/codes.md lists all codes; of a product, --choices FILE says what is chosen"


def run_explain(args: argparse.Namespace) -> int:
    """Print what is known of a code."""
    code = args.code.upper()
    found = meanings().get(code)
    if found is None:
        raise VerbFailed(f"no code `{code}`; {did_you_mean(code, meanings()) or ALL}")
    told = told_of(found)
    if args.json:
        say_json(told)
    else:
        say("\n".join(f"{name}: {text}" for name, text in told.items() if text))
    return CLEAN


def told_of(found: Meaning) -> dict[str, str]:
    """The parts of a paragraph in the order in which they are read."""
    beside = {"example": found.example} if found.example else {"why": found.why}
    return {"code": found.code, "means": found.means, **beside, "do": found.do}


def codes_page() -> str:
    """The reference of all codes, as Markdown."""
    parts = [HEAD]
    for family, title in FAMILIES.items():
        rows = [each for each in meanings().values() if each.family == family]
        if rows:
            parts.append(f"## {title}\n")
            parts += [_paragraph(each) for each in rows]
    return "\n".join(parts)


HEAD = """\
<!-- Made by `python -m tests.generated_files` from what `cpq rules explain` says. -->

# Codes

Every fault that an answer carries has a code that stays the same while its words may change: programs go by it, and
`cpq rules explain CODE` tells people what is told here. In gRPC it is the `reason` of an `ErrorInfo` and of each field
violation.
"""


def _paragraph(each: Meaning) -> str:
    beside = f"For example: {each.example}." if each.example else f"Why: {each.why}."
    return f"**{each.code}** {each.means}. {beside} What to do: {each.do}.\n"
