"""How much weight a precedent carries, and whether its judgment took effect."""

import pytest

from kb.law.authority import LABELS, PROVINCES, effect, effective, is_precedent, label, province_of, tier
from kb.models import Case


def case(
    type: str | None = "裁判文书",
    issuer: str | None = None,
    level: str | None = None,
    court: str | None = None,
    region: str | None = None,
    number: str | None = None,
) -> Case:
    return Case(
        "甲诉乙县政府案",
        0,
        0,
        type=type,
        issuer=issuer,
        court_level=level,
        court=court,
        region=region,
        case_number=number,
    )


HIGH, MIDDLE, LOW = "高级人民法院", "中级人民法院", "基层人民法院"


@pytest.mark.parametrize(
    ("given", "province", "expected"),
    [
        # guiding cases bind wherever they were decided
        (case("指导性案例", "最高人民法院", LOW, "浙江省甲县人民法院"), "四川", 1),
        # the procuratorate's own guiding cases are no judgments
        (case("指导性案例", "最高人民检察院", "检察机关"), "四川", 6),
        (case("指导性案例", "最高人民检察院", MIDDLE, "上海市第一中级人民法院（二审）"), "上海", 6),
        (case("参考案例", "最高人民法院（人民法院案例库）", LOW), "四川", 2),
        (case("参考案例"), None, 2),  # the term of the 人民法院案例库
        (case("公报案例", "最高人民法院公报", MIDDLE, "上海市第二中级人民法院"), None, 2),
        (case("典型案例", "最高人民法院", LOW), "四川", 2),
        (case("典型案例", "最高人民检察院、最高人民法院", LOW), "四川", 2),  # a joint release
        # a journal edited at the court is not the court
        (case("典型案例", "最高人民法院刑事审判庭《刑事审判参考》", MIDDLE, "北京市第三中级人民法院"), "北京", 5),
        (
            case("裁判文书", "某律师事务所", "最高人民法院", "最高人民法院"),
            "四川",
            2,
        ),  # its own judgment, whoever shows it
        # a provincial high court, in its province and elsewhere
        (case("裁判文书", "某网站", HIGH, "四川省高级人民法院（二审）；成都市中级人民法院（一审）"), "四川", 3),
        (case("裁判文书", "某网站", HIGH, "四川省高级人民法院"), "浙江", 5),
        (case("裁判文书", "某网站", HIGH, "四川省高级人民法院"), None, 5),
        (case("裁判文书", None, HIGH, "未载", "四川/成都"), "四川省", 3),
        (case("典型案例", "四川省高级人民法院", LOW, "四川省甲县人民法院"), "四川", 3),  # chosen by the high court
        (case("公报案例", "江苏省高级人民法院公报", LOW), "江苏", 3),  # a province's gazette is not the national one
        (case("公报案例", "江苏省高级人民法院公报", LOW), "浙江", 5),
        # released with the procuratorate, but by the high court
        (case("典型案例", "四川省高级人民法院、四川省人民检察院（联合发布）", HIGH, "未载"), "四川", 3),
        # the procuratorate protested, the court judged again
        (case("典型案例", "最高人民检察院抗诉、青海省高级人民法院再审", HIGH, "青海省高级人民法院（再审）"), "青海", 3),
        (case("典型案例", "甲市人民检察院", LOW), "四川", 6),
        # which 中级人民法院 is above the user's court, the province does not tell
        (case("裁判文书", None, MIDDLE, "浙江省金华市中级人民法院"), "浙江", 5),
        (case("检察典型案例", "最高人民检察院", "检察机关"), "江苏", 6),
        (case("行政复议典型案例", "司法部", "行政复议机关"), "江苏", 6),
        (case("通报", "甲市纪委监委", LOW, "甲市乙区人民法院"), "江苏", 6),
        (case("调解案例", "甲区人民法院", LOW, "甲区人民法院"), "江苏", 6),
    ],
)
def test_tier(given: Case, province: str | None, expected: int) -> None:
    assert tier(given, province) == expected


