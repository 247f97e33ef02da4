"""A compiled model as flat arrays: a layered decision diagram, its canonical bytes, and the check of a stored one."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass

from engine.configuration.model import Kind, Model

MAGIC = b"CPQMDD2\n"
HEAD = 5


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes in levels from the root down, every edge a set of values with one child; read-only, shareable by threads.

    ``order`` lists variable indices by level. Node ``n`` stands at ``levels[n]`` and owns the edges
    ``starts[n]:starts[n + 1]``; edge ``e`` holds for the value positions in the bits of ``values[e]`` and leads to node
    ``children[e]``. The last node is the true end; nodes are sorted by level. Not every variable has a level:
    ``names[a]`` is the literal that says atom ``a``, the number after the last atom being the truth. ``fingerprint``
    names the model.
    """

    order: tuple[int, ...]
    levels: tuple[int, ...]
    starts: tuple[int, ...]
    values: tuple[int, ...]
    children: tuple[int, ...]
    names: tuple[int, ...]
    fingerprint: str

    def to_bytes(self) -> bytes:
        """Canonical bytes: the same diagram gives the same bytes, and their hash stands at the end."""
        words = max(1, max((each.bit_length() for each in self.values), default=1) + 31 >> 5)
        sizes = array("I", [len(self.order), len(self.levels), len(self.values), len(self.names), words])
        names = (each & 0xFFFFFFFF for each in self.names)
        body = array("I", [*self.order, *self.levels, *self.starts, *self.children, *names])
        for word in range(words):
            body.extend(each >> 32 * word & 0xFFFFFFFF for each in self.values)
        content = MAGIC + bytes.fromhex(self.fingerprint) + sizes.tobytes() + body.tobytes()
        return content + hashlib.sha256(content).digest()

    @staticmethod
    def from_bytes(stored: bytes, fingerprint: str) -> Diagram | None:
        """The diagram stored for the model of that fingerprint; None when the bytes are damaged or for another one."""
        content, digest = stored[:-32], stored[-32:]
        start = len(MAGIC) + 32
        if not content.startswith(MAGIC + bytes.fromhex(fingerprint)) or hashlib.sha256(content).digest() != digest:
            return None
        numbers = array("I")
        numbers.frombytes(content[start:])
        order, nodes, edges, atoms, words = numbers[:HEAD]
        sections = []
        at = HEAD
        for size in (order, nodes, nodes + 1, edges, atoms, *[edges] * words):
            sections.append(tuple(numbers[at : at + size]))
            at += size
        names = tuple(each - (each >> 31 << 32) for each in sections[4])
        values = sections[5]
        for word in range(1, words):
            values = tuple(low | high << 32 * word for low, high in zip(values, sections[5 + word], strict=True))
        return Diagram(sections[0], sections[1], sections[2], values, sections[3], names, fingerprint)


def fingerprint(model: Model) -> str:
    """SHA-256 over everything about a model that its diagram depends on; messages and places do not matter."""
    digest = hashlib.sha256()
    for variable in model.variables:
        digest.update(repr((variable.kind.value, len(variable.values), variable.first, variable.decision)).encode())
    for parts in (model.clauses, model.tables, model.cardinalities):
        digest.update(b"|")
        for part in parts:
            digest.update(_content(part).encode())
    return digest.hexdigest()


def _content(part: object) -> str:
    slots = [name for name in getattr(part, "__slots__", ()) if name != "rule"]
    return repr([getattr(part, name) for name in slots])


def compilable(model: Model) -> bool:
    """Whether a diagram can say everything: no sums and no quantities."""
    return not model.sums and all(each.kind is not Kind.QUANTITY for each in model.variables)
