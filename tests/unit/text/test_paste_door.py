from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console

from matcher.text.paste import MANDATORY_ELEMENTS, split_messages
from matcher.text.view import draft_as_data, draft_view

NUMBERED = """【容城用工信息】
1、电焊工3名，350元/天，管午饭，工地在容城县小里镇
2、钢筋工5名，300-320元/天
3、小工10人，200一天，日结
联系电话13800000001"""


def test_numbered_lines_become_drafts_that_share_the_contact() -> None:
    drafts = split_messages(NUMBERED)
    assert [d.title for d in drafts] == ["电焊工", "钢筋工", "小工"]
    assert [d.parsed.pays[0].value.min_fen for d in drafts] == [35_000, 30_000, 20_000]
    assert [d.parsed.headcount.value for d in drafts if d.parsed.headcount] == [3, 5, 10]
    assert all(d.parsed.contacts for d in drafts)
    assert all(d.missing == ("招用单位", "有效期") for d in drafts)


def test_several_jobs_in_one_line_are_cut_apart() -> None:
    drafts = split_messages("招瓦工5名350/天，小工3名220/天，电话13800000002，地点雄县昝岗镇")
    assert [d.title for d in drafts] == ["瓦工", "小工"]
    assert [d.place.value.region_code for d in drafts if d.place] == ["130638101000", "130638101000"]
    assert [len(d.parsed.pays) for d in drafts] == [1, 1]


def test_blocks_with_labels_are_cut_at_the_position_line() -> None:
    message = "招聘岗位：保安\n工资：2600元/月\n要求：60岁以下\n招聘岗位：保洁\n工资：2000元/月\n单位：样例物业有限公司\n地址：容城县奥威路\n电话：0312-5550001"
    drafts = split_messages(message)
    assert [d.title for d in drafts] == ["保安", "保洁"]
    assert [d.parsed.age is not None for d in drafts] == [True, False]
    assert [d.employer.value for d in drafts if d.employer] == ["样例物业有限公司"] * 2


def test_one_job_over_several_lines_stays_one() -> None:
    drafts = split_messages(
        "招聘保洁员\n工资：2000元\n要求：身体健康，会打扫卫生\n时间：8小时\n电话13800000003"
    )
    assert len(drafts) == 1
    assert drafts[0].title == "保洁员"


@pytest.mark.parametrize("text", ["", "   \n\n", "-----\n====="])
def test_blank_messages_give_no_draft(text: str) -> None:
    assert split_messages(text) == []


def test_a_message_without_anything_lacks_all_elements() -> None:
    drafts = split_messages("大家早上好")
    assert len(drafts) == 1
    assert drafts[0].missing == (*(label for _, label in MANDATORY_ELEMENTS), "有效期")


def test_drafts_are_shown_as_json_and_in_colour_without_the_phone_number() -> None:
    draft = split_messages(NUMBERED)[0]
    text = json.dumps(draft_as_data(draft)["fields"], ensure_ascii=False)
    assert "元/天" in text
    assert "13800000001" not in text
    console = Console(record=True, width=120, file=StringIO())
    console.print(draft_view(draft))
    shown = console.export_text()
    assert "劳动报酬" in shown
    assert "缺：招用单位、有效期" in shown
