"""Update masks: which fields of a resource a caller wants changed."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from engine.wire.basics import Faults

M = TypeVar("M", bound=Message)
READ_ONLY = frozenset({"name", "etag"})


def merged(present: M, given: M, mask: FieldMask, faults: Faults) -> M:
    """Return the present resource with the masked fields of the given one; an unknown or read-only path is a fault.

    An empty mask means every field that is given, ``*`` every field of the resource.
    """
    fields = given.DESCRIPTOR.fields_by_name
    if not mask.paths:
        paths = [field.name for field, _ in given.ListFields() if field.name not in READ_ONLY]
    elif list(mask.paths) == ["*"]:
        paths = [name for name in fields if name not in READ_ONLY]
    else:
        paths = list(mask.paths)
    result = type(present)()
    result.CopyFrom(present)
    for place, path in enumerate(paths):
        if path not in fields or path in READ_ONLY:
            faults.invalid(f"update_mask.paths[{place}]", f"`{path[:80]}` cannot be changed", _hint(fields))
            continue
        part = type(present)()
        part.CopyFrom(given)
        for other in fields:
            if other != path:
                part.ClearField(other)
        result.ClearField(path)
        result.MergeFrom(part)
    return result


def _hint(fields: object) -> str:
    names = sorted(name for name in fields if name not in READ_ONLY)  # type: ignore[attr-defined]
    return f"fields are {', '.join(names)}"
