"""Region packs: the five shipped examples, a county's own file, and what is said of a faulty one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matcher.config import Config
from matcher.domain.worker_terms import WorkerCategory
from matcher.errors import InvalidInput, NotFound
from matcher.regions.loading import load_pack, shipped_codes
from matcher.regions.pack import RegionPack

OWN = 'code = "yangli"\nname = "样例县"\nextends = "xiongan"\n'
FLOOR = '[floor]\nvalue = {}\nsource = "县就业办文件"\n'


def own_pack(folder: Path, text: str) -> RegionPack:
    (folder / "region.toml").write_text(text, "utf-8")
    return load_pack(folder=folder)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        own_pack(folder, text)
    return caught.value.message


def test_the_five_cities_and_the_default_are_shipped() -> None:
    assert shipped_codes() == ("beijing", "default", "qingyang", "xiongan", "zaoyang", "zhangjiakou")
    assert all(load_pack(code).code == code for code in shipped_codes())


def test_each_city_keeps_its_own_plan() -> None:
    beijing, zaoyang, qingyang, xiongan = map(load_pack, ("beijing", "zaoyang", "qingyang", "xiongan"))
    assert (beijing.report_day, zaoyang.report_day) == (5, 24)
    assert beijing.report_headings == ("工作进展", "政策成效", "困难问题", "下步举措", "意见建议")
    assert (xiongan.events_per_year, zaoyang.events_per_year) == (10, 30)
    assert (qingyang.long_term_months, xiongan.long_term_months) == (6, 12)
    assert (xiongan.reach.town_walk_minutes, load_pack("zhangjiakou").reach.rural_km) == (15, 5.0)
    assert (
        xiongan.priority[WorkerCategory.OUT_OF_POVERTY] > load_pack().priority[WorkerCategory.OUT_OF_POVERTY]
    )


def test_a_silent_plan_inherits_the_default() -> None:
    default, zaoyang = load_pack(), load_pack("zaoyang")
    assert zaoyang.floor == default.floor == 2
    assert zaoyang.notes["floor"] == default.notes["floor"]


def test_what_rests_on_an_ended_plan_is_named() -> None:
    pack = load_pack("xiongan")
    assert pack.expired_on(date(2025, 12, 31)) == []
    (floor,) = [line for line in pack.expired_on(date(2026, 1, 1)) if line.startswith("“floor”")]
    assert "2025-12-31" in floor
    assert load_pack().expired_on(date(2099, 1, 1)) == []


def test_a_new_county_is_a_file_alone(tmp_path: Path) -> None:
    pack = own_pack(tmp_path, OWN + FLOOR.format(3) + "[ceiling]\nvalue = 4\nsource = '县就业办文件'\n")
    assert (pack.code, pack.floor, pack.ceiling, pack.events_per_year) == ("yangli", 3, 4, 10)
    assert pack.notes["floor"].expires is None
    assert load_pack("beijing", tmp_path).code == "beijing"
    assert load_pack("yangli", tmp_path) == pack


def test_the_version_changes_with_a_value_and_only_then(tmp_path: Path) -> None:
    first = own_pack(tmp_path, OWN)
    assert own_pack(tmp_path, OWN + "# 注释\n").version == first.version
    assert own_pack(tmp_path, OWN + FLOOR.format(1)).version != first.version
    priority = "[priority]\nsource = 'x'\n[priority.value]\n{}\n{}\n"
    two = [own_pack(tmp_path, OWN + priority.format(*pair)) for pair in (("older = 2", "disabled = 3"),
           ("disabled = 3", "older = 2"))]  # fmt: skip
    assert two[0].version == two[1].version


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "region.toml").write_bytes(b"\xef\xbb\xbf" + OWN.encode())
    assert load_pack(folder=tmp_path).code == "yangli"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OWN + FLOOR.format(0), ["region.toml", "floor", "1 到 9"]),
        (OWN + FLOOR.format("true"), ["floor", "整数"]),
        (OWN + FLOOR.format(3), ["ceiling", "floor"]),
        (OWN + "floor = 3\n", ["floor", "value、source"]),
        (OWN + "[flor]\nvalue = 3\nsource = 'x'\n", ["flor", "可用"]),
        (OWN + "[floor]\nvalue = 1\nsource = ''\n", ["floor", "文字"]),
        (OWN + "[floor]\nvalue = 1\nsource = 'x'\nexpires = '2025'\n", ["expires", "日期"]),
        (OWN + "[reach]\nvalue = { town_walk_minutes = 15 }\nsource = 'x'\n", ["reach", "rural_km"]),
        (
            OWN + "[reach]\nvalue = { town_walk_minutes = 0, rural_km = 5 }\nsource = 'x'\n",
            ["town_walk_minutes"],
        ),
        (OWN + "[priority]\nsource='x'\n[priority.value]\ndisabled = 9\n", ["priority", "1 到 4"]),
        (OWN + "[priority]\nsource='x'\n[priority.value]\nreleased = 2\n", ["刑满释放"]),
        (OWN + "[priority]\nsource='x'\n[priority.value]\nvip = 2\n", ["vip"]),
        (OWN + "[region_prefixes]\nvalue = ['县城']\nsource = 'x'\n", ["region_prefixes", "县城"]),
        (OWN + "[report_headings]\nvalue = ['甲', '甲']\nsource = 'x'\n", ["report_headings", "不重复"]),
        ('code = "x"\nname = "样例县"\n', ["缺少", "extends"]),
        ('name = "样例县"\nextends = "default"\n', ["code"]),
        ("code = \n", ["region.toml", "无法读出"]),
    ],
)
def test_a_fault_is_named_with_file_key_and_fix(tmp_path: Path, text: str, said: list[str]) -> None:
    message = complaint(tmp_path, text)
    assert all(word in message for word in said), message


def test_an_unknown_pack_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="xiongan"):
        load_pack("atlantis", tmp_path)
    with pytest.raises(NotFound, match="atlantis"):
        own_pack(tmp_path, 'code = "x"\nname = "y"\nextends = "atlantis"\n')


def test_the_heaviest_category_decides_and_none_weighs_one() -> None:
    pack = load_pack()
    assert pack.priority_of([]) == 1.0
    assert pack.priority_of([WorkerCategory.VETERAN]) == 1.0
    assert pack.priority_of([WorkerCategory.OLDER, WorkerCategory.DISABLED]) == 2.0


def test_a_place_of_unknown_region_is_not_ruled_out() -> None:
    pack = load_pack("xiongan")
    assert pack.covers("130629100000")
    assert pack.covers(None)
    assert not pack.covers("110101001000")


def test_the_configuration_names_the_pack() -> None:
    assert Config.from_environment({"MATCHER_REGION": "zaoyang"}).region == "zaoyang"
    assert Config.from_environment({}).region is None
