"""Compares the article digests with the full text: their numbers, and how much of the wording is the text's own.

    python bench/check_digests.py --texts DIR

DIR holds the regulations, each file named by its title. Ends with 1 where something differs.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from ingest.readers import read
from ingest.split import split
from kb.law.names import short
from kb.law.numerals import NUMBER, ArticleNumber, to_int
from kb.models import Article, Digest, Document

DIGESTS = Path(__file__).resolve().parent.parent / "corpus" / "digests"
#: Longest run of Chinese characters that a digest may share with the text, punctuation not counted.
LONGEST_RUN = 12
#: Names and fixed phrases that cannot be said otherwise; they end a run.
TERMS = (
    "国民经济和社会发展规划",
    "国民经济和社会发展年度计划",
    "省自治区直辖市人民政府",
    "国务院住房城乡建设主管部门",
    "省自治区直辖市",
    "国务院自然资源主管部门",
    "县级以上地方人民政府",
    "县级以上人民政府",
    "自然资源主管部门",
    "市县级人民政府",
    "市县人民政府",
    "城市房屋拆迁管理条例",
    "土地管理法",
    "新增建设用地的土地有偿使用费",
    "新增建设用地土地有偿使用费",
    "房地产价格评估机构",
    "房地产价格评估专家委员会",
    "社会稳定风险评估",
    "直接负责的主管人员和其他直接责任人员",
    "依法追究刑事责任",
    "依法给予治安管理处罚",
    "依法承担赔偿责任",
    "国土空间规划",
    "土地利用年度计划",
    "农村集体经济组织",
    "集体经营性建设用地",
    "国有土地使用权",
    "农用地转用方案",
    "征地补偿安置方案",
    "征地补偿安置协议",
    "建设用地审批手续",
    "产业准入和生态环境保护要求",
    "公共资源交易平台体系",
)

#: What one number counts: its value (a date in ISO form) and its unit, as in (30, 日) and (8, 条).
Quantity = tuple[str, str]

_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_UNITS = "工作日|小时|万元|元|平方米|亩|周岁|日|天|月|年(?!度)|条|款|项|目|次|倍|成|户|人|名|件|份|家|种|类|级|套|%|％"
_COUNTED = re.compile(rf"({NUMBER})个?({_UNITS})")
_HAN = re.compile(r"[^\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of facts.tsv."""

    law: str
    article: str  # 第十五条
    value: str
    unit: str
    meaning: str


def facts(path: Path = DIGESTS / "facts.tsv") -> list[Fact]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [Fact(**row) for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]


def digest_documents() -> list[Document]:
    """Each digest file as the library reads it."""
    return [document(path) for path in sorted(DIGESTS.glob("*.md")) if path.stem != "README"]


def document(path: Path) -> Document:
    return split(read(path), path.name, "", path.stem)


def told(document: Document, digest: Digest) -> str:
    """Caption and text."""
    return f"{digest.title}\n{document.text[digest.start : digest.end]}"


def quantities(text: str) -> set[Quantity]:
    """Every number with its unit; digits that count nothing known have the unit ？."""
    found = {(f"{int(y)}-{int(m):02}-{int(d):02}", "日期") for y, m, d in _DATE.findall(text)}
    rest = _DATE.sub("，", text)
    found |= {(str(to_int(number)), unit) for number, unit in _COUNTED.findall(rest)}
    rest = _COUNTED.sub("，", rest)
    return found | {(digits, "？") for digits in re.findall(r"[0-9０-９]+", rest)}


def source_quantities(source: Document, article: Article) -> set[Quantity]:
    """Those of the article's words, and how many items 项 it lists."""
    found = quantities(source.text[article.body : article.end])
    return found | ({(str(len(article.items)), "项")} if article.items else set())


def longest_run(told: str, source: str) -> str:
    """The longest run of Chinese characters in both, punctuation left out, TERMS as breaks."""
    a, b = _broken(told, "\0"), _broken(source, "\1")
    match = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    return a[match.a : match.a + match.size]


def _broken(text: str, mark: str) -> str:
    text = _HAN.sub("", text)
    return re.sub("|".join(sorted(TERMS, key=len, reverse=True)), mark, text)


def find(law: str, folder: Path) -> Path:
    """The file in the folder whose name begins with the law's."""
    inside = folder.iterdir() if folder.is_dir() else ()
    found = sorted(path for path in inside if short(path.stem).startswith(short(law)))
    if not found:
        sys.exit(f"{folder}：没有《{law}》，请放入以其名称命名的文件")
    return found[-1]


def check(digests: Document, source: Document, table: dict[tuple[str, str], set[Quantity]]) -> list[str]:
    """What differs, a sentence each; prints the longest run of every article."""
    articles = {unit.number: unit for unit in source.units if isinstance(unit, Article)}
    head = quantities(source.text[: min((article.start for article in articles.values()), default=0)])
    wrong = []
    for digest in digests.units:
        assert isinstance(digest, Digest)
        name = f"{digest.law}{digest.number.chinese}"
        if digest.number not in articles:
            wrong.append(f"{name}：{source.path} 没有这一条")
            continue
        text = told(digests, digest)
        said, listed = quantities(text), table.get((digest.law, digest.number.chinese), set())
        official = source_quantities(source, articles[digest.number])
        wrong += [f"{name}：正文没有 {v}{u}" for v, u in sorted(listed - official - head)]
        wrong += [f"{name}：facts.tsv 缺 {v}{u}" for v, u in sorted(official - listed)]
        wrong += [f"{name}：要旨缺 {v}{u}" for v, u in sorted(listed - said)]
        wrong += [f"{name}：要旨多出 {v}{u}" for v, u in sorted(said - listed)]
        run = longest_run(text, source.text)
        if len(run) > LONGEST_RUN:
            wrong.append(f"{name}：与正文连续相同 {len(run)} 字「{run}」")
        print(f"{name}\t{len(run)}\t{run}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    arguments = parser.parse_args()
    table: dict[tuple[str, str], set[Quantity]] = defaultdict(set)
    for fact in facts():
        table[fact.law, ArticleNumber.parse(fact.article).chinese].add((fact.value, fact.unit))
    wrong, count = [], 0
    for digests in digest_documents():
        law = digests.units[0]
        assert isinstance(law, Digest)
        wrong += check(digests, document(find(law.law, arguments.texts)), table)
        count += len(digests.units)
    print(f"{count} 条要旨，{sum(map(len, table.values()))} 个数字，{len(wrong)} 处不符")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
