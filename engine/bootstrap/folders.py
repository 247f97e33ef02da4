"""Rule folders that a server is started with: their books are published in order, unless they already stand so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.adapters.rule_folder import read_folder
from engine.adapters.unreadable import FolderError
from engine.application.paging import newest_first
from engine.application.perform import DEFAULT_TENANT, Environment, Work, perform
from engine.application.placing import Named, in_place, known_names
from engine.application.ports import Asked
from engine.application.publish import publish_again, publish_sound, sound_book
from engine.application.rule_books import ActiveBook, PublishedBook
from engine.bootstrap.settings import SettingsError
from engine.diagnostics import Fault, Refusal

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Folder:
    """A rule folder with the name of its book; ``active`` is None for a book that was published before.

    ``fails`` says that tests of its own do not hold, so that it is never published.
    """

    root: Path
    files: Mapping[str, bytes]
    name: Named
    active: ActiveBook | None = None
    fails: bool = False

    def publish(self, work: Work) -> PublishedBook | Refusal:
        """Put the book in force above all others."""
        if self.active is None:
            return publish_again(work, self.name.hash, etag="")
        return publish_sound(work, self.files, self.active, etag="")


def publish_folders(env: Environment, roots: Sequence[Path], failing: Tell | None = None) -> tuple[str, ...]:
    """Publish the books of folders in their order, but none that already stands so; return their hashes.

    A folder whose book comes again further on counts there. Raises SettingsError for folders that cannot be published,
    and publishes none when one has errors or fails its own tests. With ``failing``, books that fail their tests alone
    are tried out, with those that come after them, and what fails is told.
    """
    folders = _in_order(_named(env, [(root, _read(root)) for root in roots], failing))
    if any(each.fails for each in folders):
        for each in folders:
            _try_out(env, each)
        return tuple(each.name.hash for each in folders)
    with env.store.latest(DEFAULT_TENANT) as reader:
        standing = in_place([each.name for each in folders], newest_first(reader, PublishedBook))
    for folder in folders[standing:]:
        done = perform(env, Asked("PublishFolder"), folder.publish, lambda _, book: book.id.encode())
        if isinstance(done, Refusal):
            raise SettingsError(_told(folder.root, done))
    return tuple(each.name.hash for each in folders)


def _read(root: Path) -> Mapping[str, bytes]:
    try:
        return read_folder(root)
    except FolderError as problem:
        raise SettingsError(str(problem)) from problem


def _try_out(env: Environment, folder: _Folder) -> None:
    active = folder.active or env.books.get(DEFAULT_TENANT, folder.name.hash)
    assert active is not None, "a book is compiled or was published"
    env.books.try_out(active)


def _named(
    env: Environment, sources: Sequence[tuple[Path, Mapping[str, bytes]]], failing: Tell | None
) -> list[_Folder]:
    with env.store.latest(DEFAULT_TENANT) as reader:
        names = known_names(reader, env.books, [files for _, files in sources])
    found: list[_Folder] = []
    refused: list[str] = []
    for (root, files), name in zip(sources, names, strict=True):
        if name is not None:
            found.append(_Folder(root, files, name))
            continue
        checked = env.books.check(files)
        active = sound_book(checked)
        if isinstance(active, ActiveBook):
            found.append(_Folder(root, files, Named(active.book.hash, active.book.id), active))
        elif failing is not None and checked.active is not None:
            book = checked.active.book
            failing(
                f"tests of the rules in `{root}` fail; they price all the same, and cannot be published:\n"
                f"{_listed(active)}"
            )
            found.append(_Folder(root, files, Named(book.hash, book.id), checked.active, fails=True))
        else:
            refused.append(_told(root, active))
    if refused:
        raise SettingsError("\n".join(refused))
    return found


def _in_order(folders: Sequence[_Folder]) -> list[_Folder]:
    last = {each.name.hash: place for place, each in enumerate(folders)}
    return [each for place, each in enumerate(folders) if last[each.name.hash] == place]


def _told(root: Path, refusal: Refusal) -> str:
    return f"the rules in `{root}` cannot be published:\n{_listed(refusal)}"


def _listed(refusal: Refusal) -> str:
    return "\n".join(f"  {_placed(each)}" for each in refusal.faults)


def _placed(fault: Fault) -> str:
    """A fault with its place in the rules."""
    return f"{fault.field}: {fault.message}{f'; {fault.hint}' if fault.hint else ''}"
