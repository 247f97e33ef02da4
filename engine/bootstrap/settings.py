"""What an operator may set, with defaults that are safe on a developer's machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ON, OFF = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
SMALLEST_MESSAGE, LARGEST_MESSAGE = 65_536, 2**31 - 1
LONGEST_DRAIN = 3_600
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class SettingsError(ValueError):
    """The settings cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one server process.

    ``listen`` is ``host:port`` (port 0 takes a free one) or ``unix:PATH``. ``rules`` are folders whose books are
    published at start when they are not in the store yet. ``failing`` is told of those whose own tests fail: their
    books are then tried out in this process and published nowhere; None refuses them. ``drain_seconds`` is how long
    calls in flight may take.
    ``cache`` is where compiled rule books are kept between starts; None keeps none.
    ``tax_hook`` is the URL that answers tax rates to rule books that ask for it, within ``tax_seconds``.
    One question about a configuration searches for ``search_seconds`` (less when the caller's deadline is nearer) and
    ``search_conflicts`` at most; then it is answered with what is known so far.
    A call beyond ``calls_max`` at once, streams counted, is turned away with RESOURCE_EXHAUSTED before it waits.
    """

    database: Path
    listen: str = "127.0.0.1:50051"
    rules: tuple[Path, ...] = ()
    failing: Callable[[str], None] | None = None
    handler_threads: int = 32
    calls_max: int = 1_000
    lines_max: int = 2_000
    message_bytes_max: int = 16 * 1024 * 1024
    drain_seconds: float = 20
    approvals: str = "plain"
    test_clock: bool = False
    tax_hook: str = ""
    tax_seconds: float = 2
    cache: Path | None = None
    search_seconds: float = 5
    search_conflicts: int = 200_000

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the address."""
        return self.listen.startswith("unix:") or self.listen.rpartition(":")[0] in LOOPBACK


BOUNDS: tuple[tuple[Callable[[Settings], bool], str], ...] = (
    (lambda it: 0 < it.tax_seconds <= 60, "the tax service is given up to 60 seconds to answer"),
    (
        lambda it: 0 < it.search_seconds <= 600 and it.search_conflicts >= 1,
        "a search is given up to 600 seconds and at least one conflict",
    ),
    (lambda it: it.calls_max >= 1, "at least one call at once has to be allowed"),
    (lambda it: it.handler_threads >= 1 and it.lines_max >= 1, "threads and lines have to be at least 1"),
    (
        lambda it: SMALLEST_MESSAGE <= it.message_bytes_max <= LARGEST_MESSAGE,
        f"the largest message has {SMALLEST_MESSAGE} to {LARGEST_MESSAGE} bytes",
    ),
    (
        lambda it: 0 <= it.drain_seconds <= LONGEST_DRAIN,
        f"calls in flight are given 0 to {LONGEST_DRAIN} seconds when the server stops",
    ),
)
"""What holds of numbers, and what is said where it does not."""


def check(settings: Settings) -> None:
    """Raise SettingsError with what is wrong."""
    host, colon, port = settings.listen.rpartition(":")
    if not settings.listen.startswith("unix:") and not (host and colon and _is_port(port)):
        raise SettingsError(f"`{settings.listen}` is not an address; write host:port or unix:PATH")
    if not settings.is_local:
        raise SettingsError(
            f"refusing to listen on `{settings.listen}`: callers are not authenticated yet, so only this machine may "
            "connect; listen on 127.0.0.1 or a unix socket, and put a proxy that checks credentials in front"
        )
    if settings.approvals not in ("plain", "durable"):
        raise SettingsError(f"approvals `{settings.approvals}` are not known; say plain or durable")
    if settings.tax_hook and not _is_http(settings.tax_hook):
        raise SettingsError(
            f"`{settings.tax_hook}` is no address of a tax service; write http://host/path or https://…"
        )
    for is_within, said in BOUNDS:
        if not is_within(settings):
            raise SettingsError(said)


def switched_on(environ: Mapping[str, str], name: str) -> bool:
    """Whether a switch is on that the environment gives; raises SettingsError for what is neither on nor off."""
    said = environ.get(name, "").strip().lower()
    if said not in (*ON, *OFF):
        raise SettingsError(f"{name} is `{environ[name]}`, which is neither on nor off; say 1 or 0")
    return said in ON


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 65536


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
