"""Configurations given as lines: from lines to choices, and what is missing or of the wrong shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.catalog import ConfiguredLine, LineId, Sku
from engine.configuration.products.answers import Blame, Finding, Pick, ProductChoice, Set
from engine.configuration.products.problem import ProductModel
from engine.diagnostics import Code, did_you_mean

WRONG_GROUP = Code("CFG301")
WRONG_PART = Code("CFG302")
TOO_MANY = Code("CFG303")
WRONG_QUANTITY = Code("CFG304")
WRONG_VALUE = Code("CFG305")
MISSING = Code("CFG306")
BROKEN = Code("CFG307")
UNDECIDED = Code("CFG308")


def choices_of(product: ProductModel, lines: Sequence[ConfiguredLine], root: LineId) -> tuple[ProductChoice, ...]:
    """The choices that lines of the right shape stand for."""
    paths = _paths(product, lines, root)
    found: list[ProductChoice] = []
    for each in lines:
        path = paths[each.id]
        prefix = f"{path}." if path else ""
        found += [Set(prefix + name, value) for name, value in each.attributes.items()]
        if each.id != root:
            found.append(Pick(path, each.sku, int(each.quantity)))
    return tuple(found)


def shape_findings(product: ProductModel, lines: Sequence[ConfiguredLine], root: LineId) -> tuple[Finding, ...]:
    """Parts in groups that do not exist or do not offer them, wrong numbers and values: rules are not asked then."""
    paths = _paths(product, lines, root)
    found = [each for line in lines for each in _line_findings(product, line, paths[line.id], root)]
    return (*found, *_count_findings(product, lines, paths, root))


def missing_findings(product: ProductModel, choices: Sequence[ProductChoice], root: LineId) -> tuple[Finding, ...]:
    """Slots that need more than is chosen."""
    counts: dict[str, int] = {}
    for each in choices:
        if isinstance(each, Pick):
            counts[each.slot] = counts.get(each.slot, 0) + 1
    found = []
    for path, slot in product.slots.items():
        above = path.rpartition(".")[0]
        short = slot.group.minimum - counts.get(path, 0)
        if short > 0 and (not above or above in counts):
            found.append(Finding(MISSING, root, f"{_title(product, path)} is not chosen yet"))
    return tuple(found)


def broken(root: LineId, blame: Blame) -> Finding:
    """A rule that the configuration breaks."""
    return Finding(BROKEN, root, blame.message, blame.rule, blame.span)


def undecided(root: LineId) -> Finding:
    """The search ran out of its budget, so validity is not known."""
    return Finding(UNDECIDED, root, "the configuration could not be checked within the search budget")


def _paths(product: ProductModel, lines: Sequence[ConfiguredLine], root: LineId) -> Mapping[LineId, str]:
    """The slot path of each line, from the root bundle; lines come after their parents.

    Configurable entries of one group are numbered in the order of their lines.
    """
    paths: dict[LineId, str] = {root: ""}
    numbers: dict[str, int] = {}
    for each in lines:
        if each.id == root:
            continue
        above = paths[each.parent] if each.parent is not None else ""
        path = f"{above}.{each.group}" if above else each.group
        if path in product.instances:
            numbers[path] = numbers.get(path, 0) + 1
            path = f"{path}[{numbers[path]}]"
        paths[each.id] = path
    return paths


def _count_findings(
    product: ProductModel, lines: Sequence[ConfiguredLine], paths: Mapping[LineId, str], root: LineId
) -> Iterator[Finding]:
    held: dict[str, list[Sku]] = {}
    for line in lines:
        held.setdefault(paths[line.id], []).append(line.sku)
    for path, skus in held.items():
        slot = product.slots.get(path)
        if slot is None:
            continue
        if len(skus) > slot.group.maximum:
            message = f"{_title(product, path)} takes {slot.group.maximum} at most, not {len(skus)}"
            yield Finding(TOO_MANY, root, message)
        elif len(set(skus)) < len(skus):
            twice = next(sku for sku in skus if skus.count(sku) > 1)
            message = f"{_title(product, path)} holds `{twice}` more than once; give one line the whole quantity"
            yield Finding(TOO_MANY, root, message)


def _line_findings(product: ProductModel, line: ConfiguredLine, path: str, root: LineId) -> Iterator[Finding]:
    prefix = f"{path}." if path else ""
    if line.id != root:
        slot = product.slots.get(path)
        most = product.instances.get(path.rpartition("[")[0])
        if slot is None and most is not None:
            yield Finding(TOO_MANY, line.id, f"`{line.group}` takes {most} entries at most")
            return
        if slot is None:
            hint = did_you_mean(path, product.slots)
            message = f"`{line.sku}` is in the unknown option group `{path}`"
            yield Finding(WRONG_GROUP, line.id, _with_hint(message, hint))
            return
        if line.sku not in slot.class_of:
            yield Finding(WRONG_PART, line.id, f"{_title(product, path)} does not offer `{line.sku}`")
        low, high = slot.group.quantity_minimum, slot.group.quantity_maximum
        if line.quantity != line.quantity.to_integral_value() or not low <= line.quantity <= high:
            message = f"{_title(product, path)} takes {low} to {high} of `{line.sku}`, not {line.quantity}"
            yield Finding(WRONG_QUANTITY, line.id, message)
    for name, value in line.attributes.items():
        setting = product.settings.get(prefix + name)
        if setting is None:
            own = [each.removeprefix(prefix) for each in product.settings if each.startswith(prefix)]
            yield Finding(WRONG_VALUE, line.id, _with_hint(f"unknown attribute `{name}`", did_you_mean(name, own)))
        elif not setting.takes(value):
            message = f"`{name}` cannot be `{value}`"
            yield Finding(WRONG_VALUE, line.id, _with_hint(message, setting.hint(value)))


def _with_hint(message: str, hint: str) -> str:
    return f"{message}; {hint}" if hint else message


def _title(product: ProductModel, path: str) -> str:
    return product.slots[path].group.title or path
