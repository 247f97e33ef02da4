"""What cannot be read as the files of a rule book."""

from __future__ import annotations


class FolderError(Exception):
    """A folder cannot be read as a rule book; the message says why and names the path."""


class SpreadsheetError(FolderError):
    """A file cannot be read as a spreadsheet; the message says why, without the path."""
