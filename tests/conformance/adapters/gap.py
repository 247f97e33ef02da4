"""What the engine cannot do, by name: a case that asks for it is counted under that name, never by its id."""

from __future__ import annotations


class Gap(Exception):
    """The case asks for an ability that the engine does not have; the names are listed in docs/reference/cases.md."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def need(condition: object, name: str) -> None:
    """Raise the gap unless the condition holds."""
    if not condition:
        raise Gap(name)