@pytest.mark.parametrize(
    ("decided_by", "court", "expected"),
    [
        ("浙江省金华市中级人民法院", "浙江省金华市中级人民法院", 4),  # one's own court
        ("浙江省金华市中级人民法院", "金华市中级人民法院", 4),  # with and without the province
        ("金华市中级人民法院（二审）；金华市婺城区人民法院（一审）", "浙江省金华市婺城区人民法院", 4),  # above it
        ("浙江省金华市中级人民法院", "浙江省温州市鹿城区人民法院", 5),
        ("浙江省金华市婺城区人民法院", "浙江省金华市中级人民法院", 5),  # a court below is not above
        ("浙江省金华市中级人民法院", "浙江省高级人民法院", 5),
        ("浙江省高级人民法院", "浙江省高级人民法院", 3),  # the high court outranks "one's own"
        ("浙江省金华市中级人民法院", "金华", 5),  # part of a name is no court
        ("浙江省金华市婺城区人民法院", "金华市婺城区人民法院", 4),
        ("金华市金东区人民法院", "金华市婺城区人民法院", 5),
    ],
)
def test_tier_for_a_court_of_zhejiang(decided_by: str, court: str, expected: int) -> None:
    given = case(
        "裁判文书", None, HIGH if "高级" in decided_by else MIDDLE if "金华市中级" in decided_by else LOW, decided_by
    )
    assert tier(given, "浙江", court) == expected


def test_which_intermediate_court_of_beijing_is_above_a_district_is_unknown() -> None:
    given = case("裁判文书", None, MIDDLE, "北京市第一中级人民法院")
    assert tier(given, "北京", "北京市海淀区人民法院") == 5
    assert tier(given, "北京", "北京市第一中级人民法院") == 4


def test_words_for_each_tier() -> None:
    assert [label(n) for n in LABELS] == list(LABELS.values())
    assert [effect(n) for n in range(1, 7)] == ["应当参照", *["可以参考"] * 4, "参考事例"]
    assert [is_precedent(n) for n in range(1, 7)] == [True] * 5 + [False]


@pytest.mark.parametrize("province", PROVINCES)
def test_each_province_is_known_by_its_high_court(province: str) -> None:
    assert province_of(f"{province}高级人民法院") == province
    assert province_of(f"中华人民共和国{province}高级人民法院") == province


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("浙江省金华市婺城区", "浙江"),
        ("四川/成都成华", "四川"),
        ("内蒙古自治区高级人民法院", "内蒙古"),
        ("广西壮族自治区贵港市", "广西"),
        ("新疆维吾尔自治区乌鲁木齐市", "新疆"),
        ("北京市第一中级人民法院", "北京"),
        ("北京铁路运输法院", "北京"),
        ("吉林市中级人民法院", "吉林"),  # the city lies in the province of its name
        ("未载（由四川省高级人民法院发布）", "四川"),
        ("广州市海南路", None),  # a street
        ("北京路街道", None),
        ("海南藏族自治州中级人民法院", None),  # in 青海
        ("青海省海南州兴海县", "青海"),
        ("乌海市海南区人民法院", None),  # in 内蒙古
        ("金华市中级人民法院", None),  # a city does not name its province
        ("未载", None),
        ("", None),
        (None, None),
    ],
)
def test_province_of(text: str | None, expected: str | None) -> None:
    assert province_of(text) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("（2019）京行终1号", True),
        ("（2021）鲁16民终1155号", True),
        ("（2012）皖行终字第14号", True),
        ("（2017）最高法行申2799号", True),  # a retrial is asked for against an effective judgment
        ("（2020）最高法行赔申1288号", True),
        ("（2017）最高法行再101号", True),
        ("（2010）闽行再终字第2号", True),
        ("（2015）行监字第484号", True),
        ("（2012）行提字第17号", True),  # taken up for retrial
        ("（2012）民提字第7号", True),
        ("（2011）浙行抗字第3号", True),  # retried after a protest
        ("（2008）奉刑初字第660号；（2009）沪一中刑终字第68号", True),  # the second of two
        ("（2019）浙0702行初5号", None),  # may have been appealed
        ("（2014）监行初字第2号", None),  # 监 names the county
        ("（2014）再终山行初字第2号", None),
        ("（2005）安汉行执字第69号", None),
        ("未载", None),
        (None, None),
    ],
)
def test_a_later_instance_shows_in_the_case_number(number: str | None, expected: bool | None) -> None:
    assert effective(case(number=number)) is expected


@pytest.mark.parametrize(
    ("type", "issuer", "expected"),
    [
        ("指导性案例", "最高人民法院", True),
        ("指导性案例", "最高人民检察院", None),  # of a prosecution, not of a judgment
        ("参考案例", "最高人民法院（人民法院案例库）", True),
        ("参考案例", None, True),
        ("公报案例", "最高人民法院公报", True),
        ("公报案例", "江苏省高级人民法院公报", None),
        ("典型案例", "最高人民法院", None),
    ],
)
def test_what_is_chosen_among_effective_judgments(type: str, issuer: str | None, expected: bool | None) -> None:
    assert effective(case(type, issuer)) is expected


def test_the_source_knows_best() -> None:
    given = Case("甲诉乙案", 0, 0, type="指导性案例", issuer="最高人民法院", effective=False)
    assert effective(given) is False
