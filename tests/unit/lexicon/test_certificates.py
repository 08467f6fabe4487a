"""Certificates: mentions in text, what covers what, and where the law asks for one."""

from __future__ import annotations

import time

import pytest

from matcher.domain.worker_terms import SkillLevel
from matcher.lexicon.certificates import certificates

MENTIONS = [
    ("有叉车证", ["forklift"]),
    ("叉车司机证", ["forklift"]),
    ("持N1证上岗", ["forklift"]),
    ("持C1以上驾照", ["drive_c1"]),
    ("有电工证", ["electrician"]),
    ("低压电工证优先", ["low_voltage"]),
    ("高低压电工证", ["high_voltage", "low_voltage"]),
    ("焊工证或登高证", ["welding", "height_work"]),
    ("需要健康证", ["health"]),
    ("A1、A2驾驶证", ["drive_a1", "drive_a2"]),
    ("有B2照", ["drive_b2"]),
    ("驾照C1", ["drive_c1"]),
    ("准驾车型:A2", ["drive_a2"]),
    ("持C照三年以上", ["drive_c1"]),
    ("A照公交司机", ["drive_a1"]),
    ("有驾照会开车", ["driving"]),
    ("会计有初级职称", []),
    ("电工/焊工证", ["electrician", "welding"]),
    ("特种作业操作证（低压电工）", ["low_voltage"]),
    ("保安证、消防中控证", ["security_guard", "fire_facility"]),
    ("养老护理员证", ["elderly_care"]),
    ("有育婴师证和健康证", ["infant_care", "health"]),
    ("塔吊司机证", ["tower_crane"]),
    ("司索证", ["construction_signal"]),
    ("Q2证", ["crane_operator"]),
    ("电梯作业证", ["elevator"]),
    ("教师资格证", ["teacher"]),
    ("护士执业证书", ["nurse"]),
    ("二建优先", ["constructor"]),
    ("货运从业资格证", ["cargo_transport"]),
    ("网约车证", ["ride_hailing"]),
    ("摩托车驾照", ["drive_e"]),
]


@pytest.mark.parametrize(("text", "codes"), MENTIONS)
def test_mention_is_found(text: str, codes: list[str]) -> None:
    assert [code for _, _, code, _ in certificates().find(text)] == codes


@pytest.mark.parametrize(
    "text",
    ["保证工资", "身份证复印件", "电工本人到场", "维生素c1瓶", "持证上岗", "证明材料", "机票照常", "A2栋楼", "B1层商铺", "会开叉车", ""],
)
def test_what_is_no_certificate_is_not_found(text: str) -> None:
    assert certificates().find(text) == []


def test_spans_point_into_the_original_text() -> None:
    text = "要求：持Ｃ１驾照，有高级电工证"
    found = certificates().find(text)
    assert [text[start:end] for start, end, _, _ in found] == ["Ｃ１", "高级电工证"]
    listed = "电工/焊工/叉车证"
    assert [listed[start:end] for start, end, _, _ in certificates().find(listed)] == ["电工", "焊工", "叉车证"]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("高级电工证", SkillLevel.LEVEL_3),
        ("中级保育员证", SkillLevel.LEVEL_4),
        ("初级厨师证", SkillLevel.LEVEL_5),
        ("焊工证(三级)", SkillLevel.LEVEL_3),
        ("一级建造师", SkillLevel.LEVEL_1),
        ("电工证", SkillLevel.NONE),
    ],
)
def test_grade_is_read(text: str, level: SkillLevel) -> None:
    assert [found[3] for found in certificates().find(text)] == [level]


@pytest.mark.parametrize(
    ("held", "needed", "serves"),
    [
        ("drive_a1", "drive_c1", True),
        ("drive_a1", "drive_b2", True),
        ("drive_a2", "drive_b1", True),
        ("drive_a2", "drive_a1", False),
        ("drive_b2", "drive_c1", True),
        ("drive_c1", "drive_b2", False),
        ("drive_c1", "drive_c2", True),
        ("drive_c2", "drive_c1", False),
        ("drive_d", "drive_e", True),
        ("drive_c1", "drive_d", False),
        ("low_voltage", "electrician", True),
        ("high_voltage", "low_voltage", False),
        ("forklift", "forklift", True),
    ],
)
def test_which_certificate_serves_for_which(held: str, needed: str, serves: bool) -> None:
    assert certificates().implies(held, needed) is serves


def test_cover_mask_answers_the_need_with_one_and() -> None:
    table = certificates()
    held = table.mask(table.covered_by(("drive_b2", "welding")))
    assert held & table.mask(("drive_c1", "welding")) == table.mask(("drive_c1", "welding"))
    assert not held & table.mask(("drive_a1",))
    assert held < 2**63


def test_all_certificates_fit_a_word() -> None:
    assert len(certificates()) <= 63
    assert len(set(certificates().codes)) == len(certificates())


def test_the_law_asks_a_welder_for_a_welding_licence() -> None:
    assert certificates().statutory_for("6-18-02-04") == ("welding",)
    assert certificates().statutory_for("4-09-08-01") == ()


def test_part_of_an_occupation_needs_its_own_licence() -> None:
    table = certificates()
    assert table.statutory_for("6-30-05-01") == ()
    assert table.statutory_for("6-30-05-01", "叉车工两班倒") == ("forklift",)
    assert table.statutory_for("6-30-05-01", "塔吊司机") == ("tower_crane",)


def test_validity_says_to_verify_locally() -> None:
    terms = [c for c in certificates().certificates if c.statutory and c.valid_years and not c.code.startswith("dri")]
    assert terms
    assert all("核对" in c.note or "岗位" in c.note for c in terms)


@pytest.mark.parametrize("unit", ["c1,", "c1/", "c1 ", "c1证/", "a、"])
def test_a_long_run_of_licence_classes_costs_in_proportion(unit: str) -> None:
    table = certificates()

    def least_seconds(chars: int) -> float:
        text = (unit * chars)[:chars]
        times = []
        for _ in range(3):
            start = time.process_time()
            table.find(text)
            times.append(time.process_time() - start)
        return min(times)

    least_seconds(100)
    # four times the text: about 4 when linear, 16 when quadratic
    assert least_seconds(4000) < 9 * least_seconds(1000)
