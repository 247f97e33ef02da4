"""Notices that the files of a rule folder changed, once whoever saves them has stopped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from engine.adapters.rule_folder import ENDINGS

Look: TypeAlias = frozenset[tuple[str, int, int]]
"""The files of a folder, each with its size and when it was last written."""


class FolderWatch:
    """Compares a folder with how it was when it was last told to have changed; asked again and again, it reads no file.

    Editors write several files, or one in several steps: a change counts when two looks in a row see the same.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._told = self._last = self._look()

    def has_changed(self) -> bool:
        """Whether there is a change that nobody was told yet."""
        now = self._look()
        is_settled = now == self._last
        self._last = now
        if not is_settled or now == self._told:
            return False
        self._told = now
        return True

    def _look(self) -> Look:
        found = []
        for folder, inner, names in os.walk(self._root):
            inner[:] = [each for each in inner if not each.startswith(".")]
            for name in names:
                if not name.startswith(".") and name.lower().endswith(ENDINGS):
                    path = os.path.join(folder, name)
                    try:
                        told = os.stat(path)
                    except OSError:  # it is gone again
                        continue
                    found.append((path, told.st_size, told.st_mtime_ns))
        return frozenset(found)
