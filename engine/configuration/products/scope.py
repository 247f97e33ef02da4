"""The names that constraints of a bundle may read, with their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.catalog import Bundle, Catalog, OptionGroup, Sku
from engine.language.types import NUMBER, TEXT, ContextType, ListType, Type, required

OWN_FIELDS: Mapping[str, Type] = {"sku": TEXT, "category": TEXT, "family": TEXT, "qty": NUMBER}
"""What every entry of a group has beside the attributes of its product; ``qty`` is per one unit of the bundle."""


def constraint_scope(bundle: Bundle, catalog: Catalog) -> dict[str, Type]:
    """Return the roots: one for each attribute of the bundle, one for each option group.

    A group that takes one entry is a record of that entry, a group that takes more is a list of records. Types are
    never optional here: a rule that reads a blank holds, so authors need no tests for blanks.
    """
    return _roots(bundle, catalog, ())


def _roots(bundle: Bundle, catalog: Catalog, around: tuple[Sku, ...]) -> dict[str, Type]:
    around = (*around, bundle.sku)
    roots: dict[str, Type] = {each.name: required(each.type) for each in bundle.attributes}
    roots.update({group.id: _group_type(group, catalog, around) for group in bundle.groups})
    return roots


def _group_type(group: OptionGroup, catalog: Catalog, around: tuple[Sku, ...]) -> Type:
    # A bundle inside itself is a finding of its own; the names that end there can still be checked.
    nested = catalog.bundle(group.bundle) if group.bundle and group.bundle not in around else None
    fields = {**attribute_types(group.candidates, catalog), **OWN_FIELDS}
    if nested is not None:
        fields.update(_roots(nested, catalog, around))
    record = ContextType(fields, group.id)
    return record if group.maximum == 1 else ListType(record)


def attribute_types(skus: Iterable[Sku], catalog: Catalog) -> dict[str, Type]:
    """The attributes that the categories of these products declare, each required; on a clash the first type wins."""
    found: dict[str, Type] = {}
    for category in dict.fromkeys(catalog.products[sku].category for sku in skus):
        for name, definition in catalog.attributes.get(category, {}).items():
            found.setdefault(name, required(definition.type))
    return found
