"""The hash of the code of a package, for what is kept of its work."""

from __future__ import annotations

import hashlib
from importlib.resources import files

_CODE = (".py", ".pyc")


def sources_hash(package: str) -> str:
    """Hash the names and texts of a package's own modules; it is another one after any change of them.

    Compiled modules count as well, for installations that hold nothing else.
    """
    digest = hashlib.sha256()
    modules = [each for each in files(package).iterdir() if each.name.endswith(_CODE)]
    for each in sorted(modules, key=lambda found: found.name):
        content = each.read_bytes()
        digest.update(f"{each.name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
