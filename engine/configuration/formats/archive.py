"""Unpacking a tar archive held in memory: plain files only, without touching the disk."""

from __future__ import annotations

BLOCK = 512
_PLAIN = (b"0", b"\0")


def members(archive: bytes) -> dict[str, bytes]:
    """Name and content of every plain file in a tar archive. Raises ``ValueError`` for a damaged one."""
    found: dict[str, bytes] = {}
    at = 0
    while at + BLOCK <= len(archive):
        header = archive[at : at + BLOCK]
        if not header.strip(b"\0"):
            break
        size = int(header[124:136].strip(b"\0 ") or b"0", 8)
        if size < 0:
            raise ValueError("a member of the archive has no size")
        name = (_text(header[345:500]) + "/" if header[257:262] == b"ustar" and header[345] else "") + _text(
            header[:100]
        )
        at += BLOCK
        if at + size > len(archive):
            raise ValueError("the archive ends early")
        if header[156:157] in _PLAIN:
            found[name] = archive[at : at + size]
        at += -(-size // BLOCK) * BLOCK
    return found


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", errors="replace")
