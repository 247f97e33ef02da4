"""Generates ``_gen/cpq/v1`` from ``proto/`` when the package is built, so that no generated file is under review."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    BuildHookInterface: Any
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    except ImportError:  # run as a script, by ``make proto`` or the tests, where hatchling need not be installed
        BuildHookInterface = object

ROOT = Path(__file__).resolve().parent


def proto_hash(root: Path = ROOT) -> str:
    """Return the SHA-256 over every proto file's path and bytes; equal hashes mean equal generated code."""
    digest = hashlib.sha256()
    for path in sorted((root / "proto").rglob("*.proto")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_stale(root: Path = ROOT) -> bool:
    """Tell whether ``_gen`` is missing or was generated from other proto files."""
    stamp = root / "_gen" / "proto.sha256"
    return not stamp.exists() or stamp.read_text() != proto_hash(root)


def generate(root: Path = ROOT) -> None:
    """Write ``_gen/cpq/v1`` (messages, type stubs, services) and the hash of the protos it was made from.

    The new folder takes the old one's place when it is complete, so that a program that starts meanwhile finds one.
    """
    import importlib.resources

    from grpc_tools import protoc

    out = root / f"_gen.{os.getpid()}.new"
    out.mkdir()
    protos = root / "proto"
    files = sorted(str(path.relative_to(protos)) for path in (protos / "cpq").rglob("*.proto"))
    includes = [str(protos), str(importlib.resources.files("grpc_tools") / "_proto")]
    arguments = ["protoc", *(f"-I{folder}" for folder in includes), f"--python_out={out}", f"--pyi_out={out}"]
    status = protoc.main([*arguments, f"--grpc_python_out={out}", *files])
    if status != 0:
        shutil.rmtree(out)
        raise SystemExit(f"protoc failed with status {status}")
    for package in ("cpq", "cpq/v1"):
        (out / package / "__init__.py").touch()
    (out / "proto.sha256").write_text(proto_hash(root))
    old = root / f"_gen.{os.getpid()}.old"
    if (root / "_gen").exists():
        (root / "_gen").rename(old)
    out.rename(root / "_gen")
    shutil.rmtree(old, ignore_errors=True)


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc]
    """The hatchling entry point."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generate before the build; a standard wheel carries the code as package ``cpq``."""
        root = Path(self.root)
        if is_stale(root):
            generate(root)
        if version == "standard" and self.target_name == "wheel":
            build_data["force_include"][str(root / "_gen" / "cpq")] = "cpq"


if __name__ == "__main__":
    if "--check" in sys.argv:
        raise SystemExit(1 if is_stale() else 0)
    if "--force" in sys.argv or is_stale():
        generate()
