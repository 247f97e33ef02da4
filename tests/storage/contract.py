"""What every store must do, whatever lies below; an adapter's test subclasses ``StoreContract`` and gives ``store``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.application.ports import AlreadyAnswered, Asked, Conflict, Store
from engine.application.rule_books import PublishedBook
from engine.parties import Customer, User
from engine.storage.tables import Child, Table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = Customer("c-1", "Anna", segment="education", region="EU")


@dataclass(frozen=True, slots=True)
class CustomerRenamed:
    customer: str
    at: datetime
    new_name: str
    discount: Decimal = Decimal("0.10")


def save(store: Store, *values: object, request_id: str = "", answer: bytes = b"", tenant: str = "default") -> None:
    with store.begin(tenant) as tx:
        for value in values:
            tx.add(value)
        tx.commit(Asked("Save", request_id, b"print", tenant), answer, at=NOON)


def in_thread(work: Callable[[], None]) -> None:
    """Let somebody else do it, and wait for the end."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


class StoreContract:
    """The port's promises."""

    def test_a_saved_record_is_read_back_equal(self, store: Store) -> None:
        save(store, ANNA)
        with store.read("default") as reader:
            assert reader.get(Customer, "c-1") == ANNA
            assert reader.version(Customer, "c-1") == 1
            assert reader.get(Customer, "c-2") is None
            assert reader.version(Customer, "c-2") == 0

    def test_nothing_is_saved_without_a_commit(self, store: Store) -> None:
        with store.begin("default") as tx:
            tx.add(ANNA)
            tx.emit(CustomerRenamed("c-1", NOON, "Anna"))
            assert tx.number("INV") == 1
        with store.read("default") as reader:
            assert reader.get(Customer, "c-1") is None
            assert reader.events(after=0, limit=10) == []
        with store.begin("default") as tx:
            assert tx.number("INV") == 1

    def test_a_unit_sees_its_own_writes(self, store: Store) -> None:
        with store.begin("default") as tx:
            tx.add(ANNA)
            tx.replace(replace(ANNA, region="US"))
            assert tx.get(Customer, "c-1") == replace(ANNA, region="US")
            assert tx.version(Customer, "c-1") == 1
            tx.commit(Asked("Save"), b"", at=NOON)
        with store.read("default") as reader:
            assert reader.get(Customer, "c-1") == replace(ANNA, region="US")

    def test_records_events_and_the_answer_are_saved_together(self, store: Store) -> None:
        with store.begin("default") as tx:
            tx.add(ANNA)
            tx.emit(CustomerRenamed("c-1", NOON, "Anna"))
            tx.commit(Asked("Save", "r-1", b"print"), b"answer", at=NOON)
        with store.read("default") as reader:
            (event,) = reader.events(after=0, limit=10)
            assert (event.name, event.entity, event.at) == ("CustomerRenamed", "c-1", NOON)
            assert event.body == (
                '{"at":"2026-03-01T12:00:00+00:00","customer":"c-1","discount":"0.10","new_name":"Anna"}'
            )
            recorded = reader.answer("r-1")
            assert recorded is not None
            assert (recorded.fingerprint, recorded.content) == (b"print", b"answer")
            assert reader.answer("r-2") is None

    def test_a_conflict_saves_neither_record_nor_event_nor_answer(self, store: Store) -> None:
        save(store, ANNA)
        with store.begin("default") as tx:
            tx.add(Customer("c-2", "Bo"))
            tx.add(ANNA)
            tx.emit(CustomerRenamed("c-1", NOON, "Anna"))
            with pytest.raises(Conflict):
                tx.commit(Asked("Save", "r-1", b"print"), b"answer", at=NOON)
        with store.read("default") as reader:
            assert reader.get(Customer, "c-2") is None
            assert reader.events(after=0, limit=10) == []
            assert reader.answer("r-1") is None

    def test_of_two_changes_to_one_version_the_second_is_a_conflict(self, store: Store) -> None:
        save(store, ANNA)
        with store.begin("default") as slow:
            mine = slow.get(Customer, "c-1")
            assert mine is not None
            self.change(store, replace(mine, region="US"))
            assert slow.version(Customer, "c-1") == 1
            slow.replace(replace(mine, region="JP"))
            assert slow.version(Customer, "c-1") == 2
            with pytest.raises(Conflict):
                slow.commit(Asked("Save"), b"", at=NOON)
        with store.read("default") as reader:
            assert reader.get(Customer, "c-1") == replace(ANNA, region="US")
            assert reader.version(Customer, "c-1") == 2

    def test_a_decision_is_a_conflict_when_something_it_only_read_has_changed(self, store: Store) -> None:
        save(store, ANNA)
        with store.begin("default") as slow:
            assert slow.get(Customer, "c-1") == ANNA
            assert slow.get(User, "u-1") is None
            self.change(store, replace(ANNA, segment="public"))
            slow.add(User("u-2", "Uma"))
            with pytest.raises(Conflict):
                slow.commit(Asked("Save"), b"", at=NOON)

    def test_what_is_read_aside_may_change_meanwhile(self, store: Store) -> None:
        save(store, ANNA)
        with store.begin("default") as slow:
            self.change(store, replace(ANNA, segment="public"))
            aside = slow.aside()
            before = aside.get(Customer, "c-1"), aside.page(Customer, limit=5), aside.version(Customer, "c-1")
            self.change(store, replace(ANNA, segment="private"))
            assert before == (aside.get(Customer, "c-1"), aside.page(Customer, limit=5), aside.version(Customer, "c-1"))
            slow.add(User("u-2", "Uma"))
            slow.commit(Asked("Save"), b"", at=NOON)
        with store.read("default") as reader:
            assert reader.get(User, "u-2") == User("u-2", "Uma")

    def test_a_decision_is_a_conflict_when_something_it_missed_has_appeared(self, store: Store) -> None:
        with store.begin("default") as slow:
            assert slow.get(Customer, "c-1") is None
            self.change(store, ANNA)
            slow.add(User("u-1", "Uma"))
            with pytest.raises(Conflict):
                slow.commit(Asked("Save"), b"", at=NOON)

    def test_reads_are_one_snapshot(self, store: Store) -> None:
        save(store, ANNA)
        with store.read("default") as reader:
            assert reader.get(Customer, "c-1") == ANNA
            self.change(store, replace(ANNA, region="US"))
            assert reader.get(Customer, "c-1") == ANNA
            assert reader.page(Customer, limit=5) == [ANNA]

    def test_the_latest_is_read_inside_an_older_snapshot_too(self, store: Store) -> None:
        with store.begin("default") as tx:
            assert tx.get(Customer, "c-1") is None
            in_thread(lambda: save(store, ANNA))
            with store.latest("default") as reader:
                assert reader.get(Customer, "c-1") == ANNA
                in_thread(lambda: save(store, replace(ANNA, id="c-2")))
                assert reader.get(Customer, "c-2") is None
                with store.latest("default") as inner:
                    assert inner.get(Customer, "c-2") is not None
            with store.read("default") as reader:
                assert reader.get(Customer, "c-2") is None, "it is still the snapshot of the unit"

    def test_a_removed_record_is_gone(self, store: Store) -> None:
        save(store, ANNA)
        with store.begin("default") as tx:
            tx.remove(Customer, "c-1")
            tx.commit(Asked("Remove"), b"", at=NOON)
        with store.read("default") as reader:
            assert reader.get(Customer, "c-1") is None

    def test_a_request_id_is_recorded_once(self, store: Store) -> None:
        save(store, request_id="r-1", answer=b"first")
        with store.begin("default") as tx:
            tx.add(ANNA)
            with pytest.raises(AlreadyAnswered):
                tx.commit(Asked("Save", "r-1", b"print"), b"second", at=NOON)
        with store.read("default") as reader:
            recorded = reader.answer("r-1")
            assert recorded is not None
            assert recorded.content == b"first"
            assert reader.get(Customer, "c-1") is None

    def test_old_answers_are_purged(self, store: Store) -> None:
        save(store, request_id="r-1")
        assert store.purge_answers("default", before=NOON, limit=10) == 0
        assert store.purge_answers("other", before=NOON + timedelta(hours=1), limit=10) == 0
        assert store.purge_answers("default", before=NOON + timedelta(hours=1), limit=10) == 1
        with store.read("default") as reader:
            assert reader.answer("r-1") is None

    def test_pages_follow_the_keys_and_keep_to_the_filter(self, store: Store) -> None:
        people = [Customer(f"c-{n}", f"name {n}", segment="odd" if n % 2 else "even") for n in range(7)]
        save(store, *reversed(people))
        with store.read("default") as reader:
            assert reader.page(Customer, limit=3) == people[:3]
            assert reader.page(Customer, after="c-2", limit=3) == people[3:6]
            assert reader.page(Customer, after="c-5", limit=3) == people[6:]
            assert reader.keys(Customer, where={"segment": "odd"}, after="c-1", limit=9) == ["c-3", "c-5"]
            assert reader.version(Customer, "c-5") == 1
            assert reader.page(Customer, where={"segment": "odd"}, limit=9) == people[1::2]
            assert reader.page(Customer, where={"segment": "odd", "display_name": "name 3"}, limit=9) == [people[3]]

    def test_numbered_records_are_read_from_the_newest_down(self, store: Store) -> None:
        books = [PublishedBook(f"b-{9 - n}", "small", "Small", n, NOON) for n in range(1, 6)]
        save(store, *books)
        save(store, replace(books[0], number=7), tenant="other")
        with store.read("default") as reader:
            assert reader.newest(PublishedBook, limit=2) == [books[4], books[3]]
            assert reader.newest(PublishedBook, below=4, limit=9) == [books[2], books[1], books[0]]
            assert reader.newest(PublishedBook, below=1, limit=9) == []

    def test_tenants_do_not_see_each_other(self, store: Store) -> None:
        save(store, ANNA, request_id="r-1")
        save(store, replace(ANNA, display_name="Other"), request_id="r-1", tenant="other")
        with store.read("other") as reader:
            assert reader.page(Customer, limit=5) == [replace(ANNA, display_name="Other")]
        with store.read("third") as reader:
            assert reader.page(Customer, limit=5) == []
            assert reader.answer("r-1") is None

    def test_events_are_read_by_cursor(self, store: Store) -> None:
        for name in ("a", "b", "c"):
            with store.begin("default") as tx:
                tx.emit(CustomerRenamed("c-1", NOON, name))
                tx.commit(Asked("Rename"), b"", at=NOON)
        with store.read("default") as reader:
            events = reader.events(after=0, limit=10)
            assert [event.cursor for event in events] == sorted({event.cursor for event in events})
            assert reader.events(after=events[0].cursor, limit=1) == [events[1]]
            assert reader.events(after=events[-1].cursor, limit=1) == []
        with store.read("other") as reader:
            assert reader.events(after=0, limit=10) == []

    def test_a_watcher_is_woken(self, store: Store) -> None:
        assert not store.wait_for_events(after=0, seconds=0.01)
        woken: list[bool] = []
        watcher = threading.Thread(target=lambda: woken.append(store.wait_for_events(after=0, seconds=30)))
        watcher.start()
        with store.begin("default") as tx:
            tx.emit(CustomerRenamed("c-1", NOON, "a"))
            tx.commit(Asked("Rename"), b"", at=NOON)
        watcher.join(30)
        assert woken == [True]
        assert store.wait_for_events(after=0, seconds=0)

    def test_a_gap_free_series_counts_only_what_was_saved(self, store: Store) -> None:
        for expected in (1, 3):
            with store.begin("default") as tx:
                assert [tx.number("INV"), tx.number("INV")] == [expected, expected + 1]
                tx.commit(Asked("Number"), b"", at=NOON)
        with store.begin("other") as tx:
            assert tx.number("INV") == 1
        with store.begin("default") as tx:
            assert tx.number("INV") == 5
            with store.begin("default") as inner:
                inner.number("INV")
                inner.commit(Asked("Number"), b"", at=NOON)
            with pytest.raises(Conflict):
                tx.commit(Asked("Number"), b"", at=NOON)

    def test_reserved_numbers_are_never_given_twice(self, store: Store) -> None:
        assert [store.reserve("q", 10), store.reserve("q", 5), store.reserve("o", 1)] == [1, 11, 1]
        assert store.reserve("q", 1) == 16

    def test_numbers_given_back_are_given_again_unless_others_reserved_since(self, store: Store) -> None:
        store.reserve("q", 10)
        store.give_back("q", 4, 10)
        assert [store.reserve("q", 5), store.reserve("q", 5)] == [4, 9]
        store.give_back("q", 6, 8)
        store.give_back("o", 1, 8)
        assert [store.reserve("q", 1), store.reserve("o", 1)] == [14, 1]

    def test_documents_are_kept_as_first_saved(self, store: Store) -> None:
        for content in (b"one", b"two"):
            with store.begin("default") as tx:
                tx.put_blob("book", content)
                tx.commit(Asked("Put"), b"", at=NOON)
        with store.read("default") as reader:
            assert reader.blob("book") == b"one"
            assert reader.blob("other") is None

    def test_a_kept_answer_takes_the_place_of_the_one_before_it(self, store: Store) -> None:
        for mark, content in (("1", b"one"), ("2", b"two")):
            with store.begin("default") as tx:
                tx.keep("quotes/q-1", mark, content)
                tx.commit(Asked("Keep"), b"", at=NOON)
        with store.begin("default") as tx:
            tx.keep("quotes/q-1", "3", b"left without a commit")
        with store.read("default") as reader:
            assert reader.kept("quotes/q-1", "2") == b"two"
            assert [reader.kept("quotes/q-1", mark) for mark in ("1", "3")] == [None, None]
            assert reader.kept("quotes/q-2", "2") is None
        with store.read("other") as reader:
            assert reader.kept("quotes/q-1", "2") is None
        with store.begin("default") as tx:
            tx.keep("quotes/q-1", "2", b"")
            tx.commit(Asked("Forget"), b"", at=NOON)
        with store.read("default") as reader:
            assert reader.kept("quotes/q-1", "2") is None

    def test_writers_at_the_same_time_lose_nothing(self, store: Store) -> None:
        save(store, User("u-1", "0"))

        def count(times: int) -> None:
            for _ in range(times):
                self.increment(store)

        threads = [threading.Thread(target=count, args=(10,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.read("default") as reader:
            assert reader.get(User, "u-1") == User("u-1", "80")
            assert len(reader.events(after=0, limit=100)) == 80
            assert {event.body for event in reader.events(after=0, limit=100)} != set()
        with store.begin("default") as tx:
            assert tx.number("COUNT") == 81

    def increment(self, store: Store) -> None:
        while True:
            with store.turn(), store.begin("default") as tx:
                user = tx.get(User, "u-1")
                assert user is not None
                tx.replace(replace(user, display_name=str(int(user.display_name) + 1)))
                tx.emit(CustomerRenamed("u-1", NOON, user.display_name))
                tx.number("COUNT")
                try:
                    tx.commit(Asked("Count"), b"", at=NOON)
                except Conflict:
                    continue
                return

    @staticmethod
    def change(store: Store, value: Customer) -> None:
        """Save a customer from another thread, whose snapshot is its own."""

        def work() -> None:
            with store.begin("default") as tx:
                if tx.get(Customer, value.id) is None:
                    tx.add(value)
                else:
                    tx.replace(value)
                tx.commit(Asked("Change"), b"", at=NOON)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()


INVOICE_LIKE = Table(
    Customer,
    "customers",
    columns={
        "display_name": lambda customer: customer.display_name,
        "segment": lambda customer: customer.segment,
        "region": lambda customer: customer.region,
    },
    children=(
        Child(
            "customer_marks",
            ("label", "amount_minor"),
            lambda customer: ((mark, place) for place, mark in enumerate(customer.address.lines)),
        ),
    ),
)
