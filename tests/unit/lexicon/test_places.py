"""Reading place names without inventing them."""

from __future__ import annotations

import time

import pytest

from matcher.lexicon.places import find_places, place_of, resolve_place

RONGCHENG, ANXIN, XIONG = "130629", "130632", "130638"


def names(text: str, near: str | None = None) -> list[str]:
    return [place.name for _, _, place in find_places(text, near)]


@pytest.mark.parametrize(
    ("text", "near", "code"),
    [
        ("河北省保定市容城县大河镇", None, "130629103000"),
        ("家在容城", None, "130629000000"),
        ("北京朝阳区", None, "110105000000"),
        ("北京朝阳", None, "110105000000"),
        ("天津和平区", None, "120101000000"),
        ("张家口市桥西区", None, "130703000000"),
        ("石家庄桥西区", None, "130104000000"),
        ("桥西区", "130700", "130703000000"),
        ("大王镇", ANXIN, "130632101000"),
        ("大营", XIONG, "130638102000"),
        ("去中山打工", None, "442000000000"),
        ("西安招聘", None, "610100000000"),
        ("海南三亚", None, "460200000000"),
        ("庆阳市西峰区", None, "621002000000"),
        ("枣阳市南城街道", None, "420683002000"),
        ("雄安容东片区", None, "130629000000"),
        ("容城县城", None, "130629000000"),
        ("白洋淀景区", None, "130632000000"),
    ],
)
def test_place_is_resolved(text: str, near: str | None, code: str) -> None:
    place = resolve_place(text, near)
    assert place is not None
    assert place.region_code == code


@pytest.mark.parametrize(
    "text",
    [
        "为人和平", "朝阳产业招聘", "和平安保公司招人", "资源整合", "比如说", "公安局门口", "中山路88号", "兰州拉面师傅", "河北人优先",
        "友好协商", "开封箱子", "平安到家", "前进的动力", "大方得体", "合作共赢", "安定团结", "向阳花", "互助小组", "东方红",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_places(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize("text", ["城关镇", "大王镇", "长安区", "朝阳", "桥西区", "火星市", ""])
def test_what_several_regions_share_stays_unknown(text: str) -> None:
    assert resolve_place(text) is None


def test_the_office_settles_a_shared_name() -> None:
    assert resolve_place("大王镇", "雄安") is None or resolve_place("大王镇", ANXIN) is not None
    found = resolve_place("想去朝阳上班", "110000")
    assert found is not None
    assert found.region_code == "110105000000"


def test_spans_point_into_the_text() -> None:
    text = "在雄县大营镇干活，去保定也行"
    assert [text[start:end] for start, end, _ in find_places(text)] == ["雄县", "大营镇", "保定"]


def test_a_county_carries_its_centre_and_a_town_its_county_centre() -> None:
    county, town = place_of("130629000000"), place_of("130629103000")
    assert county is not None
    assert town is not None
    assert county.lat == pytest.approx(39.05282)
    assert (town.lat, town.lng) == (county.lat, county.lng)
    assert place_of("999999000000") is None


def test_the_new_area_spans_counties_and_has_no_code_but_a_centre() -> None:
    found = resolve_place("雄安新区")
    assert found is not None
    assert found.region_code is None
    assert found.lat is not None


def test_short_texts_are_read_fast() -> None:
    texts = [
        "我在容城县城附近找保洁的活，工资日结最好",
        "北京朝阳区招保安五名，包吃住，月薪六千",
        "在雄县大营镇干瓦工，去保定北京都行",
    ]
    for text in texts:
        find_places(text, RONGCHENG)
    started = time.process_time()
    for _ in range(100):
        for text in texts:
            find_places(text, RONGCHENG)
    assert (time.process_time() - started) / 300 < 0.001
