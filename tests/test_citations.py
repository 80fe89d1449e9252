"""Which articles a text names. Expected: law, article, then 款 and 项 where named, and 旧 where the text means an old law."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.law.citations import Citation, find
from kb.law.names import known, short
from kb.law.numerals import ArticleNumber, to_chinese

EXPROPRIATION = "国有土地上房屋征收与补偿条例"
INTERPRETATION = "最高人民法院关于适用行政诉讼法的解释"


def shown(citation: Citation) -> str:
    parts = [citation.law or "？", str(citation.number) if citation.number else "全"]
    parts += [f"款{citation.paragraph}"] if citation.paragraph else []
    parts += [f"项{citation.item}"] if citation.item else []
    return " ".join(parts + ["旧"] * citation.repealed)


def read(text: str, default: str | None = None) -> list[str]:
    return [shown(c) for c in find(text, default)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《中华人民共和国民法典》第二百四十三条第二款", ["民法典 243 款2"]),
        ("民法典第243条", ["民法典 243"]),
        ("《民法典》的第２４３条", ["民法典 243"]),
        ("<<民法典>>第243条", ["民法典 243"]),
        ("〈民法典〉第243条", ["民法典 243"]),
        ("“条例”第27条", [f"{EXPROPRIATION} 27"]),
        ("《刑法》第一百三十三条之一", ["刑法 133-1"]),
        ("《刑法》第133-1条", ["刑法 133-1"]),
        ("征收条例第17条第1款第（三）项", [f"{EXPROPRIATION} 17 款1 项3"]),
        ("《土地管理法》（主席令第28号）第四十七条", ["土地管理法 47"]),
        ("《国务院关于深化改革的决定》第三条", ["国务院关于深化改革的决定 3"]),
        # the space between law and article in lists of statutes
        ("行政诉讼法 第12条、第49条", ["行政诉讼法 12", "行政诉讼法 49"]),
        # 目 is not kept and does not break the list
        ("行政诉讼法 第54条第2项第3目、第61条第1项", ["行政诉讼法 54 项2", "行政诉讼法 61 项1"]),
        # a law in book marks counts without an article, too
        ("依照《行政强制法》处理", ["行政强制法 全"]),
    ],
)
def test_one_law(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("土地管理法第19条、第二十一条和第二十三条", ["土地管理法 19", "土地管理法 21", "土地管理法 23"]),
        ("土地管理法第四十七条、四十八条", ["土地管理法 47", "土地管理法 48"]),
        ("条例第四条第一款、第十九条", [f"{EXPROPRIATION} 4 款1", f"{EXPROPRIATION} 19"]),
        ("条例第四条第一款、第三款", [f"{EXPROPRIATION} 4 款1", f"{EXPROPRIATION} 4 款3"]),
        ("国家赔偿法第36条第7项和第8项", ["国家赔偿法 36 项7", "国家赔偿法 36 项8"]),
        ("条例第8条第（一）、（三）项", [f"{EXPROPRIATION} 8 项1", f"{EXPROPRIATION} 8 项3"]),
        ("条例第26、27条", [f"{EXPROPRIATION} 26", f"{EXPROPRIATION} 27"]),
        ("土地管理法第46条、城乡规划法第40条", ["土地管理法 46", "城乡规划法 40"]),
        ("土地管理法和城乡规划法第40条", ["城乡规划法 40"]),
        # the sentence goes on with its law, the next one does not
        ("违反土地管理法第44条的规定，应按第77条处罚", ["土地管理法 44", "土地管理法 77"]),
        ("违反土地管理法第44条的规定。第77条另有规定", ["土地管理法 44", "？ 77"]),
        # a quotation is no part of the sentence
        ("土地管理法第2条规定：“甲。乙。”第3条规定：“丙。”", ["土地管理法 2", "土地管理法 3"]),
    ],
)
def test_lists_carry_the_law_over(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("条例第十条至第十二条", 10, 12),
        ("条例第9条至第13条", 9, 13),
        ("条例第25条至28条", 25, 28),
        ("条例第二十五至二十八条", 25, 28),
        ("条例第25-28条", 25, 28),
    ],
)
def test_a_range_gives_each_article_and_all_share_its_span(text: str, first: int, last: int) -> None:
    found = find(text)
    assert [c.number for c in found] == [ArticleNumber(n) for n in range(first, last + 1)]
    assert {(c.start, c.end) for c in found} == {(0, len(text))}


def test_a_range_in_a_list_begins_where_it_begins() -> None:
    found = find("条例第4条、第9条至第11条、第17条")
    assert [c.text for c in found] == ["条例第4条", *["第9条至第11条"] * 3, "第17条"]


def test_a_range_too_wide_to_be_meant_gives_its_ends() -> None:
    assert read("民法典第2条至第1200条") == ["民法典 2", "民法典 1200"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a place's rule is not the national one whose name it ends with
        ("浙江省国有土地上房屋征收与补偿条例 第33条第3款", ["浙江省国有土地上房屋征收与补偿条例 33 款3"]),
        ("上海市街道办事处条例 第10条第2款", ["上海市街道办事处条例 10 款2"]),
        ("北京市市容环境卫生条例 第27条", ["北京市市容环境卫生条例 27"]),
        ("锦州市国有土地上房屋征收与补偿办法 第17条", ["锦州市国有土地上房屋征收与补偿办法 17"]),
        ("沈阳市国有土地上房屋征收与补偿办法 第36条第3项", ["沈阳市国有土地上房屋征收与补偿办法 36 项3"]),
        ("辽宁省实施土地管理法办法第25条", ["辽宁省实施土地管理法办法 25"]),
        ("上海市实施《土地管理法》办法第5条", ["上海市实施土地管理法办法 5"]),
        # what comes before a place does not belong to its rule
        ("被告依锦州市国有土地上房屋征收与补偿办法第17条决定", ["锦州市国有土地上房屋征收与补偿办法 17"]),
        ("原告认为违反浙江省土地管理条例第3条", ["浙江省土地管理条例 3"]),
        ("土地管理法第2条和浙江省土地管理条例第3条", ["土地管理法 2", "浙江省土地管理条例 3"]),
        # after these words the national name stands free
        ("依照条例第27条", [f"{EXPROPRIATION} 27"]),
        ("根据征收条例第27条", [f"{EXPROPRIATION} 27"]),
        ("土地管理法第47条与条例第27条", ["土地管理法 47", f"{EXPROPRIATION} 27"]),
        ("构成刑法第385条规定的受贿罪", ["刑法 385"]),
        # a longer law is not the shorter one that its name ends with
        ("劳动合同法第3条", ["劳动合同法 3"]),
        ("海洋环境保护法第3条", ["海洋环境保护法 3"]),
        ("国家发展规划法第3条", ["国家发展规划法 3"]),
        ("森林法实施条例第3条", ["森林法实施条例 3"]),
        # another country's
        ("德国民法典第823条", ["？ 823"]),
        # of which law, nobody can tell
        ("旧条例第16条", ["？ 16"]),
    ],
)
def test_whose_rule_it_is(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "最高人民法院关于适用《中华人民共和国行政诉讼法》的解释第六十九条第一款第（一）项",
        "《最高人民法院关于适用〈中华人民共和国行政诉讼法〉的解释》第69条第1款第1项",
        "《最高人民法院关于适用<中华人民共和国行政诉讼法>的解释》第69条第1款第1项",
        "最高人民法院关于适用行政诉讼法的解释（2018） 第69条第1款第1项",
        "关于适用《行政诉讼法》的解释第69条第1款第1项",
        "行诉解释第六十九条第一款第一项",
    ],
)
def test_the_interpretation_has_one_name(text: str) -> None:
    found = find(text)
    assert [shown(c) for c in found] == [f"{INTERPRETATION} 69 款1 项1"]
    assert (found[0].start, found[0].end) == (0, len(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《土地管理法》第46条，该法第47条第1款，同法第48条", ["土地管理法 46", "土地管理法 47 款1", "土地管理法 48"]),
        # 该条例 is the last 条例, 该法 the last 法
        (
            "《土地管理法》第46条及《条例》第27条，该条例第28条，该法第47条",
            ["土地管理法 46", f"{EXPROPRIATION} 27", f"{EXPROPRIATION} 28", "土地管理法 47"],
        ),
        # no "same law" in the names of contracts' laws
        ("土地管理法第2条，合同法第52条", ["土地管理法 2", "合同法 52"]),
        ("土地管理法第2条，劳动合同法第3条", ["土地管理法 2", "劳动合同法 3"]),
        ("《土地管理法》及其实施条例第26条", ["土地管理法 全", "土地管理法实施条例 26"]),
        ("《行政复议法》及其实施条例第28条", ["行政复议法 全", "行政复议法实施条例 28"]),
        ("民法典第10条第2款，同条第3款", ["民法典 10 款2", "民法典 10 款3"]),
        ("民法典第10条，前条", ["民法典 10", "民法典 9"]),
        ("民法典第10条第2款，前款", ["民法典 10 款2", "民法典 10 款1"]),
    ],
)
def test_words_that_look_back(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本法第三条、第五条", ["土地管理法 3", "土地管理法 5"]),
        ("依照第四十六条办理", ["土地管理法 46"]),
        ("依照《行政处罚法》第九条和本法第三条", ["行政处罚法 9", "土地管理法 3"]),
        # where these stand, the sentence alone does not tell
        ("前款规定的费用，本条所称的费用，前条的费用", []),
    ],
)
def test_within_a_laws_own_text(text: str, expected: list[str]) -> None:
    assert read(text, "中华人民共和国土地管理法") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "《浙江省国有土地上房屋征收与补偿条例》（以下简称《条例》）第3条。条例第5条",
            ["浙江省国有土地上房屋征收与补偿条例 3", "浙江省国有土地上房屋征收与补偿条例 5"],
        ),
        # without book marks
        ("中华人民共和国行政诉讼法（以下简称诉讼法）第12条。诉讼法第13条", ["行政诉讼法 12", "行政诉讼法 13"]),
        ("《土地管理法》，以下简称土管法。土管法第3条", ["土地管理法 全", "土地管理法 3"]),
        # several in one text
        (
            "《甲省征收条例》（下称甲条例）、《乙省征收条例》（以下简称“乙条例”）。按甲条例第1条、乙条例第2条",
            ["甲省征收条例 全", "乙省征收条例 全", "甲省征收条例 1", "乙省征收条例 2"],
        ),
        # two names for one
        (
            "《甲省征收条例》（以下简称《条例》或甲条例）。条例第1条，甲条例第2条",
            ["甲省征收条例 全", "甲省征收条例 1", "甲省征收条例 2"],
        ),
        # what is no law defines none
        ("房屋所有权人（以下简称条例）。条例第3条", [f"{EXPROPRIATION} 3"]),
        ("《补偿协议》（以下简称《条例》）。《条例》第3条", [f"{EXPROPRIATION} 3"]),
    ],
)
def test_a_text_may_define_short_names(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("土地管理法 第46条(旧法)", ["土地管理法 46 旧"]),
        # at the end it is said of the whole list
        ("土地管理法（2004） 第43条、第46条、第63条(旧法)", [f"土地管理法 {n} 旧" for n in (43, 46, 63)]),
        ("合同法 第51条、第52条、第58条(旧法)", [f"合同法 {n} 旧" for n in (51, 52, 58)]),
        (
            "农村土地承包法 第26条第1款、第27条第1款（当时条文）",
            ["农村土地承包法 26 款1 旧", "农村土地承包法 27 款1 旧"],
        ),
        # but not of the law before
        ("民法典第10条、土地管理法第46条（旧法）", ["民法典 10", "土地管理法 46 旧"]),
        ("行政诉讼法（原） 第54条第1款", ["行政诉讼法 54 款1 旧"]),
        ("原《土地管理法》第46条", ["土地管理法 46 旧"]),
        ("依照原土地管理法第46条", ["土地管理法 46 旧"]),
        ("修订前的《土地管理法》第46条", ["土地管理法 46 旧"]),
        # a year of an older text
        ("行政诉讼法（1989） 第39条", ["行政诉讼法 39 旧"]),
        ("《土地管理法》（1998年修订）第58条", ["土地管理法 58 旧"]),
        ("《土地管理法（2004）》第46条", ["土地管理法 46 旧"]),
        ("2004年《土地管理法》第46条", ["土地管理法 46 旧"]),
        # the year of the present text
        ("最高人民法院关于适用行政诉讼法的解释（2018） 第148条", [f"{INTERPRETATION} 148"]),
        ("农村土地承包法（2018修正） 第31条", ["农村土地承包法 31"]),
        ("行政复议法（2023修订） 第10条", ["行政复议法 10"]),
        ("国有土地上房屋征收与补偿条例(2011-01-21) 第27条", [f"{EXPROPRIATION} 27"]),
        # a year says nothing where the year of the present text is unknown
        ("甲省征收条例（1998） 第3条", ["甲省征收条例 3"]),
        ("国有土地上房屋征收与补偿条例 第15条、第29条（参照）", [f"{EXPROPRIATION} 15", f"{EXPROPRIATION} 29"]),
    ],
)
def test_old_law(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("27条", ["？ 27"]),
        ("第二十七条", ["？ 27"]),
        ("第26、27条", ["？ 26", "？ 27"]),
        ("条例27条", [f"{EXPROPRIATION} 27"]),
        ("条例二十七条", [f"{EXPROPRIATION} 27"]),
        ("征收条例二十七条", [f"{EXPROPRIATION} 27"]),
        ("条例第27条怎么规定的", [f"{EXPROPRIATION} 27"]),
        ("五百九十号令第二十七条", [f"{EXPROPRIATION} 27"]),
        ("「国有土地上房屋征收与补偿条例27条」", [f"{EXPROPRIATION} 27"]),
        ("浙江省土地管理条例27条", ["浙江省土地管理条例 27"]),
        ("土地管理法47条第4款", ["土地管理法 47 款4"]),
        ("条例8条1款3项", [f"{EXPROPRIATION} 8 款1 项3"]),
        ("民法典243条", ["民法典 243"]),
        ("民法典243", ["民法典 243"]),
        ("民法典 243 怎么规定", ["民法典 243"]),
        ("土地管理法2019", []),  # a year
        ("民法典", []),  # words, not an article
    ],
)
def test_queries(query: str, expected: list[str]) -> None:
    assert read(query) == expected


@pytest.mark.parametrize(
    "text",
    [
        "第三人与第一项目部",
        "位于第2条街，第三条胡同",
        "提出3条意见、一百条建议，共24条规定",  # no law right before
        "《房屋征收补偿协议》第三条第二款",
        "《商品房买卖合同》第三条、第四条",
        "双方合同第三条约定",
        "补偿决定第三条",
        "《房屋征收决定》第三条",
        "第十十条、第二三十条、第一百二条、第0条、第99999条",  # no numbers
        "第一条件、第2条例",
        "",
    ],
)
def test_what_is_no_citation(text: str) -> None:
    assert read(text) == []


def test_after_a_contracts_article_the_next_law_counts_again() -> None:
    assert read("《补偿协议》第三条约定，依《土地管理法》第46条") == ["土地管理法 46"]


LAWS = sorted(n for n in known() if n.endswith(("法", "法典")) and short(n) == n)


@given(
    law=st.sampled_from(LAWS),
    number=st.integers(1, 1999),
    of=st.integers(0, 9),
    paragraph=st.none() | st.integers(1, 20),
    item=st.none() | st.integers(1, 20),
    chinese=st.booleans(),
    marks=st.booleans(),
    around=st.sampled_from([("", ""), ("依照", "的规定"), ("本院认为，", "。"), ("见\n", "\n")]),
)
def test_what_is_written_is_found(
    law: str,
    number: int,
    of: int,
    paragraph: int | None,
    item: int | None,
    chinese: bool,
    marks: bool,
    around: tuple[str, str],
) -> None:
    def write(n: int) -> str:
        return to_chinese(n) if chinese else str(n)

    written = (f"《{law}》" if marks else law) + f"第{write(number)}条" + (f"之{to_chinese(of)}" if of else "")
    written += (f"第{write(paragraph)}款" if paragraph else "") + (f"第（{write(item)}）项" if item else "")
    before, after = around
    [found] = find(before + written + after)
    assert (found.number, found.paragraph, found.item) == (ArticleNumber(number, of), paragraph, item)
    assert found.law == find(f"《{law}》")[0].law
    assert (found.start, found.text) == (len(before), written)


@given(
    st.lists(
        st.sampled_from([*"第条款项至、（）《》“”。，一十27", "条例", "土地管理法", "以下简称", "旧法", "同条", "𠮷"]),
        max_size=40,
    )
)
def test_each_span_holds_its_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    for citation in find(text):
        assert text[citation.start : citation.end] == citation.text != ""


@pytest.mark.parametrize(
    "piece",
    [
        "第",
        "第一条",
        "条例第一条",
        "1条",
        "1、",
        "《",
        "《法",
        "（以下简称",
        "第1条至",
        "第1条（旧法）",
        "关于《法》",
        "第 \t",
        "“第1条”",
    ],
)
def test_time_grows_with_the_text_only(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        begun = time.process_time()
        find(text)
        return time.process_time() - begun

    # Quadratic time would be 64 times as long; the constant spares a slow machine's jitter.
    assert seconds(80_000) < 24 * seconds(10_000) + 0.5
