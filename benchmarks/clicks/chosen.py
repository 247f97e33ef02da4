"""Which models a benchmark runs on: those that are there, all of them with ``--full``, or those named."""

from __future__ import annotations

import argparse

from benchmarks.clicks.sessions import CASES, MORE, Case

NO_MODELS = "no models: set CPQ_MODELS, or put them in a folder named shared beside the checkout"


def model_options(text: str | None) -> argparse.ArgumentParser:
    """A parser with the options that all benchmarks on models share."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--full", action="store_true", help="every model, more time")
    parser.add_argument("--models", default="", help="only these, comma-separated")
    return parser


def chosen(options: argparse.Namespace) -> list[Case]:
    """The models that the options ask for and that are there."""
    wanted = options.models.split(",") if options.models else []
    cases = CASES + (MORE if options.full or wanted else ())
    return [each for each in cases if each.there() and (not wanted or each.name in wanted)]
