"""kill -9 at any moment of ingest, remove, indexing or rebuild: after the next start each document is whole or absent.

A process that has imported everything forks one worker for each point, so that a kill never hits imports. The worker
tells of each step before and after it; the kill falls at a seeded share of the time that such a step takes here.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path

import pytest

from kb import KnowledgeBase, Viewer
from kb.embed.fake import FakeEmbedder
from tests.conftest import statute

ARTICLES = 40
POINTS = 30
NAMES = ("甲", "乙", "丙")
KINDS = ("ingest", "follow", "ingest", "remove", "ingest", "rebuild")

_NURSERY = """
import json, os, sys, time
from pathlib import Path

from ingest import ingest_file
from ingest.readers import markdown
from kb import KnowledgeBase, Viewer
from kb.embed.fake import FakeEmbedder
from kb.index.tokens import words
from tests.small_files import statute_md

words("预热")  # reads the dictionary, once for all workers


def say(*what):
    os.write(1, (json.dumps(what) + "\\n").encode())


def work(home, steps):
    say("born", os.getpid())
    me, home = Viewer.local(), Path(home)
    kb = KnowledgeBase.open(home, cache=home, embedder=FakeEmbedder())
    for step, name, turn in steps:
        file = home / f"{name}.md"
        if step == "ingest":
            articles = {str(i): f"{name}条例第{turn}版第{i}条，临时安置费与搬迁费。" for i in range(1, ARTICLES + 1)}
            statute_md(file, f"{name}条例", articles)
        say("begin", step)
        start = time.perf_counter()
        if step == "ingest":
            outcome = ingest_file(file, kb, me)
            assert outcome.status in ("added", "replaced"), outcome
        elif step == "remove":
            assert kb.remove(next(e.id for e in kb.documents(me) if e.path == str(file.resolve())), me)
        elif step == "follow":
            kb.indexes.follow()
        elif step == "rebuild":
            kb.rebuild()
        say("end", step, time.perf_counter() - start)


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        work(*json.loads(line))
        os._exit(0)
    os.waitpid(child, 0)
    say("gone")
