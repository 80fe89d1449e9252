"""Retrieval measured over judged queries: in a corpus of articles, or in a library's own cases."""

from kb.evaluate.corpus import Corpus, open_corpus
from kb.evaluate.run import evaluate, read_queries

__all__ = ["Corpus", "evaluate", "open_corpus", "read_queries"]
