"""Errors whose message the reader can act on: one Chinese sentence that pages and the command line show as it is."""

from __future__ import annotations


class KBError(Exception):
    """What was given, where, and what would be accepted."""


class UnreadableFile(KBError):
    """A file that cannot become a document; the library is unchanged."""


class NotFound(KBError):
    """No such document or unit, or the viewer may not know of it."""


class ModelError(KBError):
    """The embedding model is missing, broken or not the one that made the stored vectors."""


class StoreError(KBError):
    """The library's database cannot be opened or is not of this program's format."""
