"""`kb eval`: measures that can be worked out by hand, the user's library untouched, an interrupted run resumed."""

from __future__ import annotations

import gzip
import json
import sqlite3
import time
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.embed.fake import FakeEmbedder
from kb.evaluate.metrics import Judged, latency, ndcg, recall, reciprocal_rank, scores
from tests import small_files as make
from tests.command import Command

KEYS = {
    "queries", "R@1", "R@5", "R@10", "R@20", "R@100", "nDCG@10", "MRR@10", "p50_ms", "p95_ms", "reference_p50_ms",
    "reference_p95_ms", "none_said", "mode", "model",
}  # fmt: skip

CORPUS = [
    {"id": 11, "law": "江城市旧城改造办法", "article": "第一条", "text": "电梯加装的费用由住户与改造单位各半分担。"},
    {"id": 12, "law": "江城市旧城改造办法", "article": "第二条", "text": "周转房按人均十五平方米提供。"},
    {"id": 13, "law": "江城市旧城改造办法", "article": "第三条", "text": "旧砖旧瓦归住户所有。"},
    {"id": "甲-4", "law": "江城市停车条例", "article": "第四条之一", "text": "路边车位晚间免费。"},
    {"id": 15, "law": "江城市停车条例", "article": "全文", "text": "没有条号的一段话也算一条。"},
]

#: Articles that a query names come first, in its order: so the ranks are known.
QUESTIONS = [
    {"qid": "a", "q": "江城市旧城改造办法第二条、第一条", "gold_ids": [11]},  # second
    {"qid": "b", "q": "江城市旧城改造办法第三条", "gold_ids": [13, 99]},  # first; the other is not in the corpus
    {"qid": "c", "q": "江城市停车条例第四条之一", "gold_ids": ["甲-4"]},  # first
    {"qid": "d", "q": "江城市停车条例第四条之一", "gold_ids": []},  # counts in no measure
]


def jsonl(path, rows):
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.fixture
def kb(tmp_path):
    return Command(tmp_path)


@pytest.fixture
def files(tmp_path):
    return jsonl(tmp_path / "corpus.jsonl.gz", CORPUS), jsonl(tmp_path / "questions.jsonl", QUESTIONS)


def test_measures_worked_out_by_hand(kb, files):
    corpus, questions = files
    answer = kb("eval", "--corpus", corpus, "--queries", questions, "--json")
    (found,) = answer.lines  # one object on one line
    assert set(found) >= KEYS
    assert (found["queries"], found["articles"], found["mode"], found["model"]) == (4, 5, "hybrid", "fake")
    assert found["R@1"] == round((0 + 1 / 2 + 1) / 3, 4)
    assert found["R@5"] == found["R@100"] == round((1 + 1 / 2 + 1) / 3, 4)
    assert found["MRR@10"] == round((1 / 2 + 1 + 1) / 3, 4)
    assert found["nDCG@10"] == round((1 / log2(3) + 1 / (1 + 1 / log2(3)) + 1) / 3, 4)
    assert found["none_said"] == 0
    assert 0 < found["p50_ms"] <= found["p95_ms"]
    assert 0 < found["reference_p50_ms"] <= found["reference_p95_ms"]
    assert "hit@3" not in found


@pytest.mark.parametrize(("mode", "model"), [("dense", "fake"), ("lexical", None)])
def test_each_channel_can_be_measured_alone(kb, files, mode, model):
    corpus, questions = files
    found = kb("eval", "--corpus", corpus, "--queries", questions, "--mode", mode, "--json").json
    assert (found["mode"], found["model"], found["R@5"]) == (mode, model, 0.8333)


def test_the_users_library_is_untouched_and_the_corpus_has_its_own(kb, files, tmp_path):
    corpus, questions = files
    kb("eval", "--corpus", corpus, "--queries", questions, "--json")
    assert not (tmp_path / "home").exists()
    assert len(list((tmp_path / "cache" / "eval").iterdir())) == 1
    kb("eval", "--corpus", corpus, "--queries", questions, "--json")  # the same corpus: the same library
    assert len(list((tmp_path / "cache" / "eval").iterdir())) == 1
    jsonl(corpus, CORPUS[:3])
    kb("eval", "--corpus", corpus, "--queries", questions, "--json")
    assert len(list((tmp_path / "cache" / "eval").iterdir())) == 2