"""


class Rig:
    """One library for all points: each start also has to cope with what the last kill left."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.versions: dict[str, int | None] = dict.fromkeys(NAMES)  # what is in the library; None: not there
        self.taken: dict[str, list[float]] = defaultdict(list)  # seconds of each kind of step
        self.interrupted: Counter[str] = Counter()
        self.turn = 0
        self._nursery = subprocess.Popen(
            [sys.executable, "-c", _NURSERY.replace("ARTICLES", str(ARTICLES))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
            env=os.environ | {"PYTHONPATH": "."},
        )

    def close(self) -> None:
        assert self._nursery.stdin
        self._nursery.stdin.close()
        self._nursery.wait()

    def _told(self) -> list:
        assert self._nursery.stdout
        line = self._nursery.stdout.readline()
        assert line, "the worker's process ended"
        return json.loads(line)

    def plan(self, last: str, draw: random.Random) -> list[tuple[str, str, int]]:
        """Steps of which the last is of the kind wanted; what is to be removed or followed is there before."""
        name = draw.choice(NAMES)
        needed = last == "follow" or (last == "remove" and self.versions[name] is None)
        first = [("ingest", name, self._next())] if needed else []
        return [*first, (last, name, self._next())]

    def _next(self) -> int:
        self.turn += 1
        return self.turn

    def run(self, steps: list[tuple[str, str, int]], share: float | None = None) -> dict[str, set[int | None]]:
        """Take the steps, killed at this share of the last one's time; the versions that may be there afterwards."""
        assert self._nursery.stdin
        self._nursery.stdin.write((json.dumps([str(self.home), steps]) + "\n").encode())
        self._nursery.stdin.flush()
        _, worker = self._told()
        allowed: dict[str, set[int | None]] = {name: {version} for name, version in self.versions.items()}
        begun = done = 0
        while (told := self._told())[0] != "gone":
            step, name, turn = steps[done]
            after = {"ingest": {turn}, "remove": {None}}.get(step, allowed[name])
            if told[0] == "begin":
                begun += 1
                allowed[name] = allowed[name] | after
                if share is not None and begun == len(steps):
                    time.sleep(share * statistics.median(self.taken[step]))
                    with suppress(ProcessLookupError):  # it was done sooner than such a step usually is
                        os.kill(worker, signal.SIGKILL)
            else:
                done += 1
                allowed[name] = after
                if done == len(steps):  # a worker's later steps are quicker than its first
                    self.taken[step].append(told[2])
        if share is not None and done < len(steps):
            self.interrupted[steps[-1][0]] += 1
        return allowed

    def look(self) -> dict[str, int | None]:
        """Start again, check the library, and tell which version of each document is in it."""
        me = Viewer.local()
        kb = KnowledgeBase.open(self.home, cache=self.home, embedder=FakeEmbedder())
        assert kb.check() == []
        found = kb.search("临时安置费与搬迁费", me, k=1000).hits
        versions: dict[str, int | None] = dict.fromkeys(NAMES)
        for entry in kb.documents(me):
            whole = kb.get(entry.id, me)
            assert len(whole.units) == ARTICLES
            turns = {int(turn) for turn in re.findall(r"第(\d+)版", whole.text)}
            assert len(turns) == 1, "articles of two versions in one document"
            texts = {hit.text for hit in found if hit.source.document == entry.id}
            assert len(texts) == ARTICLES
            assert all(f"第{next(iter(turns))}版" in text for text in texts)
            versions[whole.title[0]] = turns.pop()
        assert len(found) == ARTICLES * sum(version is not None for version in versions.values())
        kb.close()
        self.versions = versions
        return versions


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    made = Rig(tmp_path_factory.mktemp("crash"))
    draw = random.Random(-1)
    for kind in sorted({*KINDS} - {"remove"}) * 3 + ["remove"] * 3:  # how long each takes on this machine, now
        made.run(made.plan(kind, draw))
        made.look()
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(POINTS))
def test_after_a_kill_every_document_is_whole_or_absent(rig, seed):
    # Multiples of the golden ratio spread evenly, however few; some fall beyond the median of a step's time.
    share = 1.3 * (seed * 0.6180339887 % 1)
    allowed = rig.run(rig.plan(KINDS[seed % len(KINDS)], random.Random(seed)), share)
    found = rig.look()
    assert all(found[name] in allowed[name] for name in NAMES), (found, allowed)


def test_the_kills_hit_work_and_not_the_time_between(rig):
    if not rig.interrupted:
        for seed in range(10):  # this test was chosen alone
            rig.run(rig.plan("ingest", random.Random(seed)), seed / 10)
            rig.look()
    assert sum(rig.interrupted.values()) > 0


def test_a_file_that_a_killed_commit_left_does_not_stop_the_next(tmp_path):
    """The word index names a file of deletions by what it deletes: the same change, once more, wants the same name."""
    me = Viewer.local()

    def opened(home: str) -> KnowledgeBase:
        return KnowledgeBase.open(tmp_path / home, cache=tmp_path, embedder=FakeEmbedder())

    def change(home: str) -> KnowledgeBase:
        kb = opened(home)
        kb.add(statute("甲条例", ["新的临时安置费。", "搬迁费。"], path="/a.md"), me)
        kb.indexes.follow()
        return kb

    kb = opened("home")
    kb.add(statute("甲条例", ["旧的临时安置费。", "搬迁费。"], path="/a.md"), me)
    kb.add(statute("乙条例", ["旧的过渡费。", "奖励费。"], path="/b.md"), me)
    kb.indexes.follow()
    kb.close()
    shutil.copytree(tmp_path / "home", tmp_path / "whole")
    change("whole").close()
    # As if the kill had come when the deletions were on disk and the list of segments was not.
    (left,) = (tmp_path / "whole" / "index").glob("*/*.del")
    folder = tmp_path / "home" / "index" / left.parent.name
    shutil.copy(left, folder)
    managed = folder / ".managed.json"
    managed.write_text(json.dumps([*json.loads(managed.read_text()), left.name]))
    kb = change("home")
    assert kb.check() == []
    assert kb.search("新的临时安置费", me).hits[0].text == "新的临时安置费。"
