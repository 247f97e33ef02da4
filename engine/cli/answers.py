"""Answers for machines: messages as the plain values that JSON has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict


def as_data(message: Any) -> dict[str, Any]:
    """A message as plain values for JSON, with the field names of the proto files."""
    found: dict[str, Any] = MessageToDict(message, preserving_proto_field_name=True)
    return found


def plain_answer(answer: Any) -> Any:
    """What a verb answered, with every message in it as plain values."""
    if isinstance(answer, list | tuple):
        return [plain_answer(each) for each in answer]
    if isinstance(answer, Mapping):
        return {name: plain_answer(each) for name, each in answer.items()}
    return as_data(answer) if hasattr(answer, "DESCRIPTOR") else answer
