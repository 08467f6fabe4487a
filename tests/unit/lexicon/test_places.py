"""Reading place names without inventing them."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.lexicon.files import LOCAL_GAZETTEER, reload
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


def test_a_town_of_the_countys_own_gazetteer_gives_its_code_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "gazetteer.csv"
    own.write_text(
        "name,region,kind,lng,lat,near,covers,note\n"
        "麦渚街道,999001001000,乡镇,119.6,38.5,0,,虚构\n"
        "柳园,999001001000,小区,119.6,38.5,0,,虚构\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(LOCAL_GAZETTEER, str(own))
    reload()
    try:
        found = place_of("999001001000")
        assert found is not None
        assert found.name == "麦渚街道"
    finally:
        monkeypatch.undo()
        reload()
