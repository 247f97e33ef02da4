"""Settings to a running server: the only place that knows all concrete classes."""

from __future__ import annotations

import gc
import logging
import secrets
from collections.abc import Callable, Mapping

from engine.adapters.afterwards import Afterwards
from engine.adapters.bell import ThreadBell
from engine.adapters.clock import LocalClock, TenantClock, WallClock
from engine.adapters.collector import calm_collector
from engine.adapters.compiled_books import CompiledBooks, book_cache
from engine.adapters.durable_approvals import DurableApprovalProcess
from engine.adapters.durable_rules import DurableRulesMissing
from engine.adapters.ids import SequenceIds
from engine.adapters.stored_books import StoredRuleBooks
from engine.adapters.tax_hook import HttpTaxService
from engine.adapters.unreadable import FolderError
from engine.api.calls import Calls
from engine.api.pages import Pages
from engine.api.register import Bind, bind_all
from engine.application.book_days import keep_book_days
from engine.application.perform import DEFAULT_TENANT, Environment
from engine.application.ports import Asked, StoreFailed
from engine.application.rule_books import CheckedBook
from engine.application.tax_hook import NO_TAX_SERVICE
from engine.approvals import PlainApprovalProcess
from engine.approvals.process import ApprovalProcess
from engine.bootstrap.folders import publish_folders
from engine.bootstrap.running import Running, limits_of
from engine.bootstrap.settings import Settings, SettingsError, check
from engine.diagnostics import Code, Diagnostic, Span
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store

LOG = logging.getLogger("cpq.build")
PAGE_KEY = "page-token-key"
UNREADABLE_FILE = Code("FIL000")


def build_server(settings: Settings, *, bind: Bind = bind_all) -> Running:
    """Open the store, publish what of the rule folders is not in place, and start to serve.

    Raises SettingsError for settings, addresses and rule folders that cannot be used, StoreFailed for the database.
    """
    check(settings)
    calm_collector()
    try:
        settings.database.parent.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        told = failure.strerror or str(failure)
        raise SettingsError(
            f"`{settings.database.parent}` cannot be made the folder of the database: {told}"
        ) from failure
    store = open_store(settings.database, TABLES, SCALARS)
    afterwards = Afterwards()
    try:
        ids = SequenceIds(store)
        env = environment(settings, store, ids, afterwards)
        keep_book_days(env, DEFAULT_TENANT)
        publish_folders(env, settings.rules, settings.failing)
        calls = Calls(env, Pages(page_key(env)), limits_of(settings))
        gc.collect()
        gc.freeze()
        return Running(settings, calls, on_close=lambda: close(ids, store, afterwards), bind=bind)
    except BaseException:
        afterwards.close()
        store.close()
        raise


def close(ids: SequenceIds, store: SqliteStore, afterwards: Afterwards) -> None:
    """Return unused ids and close the store; ids that cannot be returned any more stay gaps. Then finish what nobody
    waited for.
    """
    try:
        ids.close()
    except StoreFailed as failure:
        LOG.warning("unused ids could not be returned: %s", failure)
    finally:
        store.close()
        afterwards.close()


def environment(settings: Settings, store: SqliteStore, ids: SequenceIds, afterwards: Afterwards) -> Environment:
    """The ports of the use cases."""
    wall = WallClock()
    clock = LocalClock(store, TenantClock(store, wall) if settings.test_clock else wall)
    books = CompiledBooks(None if settings.cache is None else book_cache(settings.cache), later=afterwards.do)
    taxes = HttpTaxService(settings.tax_hook, settings.tax_seconds) if settings.tax_hook else NO_TAX_SERVICE
    stored = StoredRuleBooks(store, compiler(books))
    return Environment(store, clock, ids, stored, approvals(settings), taxes, ThreadBell())


def approvals(settings: Settings) -> ApprovalProcess:
    """The approval process that the settings name."""
    if settings.approvals == "plain":
        return PlainApprovalProcess()
    try:
        return DurableApprovalProcess()
    except DurableRulesMissing as missing:
        raise SettingsError(f"approvals `durable` need the extra `durable`: {missing}") from missing


def compiler(books: CompiledBooks) -> Callable[[Mapping[str, bytes]], CheckedBook]:
    """How sources become a book; what cannot be unpacked is a finding."""

    def checked(files: Mapping[str, bytes]) -> CheckedBook:
        try:
            return books.checked(files)
        except FolderError as problem:
            return CheckedBook(None, (Diagnostic(UNREADABLE_FILE, str(problem), Span("book.yaml")),))

    return checked


def page_key(env: Environment) -> bytes:
    """The key of page tokens, chosen when the database was made."""
    with env.store.begin(DEFAULT_TENANT) as tx:
        known = tx.blob(PAGE_KEY)
        if known is not None:
            return known
        tx.put_blob(PAGE_KEY, secrets.token_bytes(32))
        tx.commit(Asked("PageKey"), b"", at=env.clock.now())
    return page_key(env)
