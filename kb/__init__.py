"""征鉴's knowledge base: keeps precedents and rules, and finds them. Knows nothing of files, casework or pages."""

from kb.base import Added, KnowledgeBase, Results
from kb.errors import KBError, NotFound, UnreadableFile
from kb.models import Document, DocumentKind, Hit, State, UnitKind, Viewer, Visibility

__all__ = [
    "Added",
    "Document",
    "DocumentKind",
    "Hit",
    "KBError",
    "KnowledgeBase",
    "NotFound",
    "Results",
    "State",
    "UnitKind",
    "UnreadableFile",
    "Viewer",
    "Visibility",
]
