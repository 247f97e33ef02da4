"""The tables of an open store, found by the class of a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from engine.storage.codec import Codec, codec_of
from engine.storage.shapes import Shape
from engine.storage.sqlite.decoded import DecodedRecords
from engine.storage.sqlite.statements import Prepared, prepare
from engine.storage.tables import Table


class Schema:
    """Prepared statements by class, and the codecs of events, which are compiled when first met."""

    def __init__(self, tables: Iterable[Table], scalars: Mapping[type, Shape]) -> None:
        self._scalars = scalars
        known = DecodedRecords()
        self._prepared = {each.kind: prepare(each, scalars, known) for each in tables}
        self._events: dict[type[Any], tuple[Codec, str]] = {}

    def of(self, kind: type[Any]) -> Prepared:
        """The prepared table of a kind of record."""
        return self._prepared[kind]

    def event(self, tenant: str, event: object, at: datetime) -> tuple[str, str, str, str, str]:
        """The outbox row of an event: its first field names the entity it happened to, its class the kind of event."""
        kind = type(event)
        known = self._events.get(kind)
        if known is None:
            known = self._events[kind] = codec_of(kind, self._scalars), fields(kind)[0].name  # type: ignore[arg-type]
        codec, first = known
        entity = getattr(event, first)
        moment = getattr(event, "at", at)
        return tenant, kind.__name__, str(entity), moment.isoformat(), codec.encode(event)
