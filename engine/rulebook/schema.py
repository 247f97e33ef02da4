"""JSON Schema (draft-07) from the declared fields, so that any editor completes and checks a rule file."""

from __future__ import annotations

from typing import TypeAlias

from engine.rulebook.fields import (
    EitherField,
    FieldType,
    Limits,
    ListField,
    MapField,
    Record,
    RecordField,
    ScalarField,
    ScalarKind,
)

Json: TypeAlias = "str | bool | int | None | list[Json] | dict[str, Json]"
DRAFT = "http://json-schema.org/draft-07/schema#"
# YAML gives editors numbers and booleans where authors write 15 or true; the schema takes them beside texts.
_KINDS: dict[ScalarKind, dict[str, Json]] = {
    ScalarKind.NUMBER: {"type": ["number", "string"]},
    ScalarKind.MONEY: {"type": ["number", "string"]},
    ScalarKind.INTEGER: {"type": ["integer", "string"]},
    ScalarKind.PERCENT: {"type": ["number", "string"]},
    ScalarKind.DATE: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    ScalarKind.FLAG: {"type": "boolean"},
    ScalarKind.CURRENCY: {"type": "string", "pattern": "^[A-Z]{3}$"},
    ScalarKind.DURATION: {"type": "string", "pattern": r"^P(\d+D)?(T(\d+H)?(\d+M)?)?$"},
    ScalarKind.ID: {"type": ["string", "number"]},
}

# They bind the numbers; a text such as `15 %` is left to the loader.
_LIMITS: dict[Limits, dict[str, Json]] = {
    Limits.ANY: {},
    Limits.ABOVE_ZERO: {"exclusiveMinimum": 0},
    Limits.FROM_ZERO: {"minimum": 0},
    Limits.TO_HUNDRED: {"maximum": 100},
    Limits.SHARE: {"minimum": 0, "maximum": 100},
    Limits.DAYS: {"minimum": 0, "maximum": 3650},
    Limits.PERIODS: {"minimum": 0, "maximum": 120},
    Limits.MONTH_DAY: {"minimum": 0, "maximum": 31},
}


def json_schema(record: Record, *, identity: str) -> dict[str, Json]:
    """Return the schema of a file whose top is ``record``; nested record types stand once under ``definitions``."""
    definitions: dict[str, Json] = {}
    top = _record(record, definitions)
    head: dict[str, Json] = {"$schema": DRAFT, "$id": identity, "title": record.doc}
    return head | top | ({"definitions": {name: definitions[name] for name in sorted(definitions)}})


def _record(record: Record, definitions: dict[str, Json]) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    for field in record.fields:
        extra: dict[str, Json] = {"description": field.doc}
        if field.default:
            extra["default"] = field.default
        if field.example:
            extra["examples"] = [field.example]
        properties[field.name] = _type(field.type, definitions) | extra
    required: list[Json] = [each.name for each in record.fields if each.required]
    schema: dict[str, Json] = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": required} if required else {})


def _type(field: FieldType, definitions: dict[str, Json]) -> dict[str, Json]:
    match field:
        case ScalarField(_, choices) if choices:
            return {"type": "string", "enum": list(choices)}
        case ScalarField(kind, _, limits):
            return dict(_KINDS.get(kind, {"type": ["string", "number", "boolean"]})) | _LIMITS[limits]
        case RecordField(record):
            return _reference(record, definitions)
        case ListField(item, lone):
            schema: dict[str, Json] = {"type": "array", "items": _type(item, definitions)}
            return {"anyOf": [schema, _type(item, definitions)]} if lone else schema
        case MapField(value):
            return {"type": "object", "additionalProperties": _type(value, definitions)}
        case EitherField(options):
            return {"anyOf": [_type(each, definitions) for each in options]}


def _reference(record: Record, definitions: dict[str, Json]) -> dict[str, Json]:
    key = record.name.replace("a ", "", 1).replace("an ", "", 1).replace(" ", "-").replace("`", "")
    if key not in definitions:
        definitions[key] = True
        definitions[key] = _record(record, definitions) | {"title": record.name, "description": record.doc}
    # draft-07 ignores what stands beside $ref, so the description of the key needs allOf around it
    return {"allOf": [{"$ref": f"#/definitions/{key}"}]}