def test_ready_vectors_take_the_place_of_the_model(kb, files, tmp_path):
    """With each article's vector that of another's text, a dense search finds the other."""
    corpus, _ = files
    texts = [row["law"] + row["article"] + " " + row["text"] for row in CORPUS]
    vectors = tmp_path / "vectors.npy"
    np.save(vectors, np.roll(FakeEmbedder().passages(texts), 1, axis=0))
    questions = jsonl(tmp_path / "q.jsonl", [{"qid": 1, "q": "旧砖旧瓦归住户所有。", "gold_ids": ["甲-4"]}])
    found = kb(
        "eval", "--corpus", corpus, "--queries", questions, "--vectors", vectors, "--mode", "dense", "--json"
    ).json
    assert found["R@1"] == 1
    np.save(vectors, np.zeros((3, 64), np.float32))
    answer = kb("eval", "--corpus", corpus, "--queries", questions, "--vectors", vectors, "--json", code=1)
    assert "(3, 64)" in answer.err
    assert "5 行" in answer.err


def test_graded_questions_over_the_cases_of_the_library(kb, tmp_path):
    near, far = "豆腐作坊被拆，拆前没有调查认定。", "搬家补助拖了十一个月没有付。"
    kb(
        "ingest",
        make.case_md(tmp_path / "甲.md", "周某案", near, "应当先调查。", id="case-a"),
        make.case_md(tmp_path / "乙.md", "钱某案", far, "构成违约。", id="case-b"),
    )
    questions = jsonl(
        tmp_path / "q.jsonl",
        [
            {"qid": 1, "q": near, "rel": {"case-a": 1, "case-b": 2}},  # the lesser one first, the greater second
            {"qid": 2, "q": far, "rel": {"case-b": 2}},
            {"qid": 3, "q": far, "rel": {"case-a": 1}},  # no grade 2: not in hit@3
            {"qid": 4, "q": near, "rel": {"case-x": 2}},  # not in the library
        ],
    )
    found = kb("eval", "--queries", questions, "--json").json
    first = (1 + 3 / log2(3)) / (3 + 1 / log2(3))
    assert found["nDCG@10"] == round((first + 1 + 1 / log2(3) + 0) / 4, 4)
    assert found["hit@3"] == round(2 / 3, 4)
    assert found["MRR@10"] == round((1 + 1 + 1 / 2 + 0) / 4, 4)


def test_an_empty_library_has_nothing_to_measure(kb, files):
    assert "kb init" in kb("eval", "--queries", files[1], "--json", code=1).err


