"""Files into documents, cases and articles, and into the library."""

from ingest.run import Outcome, ingest, ingest_file

__all__ = ["Outcome", "ingest", "ingest_file"]
