"""``cpq rules explain``: what a code means and what to do."""

from __future__ import annotations

import argparse

from engine.cli.failure import CLEAN, VerbFailed
from engine.cli.rule_output import say, say_json
from engine.diagnostics import did_you_mean
from engine.language.problems import CODES
from engine.rulebook.codes import EXPLANATIONS

OTHER_CODES = "this knows the codes of rule files and formulas; other refusals say all in their own text"


def run_explain(args: argparse.Namespace) -> int:
    """Print what is known of a code."""
    code = args.code.upper()
    language = {str(each): text for each, text in CODES.items()}
    if code in EXPLANATIONS:
        found = EXPLANATIONS[code]
        told = {"code": code, "means": found.title, "why": found.why, "do": found.fix}
    elif code in language:
        told = {"code": code, "means": language[code], "why": "a formula cannot be checked or run", "do": ""}
    else:
        known = [*EXPLANATIONS, *language]
        raise VerbFailed(f"no code `{code}`; {did_you_mean(code, known) or OTHER_CODES}")
    if args.json:
        say_json(told)
    else:
        say("\n".join(f"{name}: {text}" for name, text in told.items() if text))
    return CLEAN
