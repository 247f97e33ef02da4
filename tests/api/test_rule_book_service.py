"""RuleBookService through a real server."""

from __future__ import annotations

import grpc
from cpq.v1 import pricing_pb2, rule_book_pb2

from tests.api import deal
from tests.api.server import Served, failure
from tests.fakes.rules import SMALL


def files(**changes: bytes) -> list[rule_book_pb2.SourceFile]:
    names = {name.replace("/", "_").partition(".")[0]: name for name in SMALL}
    sources = {**SMALL, **{names[key]: content for key, content in changes.items()}}
    return [rule_book_pb2.SourceFile(path=path, content=content) for path, content in sources.items()]


def dearer() -> list[rule_book_pb2.SourceFile]:
    return files(
        catalog_products=SMALL["catalog/products.yaml"].replace(b"EUR: 12.50", b"EUR: 20.00"),
        tests_prices=SMALL["tests/prices.yaml"].replace(b"12.50}", b"20.00}"),
    )


def mug_price(server: Served) -> int:
    request = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("MUG")))
    return server.pricing.PriceQuote(request).totals.net


def test_a_check_names_every_finding_with_its_place(shop: Served) -> None:
    good = shop.rules.CheckRuleBook(rule_book_pb2.CheckRuleBookRequest(files=files()))
    assert good.valid
    assert len(good.hash) == 64
    broken = files(
        constraints_box=SMALL["constraints/box.yaml"].replace(b"cpu.socket =", b"cpu.sockte ="),
        terms_terms=SMALL["terms/terms.yaml"].replace(b"payment_days: 30", b"payment_days: soon"),
    )
    bad = shop.rules.CheckRuleBook(rule_book_pb2.CheckRuleBookRequest(files=broken))
    assert not bad.valid
    errors = {each.path: each for each in bad.findings if each.severity == "error"}
    assert set(errors) == {"constraints/box.yaml", "terms/terms.yaml"}
    assert (errors["constraints/box.yaml"].line, errors["constraints/box.yaml"].column > 1) == (4, True)
    assert "socket" in errors["constraints/box.yaml"].hint


def test_a_publication_is_in_force_at_once_and_rolled_back_by_publishing_again(shop: Served) -> None:
    (first,) = shop.rules.ListRuleBooks(rule_book_pb2.ListRuleBooksRequest()).rule_books
    assert mug_price(shop) == 1250
    second = shop.rules.PublishRuleBook(rule_book_pb2.PublishRuleBookRequest(files=dearer()))
    assert (second.number, second.book_id) == (2, "small")
    assert mug_price(shop) == 2000
    back = shop.rules.PublishRuleBook(rule_book_pb2.PublishRuleBookRequest(name=first.name))
    assert back.number == 3
    assert mug_price(shop) == 1250
    shown = shop.rules.GetRuleBook(rule_book_pb2.GetRuleBookRequest(name=second.name))
    assert sorted(shown.paths) == sorted(SMALL)
    pinned = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("MUG")), rule_book=second.name)
    assert shop.pricing.PriceQuote(pinned).totals.net == 2000


def test_a_book_that_fails_is_refused_and_the_old_one_keeps_serving(shop: Served) -> None:
    publish = shop.rules.PublishRuleBook
    broken = rule_book_pb2.PublishRuleBookRequest(files=files(catalog_products=b"products: ["))
    found = failure(publish, broken)
    assert (found.code, found.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "BOOK_HAS_ERRORS")
    assert any(field.startswith("catalog/products.yaml:") for field in found.fields)
    wrong = rule_book_pb2.PublishRuleBookRequest(
        files=files(tests_prices=SMALL["tests/prices.yaml"].replace(b"12.50}", b"12.51}"))
    )
    failing = failure(publish, wrong)
    assert failing.reason == "BOOK_FAILS_TESTS"
    assert "one mug" in next(iter(failing.fields.values()))
    assert len(shop.rules.ListRuleBooks(rule_book_pb2.ListRuleBooksRequest()).rule_books) == 1
    assert mug_price(shop) == 1250


