"""Names of laws."""

import re
from pathlib import Path

import pytest

import kb.law.names as names
from kb.law.names import aliases, bare, key, known, present_year, short


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("《中华人民共和国土地管理法》", "土地管理法"),
        ("中华人民共和国土地管理法（2019修正）", "土地管理法"),
        ("国有土地上房屋征收与补偿条例(2011-01-21)", "国有土地上房屋征收与补偿条例"),
        ("行政诉讼法（1989年）", "行政诉讼法"),
        ("上海市实施《土地管理法》办法(2018-12-20)", "上海市实施土地管理法办法"),
        ("民 法 典", "民法典"),
        ("最高人民法院关于适用〈中华人民共和国行政诉讼法〉的解释", "最高人民法院关于适用行政诉讼法的解释"),
        # part of the title, not a version
        ("刑法修正案（十一）", "刑法修正案（十一）"),
    ],
)
def test_short(title: str, expected: str) -> None:
    assert short(title) == expected


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("条例", "国有土地上房屋征收与补偿条例"),
        ("征收条例", "国有土地上房屋征收与补偿条例"),
        ("五百九十号令", "国有土地上房屋征收与补偿条例"),
        ("拆迁条例", "城市房屋拆迁管理条例"),
        ("土地法", "土地管理法"),
        ("实施条例", "土地管理法实施条例"),
        ("行诉解释", "最高人民法院关于适用行政诉讼法的解释"),
        ("最高人民法院关于适用《中华人民共和国行政诉讼法》的解释", "最高人民法院关于适用行政诉讼法的解释"),
        # its issuer left out, or shortened
        ("关于适用《行政诉讼法》的解释", "最高人民法院关于适用行政诉讼法的解释"),
        ("最高法关于审理行政协议案件若干问题的规定", "最高人民法院关于审理行政协议案件若干问题的规定"),
        # superseded, yet a law of its own
        ("物权法", "物权法"),
        # a province's rule is not the national one
        ("浙江省国有土地上房屋征收与补偿条例", "浙江省国有土地上房屋征收与补偿条例"),
        ("关于甲市房屋征收的规定", "关于甲市房屋征收的规定"),
    ],
)
def test_key(name: str, law: str) -> None:
    assert key(name) == law


@pytest.mark.parametrize(
    ("law", "year"),
    [
        ("土地管理法", 2019),
        ("《中华人民共和国行政复议法》", 2023),
        ("适用解释", 2018),  # an alias
        ("宪法", 2018),
        ("刑法", None),  # amended piecemeal
        ("浙江省土地管理条例", None),
    ],
)
def test_year_of_the_present_text(law: str, year: int | None) -> None:
    assert present_year(law) == year


def test_an_alias_leads_to_a_name_that_leads_no_further() -> None:
    assert {law for law in aliases().values() if key(law) != law} == set()


def test_the_lists_are_well_formed() -> None:
    folder = Path(names.__file__).parent
    for file in ("aliases.tsv", "texts.tsv"):
        rows = [r for r in (folder / file).read_text(encoding="utf-8").splitlines() if not r.startswith("#")]
        assert all(re.fullmatch(r"[^\t ]+\t[^\t ]+", row) for row in rows), file
        left = [row.split("\t")[0] for row in rows]
        assert len(left) == len(set(left)), file


def test_names_are_recognised_in_their_short_form() -> None:
    assert all(name == short(name) == bare(name) for name in known())
    assert {"民法典", "国有土地上房屋征收与补偿条例", "监察法", "村民委员会组织法"} <= known()
