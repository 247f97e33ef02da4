"""Analyses of bundles: from domain to proto."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cpq.v1 import configuration_pb2, rule_book_pb2

from engine.configuration.checking import digits
from engine.configuration.products.analysing import Judged, ProductStudy
from engine.configuration.products.answers import Blame
from engine.wire.basics import fill_value
from engine.wire.products import PRODUCTS
from engine.wire.sheets import place_of

if TYPE_CHECKING:
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer


def fill_study(message: rule_book_pb2.BundleAnalysis, study: ProductStudy) -> None:
    """Set what an author may want to know of a bundle."""
    message.product = f"{PRODUCTS}/{study.product}"
    message.satisfiable = bool(study.satisfiable)
    _fill_blames(message.contradiction, study.contradiction)
    message.contradiction_smallest = study.contradiction_smallest
    for kind, found in ((message.dead, study.dead), (message.always, study.always)):
        for each in found:
            _fill_judged(kind.add(), each)
    for rule in study.never_binding:
        row = message.never_binding.add()
        _fill_blame(row.rule, rule.rule)
        _fill_blames(row.implied_by, rule.by)
    message.unfinished.extend(study.unfinished)
    message.configuration_count = "" if study.count is None else digits(study.count)
    message.configuration_count_at_least = "" if study.at_least is None else digits(study.at_least)


def _fill_judged(message: rule_book_pb2.JudgedOption, judged: Judged) -> None:
    message.path, message.reason_known, message.rules_smallest = judged.path, judged.known, judged.smallest
    message.skus.extend(judged.skus)
    if judged.value is not None:
        fill_value(message.value, judged.value)
    _fill_blames(message.rules, judged.rules)


def _fill_blames(target: RepeatedCompositeFieldContainer[configuration_pb2.RuleBlame], blames: Iterable[Blame]) -> None:
    for each in blames:
        _fill_blame(target.add(), each)


def _fill_blame(message: configuration_pb2.RuleBlame, blame: Blame) -> None:
    message.rule, message.message, message.place = blame.rule, blame.message, place_of(blame.span)
