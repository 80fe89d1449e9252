"""kill -9 at any moment of adding, replacing, removing or rebuilding: after the next start each document is whole or absent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb import KnowledgeBase, Viewer
from kb.embed.fake import FakeEmbedder

_WORK = """
import sys
from kb import KnowledgeBase, Viewer
from kb.embed.fake import FakeEmbedder
from tests.conftest import statute
from pathlib import Path

home = Path(sys.argv[1])
kb = KnowledgeBase.open(home, cache=home, embedder=FakeEmbedder())
me = Viewer.local()
print("ready", flush=True)
for turn in range(1000):
    for name in ("甲", "乙", "丙"):
        articles = [f"{name}条例第{turn}版第{i}条，临时安置费与搬迁费。" for i in range(40)]
        kb.add(statute(f"{name}条例", articles, path=f"/{name}.md", id=f"law-{name}"), me)
        kb.indexes.follow()
    kb.remove("law-乙", me)
    kb.search("临时安置费", me)
    if turn % 2:
        kb.rebuild()
"""

_SEEDS = range(30)


def _run_and_kill(home: Path, delay: float) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORK, str(home)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"ready\n"
    time.sleep(delay)
    worker.send_signal(signal.SIGKILL)
    worker.wait()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One library for all points: each start also has to cope with what the last kill left."""
    return tmp_path_factory.mktemp("crash")


@pytest.mark.parametrize("seed", _SEEDS)
def test_after_a_kill_every_document_is_whole_or_absent(home, seed):
    _run_and_kill(home, random.Random(seed).uniform(0.0, 1.2))
    me = Viewer.local()
    kb = KnowledgeBase.open(home, cache=home, embedder=FakeEmbedder())
    assert kb.check() == []
    for entry in kb.documents(me):
        whole = kb.get(entry.id, me)
        assert len(whole.units) == 40
        turns = {line.split("第")[2].split("版")[0] for line in whole.text.splitlines() if "版" in line}
        assert len(turns) == 1, "articles of two versions in one document"
        found = kb.search(f"{whole.title}临时安置费", me, k=1000).hits
        assert sum(hit.source.document == entry.id for hit in found) == 40
    kb.close()
