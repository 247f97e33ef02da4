"""The author's message of a constraint, with the values of what is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from engine.catalog import Value
from engine.configuration.products.answers import Pick, ProductChoice, Set
from engine.configuration.products.constraint import Constraint
from engine.configuration.products.problem import ProductModel
from engine.language.template import render


def message_of(constraint: Constraint, product: ProductModel, choices: Sequence[ProductChoice]) -> str:
    """What to tell a person about a broken constraint."""
    say = constraint.say
    if say is None:
        return f"the rule `{constraint.id}` is not kept"
    if not say.formulas:
        return "".join(say.texts)
    records: Value = roots_of(product, choices)
    for name in filter(None, product.prefixes[constraint.id].split(".")):
        records = records.get(name) if isinstance(records, Mapping) else None
    known = records if isinstance(records, Mapping) else {}
    return render(say, *(known.get(name) for name in say.formulas[0].scope.roots))


def roots_of(product: ProductModel, choices: Sequence[ProductChoice]) -> Mapping[str, Value]:
    """What is chosen as records: a record for a slot of one entry, a list for others; nothing chosen is empty."""
    found: dict[str, Value] = {}
    settings = {each.setting: each.value for each in choices if isinstance(each, Set)}
    for path in product.settings:
        _put(found, path, settings.get(path))
    for path, slot in product.slots.items():
        entries = tuple(_record(product, each) for each in choices if isinstance(each, Pick) and each.slot == path)
        entries = tuple(each for each in entries if each is not None)
        _put(found, path, (entries[0] if entries else None) if slot.single else entries)
    return found


def _record(product: ProductModel, pick: Pick) -> Value:
    chosen = product.catalog.product(pick.sku)
    if chosen is None:
        return None
    slot = product.slots[pick.slot]
    quantity = pick.quantity if pick.quantity is not None else slot.group.quantity_minimum
    own: dict[str, Value] = {
        "sku": chosen.sku,
        "category": chosen.category,
        "family": chosen.family,
        "qty": Decimal(quantity),
    }
    return {**chosen.attributes, **own}


def _put(found: dict[str, Value], path: str, value: Value) -> None:
    head, _, rest = path.partition(".")
    if not rest:
        above = found.get(head)
        nested = isinstance(above, dict) and isinstance(value, dict)
        found[head] = {**above, **value} if nested else value  # type: ignore[dict-item]
        return
    inner = found.get(head)
    inner = dict(inner) if isinstance(inner, Mapping) else {}
    _put(inner, rest, value)
    found[head] = inner
