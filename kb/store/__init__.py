"""The truth: documents, versions, units, chunks, vectors, settings and the audit trail, in SQL."""

from kb.store.engine import Store

__all__ = ["Store"]