@pytest.mark.parametrize(
    ("corpus", "questions", "says"),
    [
        (["不是 JSON"], QUESTIONS, "语料"),
        ([{"id": 1, "law": "甲办法", "text": "没有条号。"}], QUESTIONS, "第 1 行"),
        (CORPUS, [{"qid": 1, "q": "没有答案"}], "第 1 行"),
        (CORPUS, [], "没有问题"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(kb, tmp_path, corpus, questions, says):
    (tmp_path / "c.jsonl").write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in corpus), "utf-8")
    answer = kb(
        "eval",
        "--corpus",
        tmp_path / "c.jsonl",
        "--queries",
        jsonl(tmp_path / "q.jsonl", questions),
        "--json",
        code=1,
    )
    assert says in answer.err
    assert answer.out == ""


def _documents(cache) -> int:
    """How many laws the evaluation's library holds so far."""
    for file in cache.glob("eval/*/library.db"):
        try:
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
                return int(store.execute("select count(*) from documents").fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # its tables are being made
    return 0


def test_a_killed_run_resumes_where_it_was(kb, tmp_path):
    laws = 150
    corpus = jsonl(
        tmp_path / "c.jsonl",
        [
            {
                "id": f"{n}-{i}",
                "law": f"第{n}号街区办法",
                "article": f"第{i}条",
                "text": f"街区{n}的第{i}件事，逐一办理。",
            }
            for n in range(laws)
            for i in range(1, 9)
        ],
    )
    questions = jsonl(tmp_path / "q.jsonl", [{"qid": 1, "q": "街区7的第3件事", "gold_ids": ["7-3"]}])
    args = ("eval", "--corpus", corpus, "--queries", questions, "--json")
    cache = tmp_path / "cache"
    started = kb.process(*args)
    while _documents(cache) < 5:
        assert started.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    started.kill()
    out, _ = started.communicate()
    assert out == b""
    there = _documents(cache)
    assert 5 <= there < laws
    found = kb(*args).json
    assert found["articles"] == laws * 8
    (home,) = (cache / "eval").iterdir()
    with sqlite3.connect(home / "library.db") as store:
        assert store.execute("select count(*) from documents").fetchone() == (laws,)
        assert store.execute("select count(*) from audit where what = 'added'").fetchone() == (laws,)  # none twice
    again = Command(tmp_path / "fresh")(*args).json
    quality = [name for name in found if not name.endswith("_ms")]
    assert {name: found[name] for name in quality} == {name: again[name] for name in quality}


# The measures against a plain re-computation

ids = st.sampled_from([f"d{n}" for n in range(12)])
rankings = st.lists(ids, unique=True, max_size=12)
golds = st.dictionaries(ids, st.integers(1, 3), min_size=1, max_size=6)


def plain_ndcg(ranked, gold, k):
    def dcg(grades):
        total = 0.0
        for place in range(min(k, len(grades))):
            total += (2 ** grades[place] - 1) / log2(place + 2)
        return total

    return dcg([gold.get(i, 0) for i in ranked]) / dcg(sorted(gold.values())[::-1])


@given(rankings, golds, st.integers(1, 12))
def test_recall_ndcg_and_reciprocal_rank(ranked, gold, k):
    assert recall(ranked, gold, k) == len(set(ranked[:k]) & set(gold)) / len(gold)
    assert ndcg(ranked, gold, k) == pytest.approx(plain_ndcg(ranked, gold, k))
    places = [place for place, i in enumerate(ranked[:k], 1) if i in gold]
    assert reciprocal_rank(ranked, gold, k) == (1 / min(places) if places else 0)
    assert 0 <= ndcg(ranked, gold, k) <= 1 + 1e-9


@given(golds)
def test_the_ideal_order_scores_1_and_nothing_scores_0(gold):
    ideal = sorted(gold, key=lambda i: -gold[i])
    assert ndcg(ideal, gold) == pytest.approx(1)
    assert recall(ideal, gold, 100) == reciprocal_rank(ideal, gold) == 1
    assert ndcg([], gold) == recall([], gold, 10) == reciprocal_rank([], gold) == 0


@given(st.lists(st.tuples(rankings, golds | st.just({})), max_size=8))
def test_averages_leave_out_queries_without_an_answer(runs):
    found = scores([(Judged(str(n), "", gold, graded=True), ranked) for n, (ranked, gold) in enumerate(runs)])
    answered = [(ranked, gold) for ranked, gold in runs if gold]
    if not answered:
        assert found == {}
        return
    mean = sum(plain_ndcg(ranked, gold, 10) for ranked, gold in answered) / len(answered)
    assert found["nDCG@10"] == pytest.approx(mean, abs=1e-4)
    best = [any(gold.get(i) == 2 for i in ranked[:3]) for ranked, gold in answered if 2 in gold.values()]
    assert ("hit@3" in found) is bool(best)
    if best:
        assert found["hit@3"] == pytest.approx(sum(best) / len(best), abs=1e-4)


@given(st.lists(st.floats(0.001, 10), min_size=20, max_size=60))
def test_latencies_lie_among_those_measured(seconds):
    found = latency(seconds, "x_")
    assert min(seconds) * 1000 - 0.01 <= found["x_p50_ms"] <= found["x_p95_ms"] <= max(seconds) * 1000 + 0.01
