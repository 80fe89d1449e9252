"""The texts that ship: every case file is complete, uses the known words and holds no personal data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ingest import laws

CASES = sorted((laws.CORPUS / "cases").glob("*.md"))
REQUIRED = [
    "type",
    "id",
    "title",
    "case_number",
    "court",
    "court_level",
    "decided",
    "region",
    "cause",
    "kind",
    "authority",
    "categories",
    "issues",
    "outcome",
    "statutes",
    "source",
    "confidence",
    "verified",
]
OPTIONAL = {"date_note", "effective"}
KINDS = {
    "指导性案例",
    "公报案例",
    "参考案例",
    "典型案例",
    "检察典型案例",
    "行政复议典型案例",
    "裁判文书",
    "调解案例",
    "通报",
}
LEVELS = {
    "最高人民法院",
    "高级人民法院",
    "中级人民法院",
    "基层人民法院",
    "检察机关",
    "纪检监察机关",
    "人民调解组织",
    "行政复议机关",
}
OUTCOMES = {"支持原告", "部分支持", "驳回", "撤诉", "调解/和解", "定罪处罚", "其他"}
CATEGORIES = {
    "补偿协议",
    "补偿决定",
    "征收决定",
    "集体土地征收",
    "安置与过渡",
    "评估",
    "房屋面积与性质认定",
    "未登记建筑/违法建筑",
    "附属物与装饰装修",
    "停产停业损失",
    "承租人权益",
    "补偿款分配",
    "强制拆除与赔偿",
    "程序与信息公开",
    "骗取补偿/职务犯罪",
    "信访与纠纷化解",
}
SECTIONS = ["基本案情", "争议焦点", "裁判结果", "裁判理由", "典型意义"]
PERSONAL = [
    (r"(?<!\d)\d{17}[\dXx](?!\d)", "身份证号"),
    (r"(?<!\d)1[3-9]\d{9}(?!\d)", "手机号"),
    (r"(?<!\d)0\d{2,3}[-－]\d{7,8}(?!\d)", "固定电话"),
    (r"(?<!\d)\d{16,19}(?!\d)", "银行卡号"),
]


def parts(file: Path) -> tuple[dict, str]:
    _, front, body = file.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def test_all_cases_ship_and_none_twice():
    titles = [parts(file)[0]["title"] for file in CASES]
    assert len(CASES) == 234
    assert len({file.stem for file in CASES}) == len(CASES)
    assert len(set(titles)) > 225  # two digests of one dispute may share a title


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case_file_is_complete(file):
    meta, body = parts(file)
    assert [key for key in meta if key not in OPTIONAL] == REQUIRED, "keys, in the order of the README"
    assert meta["type"] == "case"
    assert meta["id"] == file.stem
    assert re.fullmatch(r"[a-z0-9-]+", meta["id"])
    assert meta["kind"] in KINDS
    assert meta["court_level"] in LEVELS
    assert meta["outcome"] in OUTCOMES
    assert meta["confidence"] in {"high", "medium"}
    assert meta["verified"] in {None, "full", "part"}
    assert meta["categories"]
    assert set(meta["categories"]) <= CATEGORIES
    assert meta["issues"]
    assert isinstance(meta["statutes"], list)
    assert list(meta["source"]) == ["title", "publisher", "url"]
    assert meta["source"]["title"]
    assert meta["decided"] is None or re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", meta["decided"]), "quoted, ISO"
    assert "未载" not in (meta["court"], meta["region"], meta["authority"]), "未载 is null"

    pieces = re.split(r"^## (.+)\n", body, flags=re.M)
    assert pieces[0].strip() == f"# {meta['title']}"
    assert pieces[1::2] == SECTIONS
    texts = dict(zip(pieces[1::2], (p.strip() for p in pieces[2::2]), strict=True))
    assert all(len(text) >= 10 for text in texts.values())
    assert texts["争议焦点"] == "\n".join(f"- {issue}" for issue in meta["issues"])


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case_file_holds_no_personal_numbers(file):
    meta, body = parts(file)
    meta["source"] = {**meta["source"], "url": None}  # addresses of pages hold long numbers
    text = body + yaml.safe_dump(meta, allow_unicode=True)
    found = [(name, match[0]) for pattern, name in PERSONAL for match in re.finditer(pattern, text)]
    assert not found


def test_default_files_are_the_cases_and_digests_without_their_readme():
    files = laws.default_files()
    assert set(CASES) <= set(files)
    assert {file.parent.name for file in files} <= {"cases", "digests"}
    assert all(file.suffix == ".md" and file.stem != "README" for file in files)


def test_the_readme_shows_a_case_that_passes_as_one():
    readme = (laws.CORPUS / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```markdown\n---\n(type: case.*?)---\n", readme, re.S)
    assert block is not None
    assert list(yaml.safe_load(block[1])) == REQUIRED
    assert all(f"`{key}`" in readme for key in ("confidence", "verified", "date_note", "effective"))
    assert all(word in readme for word in KINDS | LEVELS | OUTCOMES | CATEGORIES)


def test_the_list_of_laws_gives_each_its_status_and_who_says_so():
    listed = laws.curated()
    assert {"中华人民共和国民法典", "中华人民共和国土地管理法", "中华人民共和国行政诉讼法"} <= {s.law for s in listed}
    assert len(listed) >= 25
    assert all(s.status in laws.STATUSES and s.status_source for s in listed)
    # 刑法修正案（十二） rewrote these and the package's text of 刑法 is older
    penal = next(s for s in listed if s.law == "中华人民共和国刑法")
    rewritten = {165, 166, 169, 387, 390, 391, 393}
    assert not [n for n in rewritten for a, b in penal.articles if (a.number, a.of) <= (n, 0) <= (b.number, b.of)]
