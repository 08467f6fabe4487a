"""The letter packs as PDFs that a reader opens, and what is and is not in them."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typst
from delivery_samples import BRICKS, KEY, NOW, item, parcel

from matcher.delivery import fonts, letters
from matcher.delivery.channels import Outcome, Parcel
from matcher.delivery.letters import Letters
from matcher.delivery.links import AnswerLinks, LinkScope
from matcher.delivery.message import MessageItem
from matcher.domain.service_terms import PushState
from matcher.errors import Unavailable

DAY = date(2026, 3, 2)
LINKS = AnswerLinks(KEY, "https://jy.heting.example")
FULL = {
    "employer": "禾汀样例建筑安装工程有限责任公司第三项目部",
    "settlement": "日结",
    "place": "城关镇南街与北环路交叉口向东三百米路南",
    "reach": "走路约12分钟，骑车约5分钟",
    "bring": ("身份证", "健康证", "手套", "一寸照片两张"),
    "headcount_left": 12,
    "reason": "您会砌墙，日结合您的意，离您家近",
    "valid_to": BRICKS.valid_to,
}


def lettered(number: int, *items: MessageItem, **recipient: Any) -> Parcel:
    made = parcel(number, *items, **recipient)
    link = LINKS.url(LINKS.token(LinkScope.MESSAGE, 8, number, now=NOW))
    return replace(made, message=replace(made.message, answer_url=link, greeting="王小明"))


def printed(folder: Path, *parcels: Parcel) -> Letters:
    channel = Letters(folder, printed_on=DAY)
    channel.deliver(parcels)
    return channel


def pages(data: dict[str, Any]) -> int:
    """Pages of one volume, counted by typst itself."""
    found = typst.query(str(letters.TEMPLATE), "<last-page>", sys_inputs={"data": json.dumps(data)})
    return int(json.loads(found)[0]["value"])


def volume(*parcels: Parcel) -> dict[str, Any]:
    (only,) = letters._volumes(parcels)
    return letters.volume_data(only, DAY, fonts.chinese_fonts())


def test_each_village_gets_one_private_pdf_and_every_person_a_receipt(tmp_path: Path) -> None:
    parcels = [lettered(1), lettered(2, village="云集村"), lettered(3)]
    channel = Letters(tmp_path / "信", printed_on=DAY)
    receipts = channel.deliver(parcels)
    assert [receipt.message_id for receipt in receipts] == ["8-1", "8-2", "8-3"]
    assert {receipt.outcome for receipt in receipts} == {Outcome.SENT}
    assert {receipt.state for receipt in receipts} == {PushState.SENT}
    assert [(pack.place, pack.letters) for pack in channel.packs] == [
        ("城关镇 南街村", 2),
        ("城关镇 云集村", 1),
    ]
    for pack in channel.packs:
        assert pack.path.read_bytes().startswith(b"%PDF")
        assert stat.S_IMODE(pack.path.stat().st_mode) == 0o600
    assert len(list((tmp_path / "信").iterdir())) == 2


def test_the_cover_lists_masked_names_by_pinyin_and_nothing_else_of_a_person() -> None:
    people = [("张三", 1), ("王小明", 2), ("陈建国", 3), ("", 4)]
    data = volume(*(lettered(number, name=name) for name, number in people))
    assert [row["name"] for row in data["cover"]] == ["", "陈*国", "王*明", "张*"]
    assert [row["number"] for row in data["cover"]] == [1, 2, 3, 4]
    text = json.dumps(data, ensure_ascii=False)
    assert "13800000001" not in text
    assert "W-0001" not in text
    assert "陈建国" not in text


@pytest.mark.parametrize(
    "nasty",
    [
        '#set page(paper: "a5")', "*粗* _斜_ $x^2$ [a] \\ `raw` @ref <label>", '#panic("x")', "<b>急招</b>😀", "=1+1",
        "长" * 200, "", '"}]}', "\x00\u202e", "// 注释 /* */",
    ],
)  # fmt: skip
def test_whatever_a_title_says_is_printed_as_text(tmp_path: Path, nasty: str) -> None:
    channel = printed(
        tmp_path, lettered(1, item(1, title=nasty, place=nasty, pay=nasty[:20], bring=(nasty,)))
    )
    assert channel.packs[0].letters == 1


@pytest.mark.parametrize("count", [1, 2])
def test_a_letter_is_one_page_however_much_its_postings_say(count: int) -> None:
    crowded = [item(number, title="装修" * 100, **FULL) for number in range(1, count + 1)]
    assert pages(volume(lettered(1, *crowded))) == 2


def test_three_postings_of_usual_length_fit_one_page() -> None:
    usual = [item(number, **{**FULL, "place": "城关镇南街", "bring": ("身份证",)}) for number in (1, 2, 3)]
    assert pages(volume(lettered(1, *usual))) == 2


def test_short_letters_are_set_in_the_roomiest_type_and_pay_is_never_small() -> None:
    data = volume(lettered(1, item(1)))
    assert data["letters"][0]["sizes"]["pay"] == 36
    crowded = volume(lettered(1, *(item(number, title="长" * 200, **FULL) for number in range(1, 6))))
    assert crowded["letters"][0]["sizes"]["pay"] >= 22
    assert crowded["letters"][0]["sizes"]["fact"] >= 14


def test_unknown_pay_is_said_and_negotiable_stays() -> None:
    data = volume(lettered(1, item(1, pay=""), item(2, pay="面议")))
    assert [card["pay"] for card in data["letters"][0]["items"]] == ["工资未写明，请先问清", "面议"]


@pytest.mark.parametrize(
    "village", ["../../etc/passwd", "南街/北街", "a\\b:c*?", "南" * 200, ".", "..", "CON", "\x00"]
)
def test_no_village_name_leaves_the_folder_or_hides_another(tmp_path: Path, village: str) -> None:
    folder = tmp_path / "out"
    channel = printed(
        folder, lettered(1, village=village, town=""), lettered(2, village="南街_北街", town="")
    )
    assert len(channel.packs) == len({pack.path for pack in channel.packs}) == 2
    assert all(pack.path.resolve().parent == folder.resolve() for pack in channel.packs)
    assert all(len(pack.path.name.encode()) < 200 for pack in channel.packs)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_people_without_a_village_come_last_under_their_own_heading(tmp_path: Path) -> None:
    channel = printed(tmp_path, lettered(1, village="", town=""), lettered(2))
    assert [pack.place for pack in channel.packs] == ["城关镇 南街村", "未分村"]


def test_a_large_village_comes_in_volumes_with_numbers_that_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "LETTERS_PER_FILE", 2)
    volumes = letters._volumes([lettered(number) for number in range(5)])
    assert [(v.part, v.first, len(v.parcels)) for v in volumes] == [
        ("第 1 册，共 3 册", 1, 2),
        ("第 2 册，共 3 册", 3, 2),
        ("第 3 册，共 3 册", 5, 1),
    ]
    assert len({letters._file_name(n, v) for n, v in enumerate(volumes)}) == 3


def test_nothing_to_print_makes_no_file(tmp_path: Path) -> None:
    channel = Letters(tmp_path / "out", printed_on=DAY)
    assert channel.deliver([]) == []
    assert channel.packs == []
    assert not (tmp_path / "out").exists()


def test_a_machine_without_a_chinese_font_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "CHINESE_FAMILIES", ("No Such Font",))
    fonts.chinese_fonts.cache_clear()
    with pytest.raises(Unavailable, match="fonts-noto-cjk"):
        Letters(tmp_path, printed_on=DAY)
    fonts.chinese_fonts.cache_clear()


def test_a_letter_without_a_link_has_no_code_and_still_tells_how_to_answer(tmp_path: Path) -> None:
    data = volume(parcel(1))
    assert data["letters"][0]["qr"] == ""
    assert printed(tmp_path, parcel(1)).packs[0].letters == 1