def test_a_books_tests_are_run(shop: Served) -> None:
    (book,) = shop.rules.ListRuleBooks(rule_book_pb2.ListRuleBooksRequest()).rule_books
    run = shop.rules.TestRuleBook(rule_book_pb2.TestRuleBookRequest(name=book.name))
    assert (run.passed_count, len(run.failures)) == (1, 0)
    wrong = files(tests_prices=SMALL["tests/prices.yaml"].replace(b"12.50}", b"12.51}"))
    run = shop.rules.TestRuleBook(rule_book_pb2.TestRuleBookRequest(files=wrong))
    assert run.passed_count == 0
    assert run.failures[0].test == "one mug"
    assert run.failures[0].place.startswith("tests/prices.yaml:")
    broken = shop.rules.TestRuleBook(rule_book_pb2.TestRuleBookRequest(files=files(book=b"nonsense")))
    assert broken.findings


def test_bad_files_are_refused(shop: Served) -> None:
    check = shop.rules.CheckRuleBook
    assert failure(check, rule_book_pb2.CheckRuleBookRequest()).fields.keys() == {"files"}
    for path in ("", "../book.yaml", "/etc/passwd", "a//b", "a\\b"):
        request = rule_book_pb2.CheckRuleBookRequest(files=[rule_book_pb2.SourceFile(path=path)])
        assert failure(check, request).fields.keys() == {"files[0].path"}
    both = rule_book_pb2.PublishRuleBookRequest(files=files(), name="ruleBooks/x")
    assert failure(shop.rules.PublishRuleBook, both).fields.keys() == {"files"}
    unknown = rule_book_pb2.PublishRuleBookRequest(name="ruleBooks/x")
    assert failure(shop.rules.PublishRuleBook, unknown).code is grpc.StatusCode.NOT_FOUND
    missing = rule_book_pb2.GetRuleBookRequest(name="ruleBooks/x")
    assert failure(shop.rules.GetRuleBook, missing).code is grpc.StatusCode.NOT_FOUND
    test = rule_book_pb2.TestRuleBookRequest(name="ruleBooks/x")
    assert failure(shop.rules.TestRuleBook, test).code is grpc.StatusCode.NOT_FOUND


def test_an_analysis_names_dead_options_and_rules_that_never_bind(shop: Served) -> None:
    text = SMALL["constraints/box.yaml"].decode()
    more = text + (
        "  - id: again\n    require: cpu.socket = board.socket\n    say: 'one socket'\n"
        "  - id: no-b\n    exclude: cpu.sku = \"CPU-B\"\n    say: 'sold out'\n"
    )
    asked = rule_book_pb2.AnalyseRuleBookRequest(files=files(constraints_box=more.encode()), product="products/BOX")
    answer = shop.rules.AnalyseRuleBook(asked)
    assert not [each for each in answer.findings if each.severity == "error"], answer.findings
    (bundle,) = answer.bundles
    assert (bundle.product, bundle.satisfiable, list(bundle.unfinished)) == ("products/BOX", True, [])
    dead = {each.skus[0]: [rule.rule for rule in each.rules] for each in bundle.dead}
    assert dead["CPU-B"] == ["no-b"] and set(dead["BRD-2"]) in ({"no-b", "same-socket"}, {"no-b", "again"})
    assert {each.rule.rule: [by.rule for by in each.implied_by] for each in bundle.never_binding} == {
        "same-socket": ["again"],
        "again": ["same-socket"],
    }
    assert (bundle.configuration_count, bundle.configuration_count_at_least) == ("1", "")
    (first,) = shop.rules.ListRuleBooks(rule_book_pb2.ListRuleBooksRequest()).rule_books
    stored = shop.rules.AnalyseRuleBook(rule_book_pb2.AnalyseRuleBookRequest(name=first.name))
    assert [each.product for each in stored.bundles] == ["products/BOX"] and not stored.bundles[0].dead
    assert stored.bundles[0].configuration_count == "2"  # a processor and the one board of its socket
    bad = rule_book_pb2.AnalyseRuleBookRequest(name=first.name, seconds=99)
    assert failure(shop.rules.AnalyseRuleBook, bad).fields.keys() == {"seconds"}
    unknown = rule_book_pb2.AnalyseRuleBookRequest(name=first.name, product="products/BAX")
    assert failure(shop.rules.AnalyseRuleBook, unknown).fields.keys() == {"product"}
