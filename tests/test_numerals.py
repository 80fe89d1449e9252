"""Chinese numerals and numbers of articles."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.law.numerals import NUMBER, ArticleNumber, to_chinese, to_int


@given(st.integers(0, 9999))
def test_what_is_written_is_read_back(number: int) -> None:
    assert to_int(to_chinese(number)) == number


@given(st.integers(1, 9999))
def test_every_number_of_an_article_is_found_in_either_writing(number: int) -> None:
    assert re.fullmatch(NUMBER, to_chinese(number))
    assert re.fullmatch(NUMBER, str(number))


@given(st.text("零〇○一二两三四五六七八九十百千0123456789０１９", max_size=8))
def test_whatever_the_pattern_matches_can_be_read(text: str) -> None:
    if re.fullmatch(NUMBER, text):
        assert 1 <= to_int(text) <= 9999


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("一十二", 12),  # as some old texts write it
        ("一百零二", 102),
        ("一百〇二", 102),
        ("一〇二", 102),  # digit by digit
        ("一百一十", 110),
        ("一百十二", 112),  # as some old texts write it
        ("一千二百六十", 1260),  # the last article of the Civil Code
        ("一千零二十", 1020),
        ("二〇一九", 2019),
        ("１７", 17),
        (" 27 ", 27),
        ("0", 0),
    ],
)
def test_numbers_are_read(text: str, number: int) -> None:
    assert to_int(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "十十",
        "二三十",  # twenty or thirty, not a number
        "一百二",  # 102 or 120
        "百",
        "一百零",
        "十百",
        "一千二",
        "二十3",
        "٣",  # digits of another script
        "甲",
        "-1",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        to_int(text)


@given(st.integers(1, 9999), st.integers(0, 20))
def test_an_article_number_survives_each_of_its_forms(number: int, of: int) -> None:
    article = ArticleNumber(number, of)
    assert ArticleNumber.parse(str(article)) == article
    assert ArticleNumber.parse(article.chinese) == article


@pytest.mark.parametrize(
    ("text", "number", "of"),
    [
        ("第二十七条", 27, 0),
        ("27", 27, 0),
        ("27条", 27, 0),
        ("第 27 条", 27, 0),
        ("第一百三十三条之一", 133, 1),
        ("第133条之一", 133, 1),
        ("133-1", 133, 1),
        ("第一百三十三之一条", 133, 1),  # as some texts set it
    ],
)
def test_article_numbers_are_read(text: str, number: int, of: int) -> None:
    assert ArticleNumber.parse(text) == ArticleNumber(number, of)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "条",
        "0",  # no law has an article 0
        "第零条",
        "27条条",
        "99999",  # no law has so many
        "第十十条",
        "第二三十条",
        "第一百二条",
        "27-",
        "第27条之",
        "第27款",
    ],
)
def test_what_is_no_article_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        ArticleNumber.parse(text)


def test_articles_sort_as_in_the_law() -> None:
    numbers = [ArticleNumber(134), ArticleNumber(133, 2), ArticleNumber(133), ArticleNumber(133, 1)]
    assert [str(n) for n in sorted(numbers)] == ["133", "133-1", "133-2", "134"]
