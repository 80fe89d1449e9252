"""Court documents, case files, digests and everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.split import split
from ingest.split.plain import parts
from kb.errors import UnreadableFile
from kb.law.numerals import ArticleNumber
from kb.models import Case, Digest, DocumentKind
from tests.split_readings import reading

JUDGMENT = """某省高级人民法院
行 政 判 决 书
（2019）某行终123号
上诉人（原审原告）张某，男，住某区。
被上诉人（原审被告）某区人民政府。
张某因诉某区人民政府行政强制一案，不服一审判决，向本院提起上诉。
原审原告张某诉称，其房屋被拆除。
被上诉人某区人民政府辩称，程序合法。
经审理查明，2018年3月，房屋被拆除。
以上事实有照片为证。
本院认为，拆除行为没有法律依据。
依照《中华人民共和国行政诉讼法》第八十九条第一款第一项之规定，判决如下：
驳回上诉，维持原判。
二审案件受理费50元，由某区人民政府负担。
本判决为终审判决。
审判长　王某
审判员　李某
二〇一九年四月十一日
书记员　赵某"""


def made(text: str, name: str = "某案", **kwargs):
    return split(reading(text, **kwargs), f"/{name}.md", "0", name)


def sections(document) -> dict[str, str]:
    case = document.units[0]
    return {section.name: document.text[section.start : section.end] for section in case.sections}


def test_a_judgment():
    document = made(JUDGMENT)
    assert document.kind is DocumentKind.JUDGMENT
    case = document.units[0]
    assert isinstance(case, Case)
    assert (case.court, case.court_level) == ("某省高级人民法院", "高级人民法院")
    assert (case.case_number, case.decided) == ("（2019）某行终123号", "2019-04-11")
    assert (case.type, case.effective) == ("裁判文书", True)
    assert (case.start, case.end) == (0, len(document.text))
    found = sections(document)
    assert list(found) == ["当事人", "诉称", "辩称", "基本案情", "裁判理由", "裁判结果", "署名"]
    assert found["基本案情"].endswith("照片为证。")
    assert found["裁判结果"].startswith("驳回上诉")
    assert found["裁判结果"].endswith("终审判决。")
    assert found["署名"].startswith("审判长")


def test_what_the_court_below_held_is_not_the_result():
    below = "一审法院认为，原告起诉有理，判决如下：\n确认违法。\n本院认为，"
    found = sections(made(JUDGMENT.replace("本院认为，", below)))
    assert found["原审裁判"].endswith("确认违法。")
    assert found["裁判结果"].startswith("驳回上诉")


def test_an_appealable_judgment_has_no_known_effect():
    text = JUDGMENT.replace("本判决为终审判决。", "如不服本判决，可以在判决书送达之日起十五日内上诉。")
    assert made(text).units[0].effective is None


@pytest.mark.parametrize(
    ("court", "level"),
    [
        ("最高人民法院", "最高人民法院"),
        ("某市第一中级人民法院", "中级人民法院"),
        ("某市某区人民法院", "基层人民法院"),
        ("某海事法院", None),  # the name tells no level
    ],
)
def test_levels_of_courts(court, level):
    assert made(JUDGMENT.replace("某省高级人民法院", court, 1)).units[0].court_level == level


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("二〇一九年十二月三十一日", "2019-12-31"),
        ("二○二○年十月二十日", "2020-10-20"),  # the circle that typists use
        ("2021年5月6日", "2021-05-06"),
    ],
)
def test_dates_under_judgments(written, iso):
    assert made(JUDGMENT.replace("二〇一九年四月十一日", written)).units[0].decided == iso


def test_two_judgments_in_one_file():
    document = made(JUDGMENT + "\n" + JUDGMENT.replace("123", "456"))
    assert document.kind is DocumentKind.COMPILATION
    assert [unit.case_number for unit in document.units] == ["（2019）某行终123号", "（2019）某行终456号"]


def test_a_report_on_a_judgment_is_none():
    text = "关于败诉案件的报告\n某区人民法院作出行政判决书（2019）某行初1号，认定违法。\n各单位要引以为戒。"
    assert made(text).kind is DocumentKind.OTHER


META = {
    "type": "case", "id": "zj-1", "title": "张某诉某区政府案", "case_number": None, "court": "某高院",
    "court_level": "高级人民法院", "decided": "2019-04", "region": None, "cause": "行政补偿", "kind": "典型案例",
    "authority": "最高人民法院", "categories": ["补偿", "程序"], "issues": ["应否补偿"], "outcome": "支持原告",
    "statutes": ["行政诉讼法 第74条"], "effective": None, "source": {"title": "某", "publisher": "某院", "url": None},
    "confidence": "high", "verified": None,
}  # fmt: skip
CASE = "# 张某诉某区政府案\n## 基本案情\n房屋被拆。\n## 争议焦点\n- 应否补偿\n## 裁判结果\n确认违法。\n## 典型意义\n先补偿。"


def test_a_case_file():
    document = made(CASE, meta=META)
    assert (document.kind, document.id) == (DocumentKind.CASE, "zj-1")
    case = document.units[0]
    assert isinstance(case, Case)
    assert list(sections(document)) == ["基本案情", "争议焦点", "裁判结果", "典型意义"]
    assert (case.type, case.issuer, case.case_number, case.region) == ("典型案例", "最高人民法院", None, None)
    assert (case.categories, case.issues, case.decided) == (("补偿", "程序"), ("应否补偿",), "2019-04")
    assert dict(case.source) == {"title": "某", "publisher": "某院"}
    assert (case.start, case.end) == (0, len(document.text))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"categories": 3}, "categories"),
        ({"decided": "去年"}, "2019-04-11"),
        ({"effective": "是"}, "true、false 或 null"),
        ({"title": None}, "title"),
        ({"type": "video"}, "type"),
        ({"type": "compilation"}, "compilation"),
        ({"type": "digest"}, "law"),
    ],
)
def test_bad_front_matter_is_one_sentence(change, says):
    text = CASE if change != {"type": "compilation"} else "只有一句话。"
    text = text if change != {"title": None} else text.replace("# ", "", 1)
    with pytest.raises(UnreadableFile, match=says):
        made(text, meta=META | change)


def test_digests():
    text = "# 某条例 条文要旨\n## 第一条 立法目的\n说明为何立法。\n适用对象：政府。\n## 第十七条之一 补偿\n补多少。"
    document = made(text, meta={"type": "digest", "id": "digest-1", "law": "某条例"})
    assert (document.kind, document.id) == (DocumentKind.DIGEST, "digest-1")
    assert [(u.law, u.number, u.title, document.text[u.start : u.end]) for u in document.units if isinstance(u, Digest)] == [
        ("某条例", ArticleNumber(1), "立法目的", "说明为何立法。\n适用对象：政府。"),
        ("某条例", ArticleNumber(17, 1), "补偿", "补多少。"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没有标题的通知。\n请遵照执行。", [("", "没有标题的通知。\n请遵照执行。")]),
        (
            "# 通知\n## 总体要求\n依法。\n## 任务\n### 调查\n登记。\n### 补偿\n支付。",
            [("通知 › 总体要求", "通知\n总体要求\n依法。"), ("通知 › 任务 › 调查", "任务\n调查\n登记。"), ("通知 › 任务 › 补偿", "补偿\n支付。")],
        ),
        (
            "各街道：\n一、总体要求\n依法征收。\n二、任务\n（一）调查\n登记。\n（二）补偿\n支付。",
            [("", "各街道："), ("一、总体要求", "一、总体要求\n依法征收。"), ("二、任务 › （一）调查", "二、任务\n（一）调查\n登记。"), ("二、任务 › （二）补偿", "（二）补偿\n支付。")],
        ),
        # items of a list are no headings
        ("材料如下：\n（一）申请书；\n（二）身份证明；\n（三）权属证书。", [("", "材料如下：\n（一）申请书；\n（二）身份证明；\n（三）权属证书。")]),
    ],
)  # fmt: skip
def test_parts(text, expected):
    document = made(text)
    assert document.kind is DocumentKind.OTHER
    assert [(part.title, document.text[part.start : part.end]) for part in document.units] == expected


LINE = st.text(alphabet="一二、（）。第章条#征收 ", min_size=1, max_size=20)


@given(st.lists(LINE, min_size=1, max_size=12))
def test_parts_lose_nothing(texts):
    read = reading("\n".join(texts))
    kept = "".join(read.text[part.start : part.end] for part in parts(read))
    assert "".join(kept.split()) == "".join(read.text.split())


@given(
    st.lists(st.one_of(LINE, st.sampled_from(["第一条 甲。", "基本案情", "裁判结果", "案例一", "典型意义", "某法院"])))
)
def test_any_text_is_split_in_order(texts):
    document = made("\n".join(texts))
    end = 0
    for unit in document.units:
        assert end <= unit.start <= unit.end <= len(document.text)
        end = unit.end
