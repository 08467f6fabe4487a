"""Renderings are made of what may be shown at that moment, and refuse the rest with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from output_samples import add, finding

from matcher.clock import FixedClock
from matcher.delivery.renderings import Notice, RenderingForm, Sign
from matcher.domain.posting import AgeLimit
from matcher.domain.posting_terms import Basis, Education, PublishState
from matcher.domain.record_terms import Severity, SourceChannel
from matcher.domain.values import CertificateRequirement
from matcher.errors import Conflict, InvalidInput
from matcher.services import renderings
from matcher.services.renderings import print_notices, render_posting
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository

SIGN = Sign("样例县就业服务中心", "0312-5550000")
TEXTS = [form for form in RenderingForm if form is not RenderingForm.NOTICE]


@pytest.mark.parametrize("form", TEXTS)
def test_each_form_is_refused_once_the_posting_is_gone(
    database: Database, clock: FixedClock, form: RenderingForm
) -> None:
    add(database, "p1", valid_to=clock.at + timedelta(hours=1))
    made = render_posting(database, SIGN, "p1", form)
    assert any((made.text, made.lines, made.card))
    clock.at += timedelta(hours=1)
    with pytest.raises(Conflict, match="p1：岗位已过有效期"):
        render_posting(database, SIGN, "p1", form)


@pytest.mark.parametrize("form", TEXTS)
def test_an_unknown_posting_is_refused(database: Database, form: RenderingForm) -> None:
    with pytest.raises(Conflict, match="岗位已不存在"):
        render_posting(database, SIGN, "none", form)


def test_a_card_names_everything_that_keeps_the_posting_off_the_air(database: Database) -> None:
    add(database, "p1", duties="", pay=None)
    with pytest.raises(Conflict, match="没写工作内容、没写基本报酬"):
        render_posting(database, SIGN, "p1", RenderingForm.CARD)
    assert render_posting(database, SIGN, "p1", RenderingForm.LED).lines


def test_a_repost_without_its_source_is_not_rendered(database: Database) -> None:
    add(database, "p1", columns={"source_channel": SourceChannel.REPOST})
    with pytest.raises(Conflict, match="转载没写来源"):
        render_posting(database, SIGN, "p1", RenderingForm.SMS)
    add(database, "p2", columns={"source_channel": SourceChannel.REPOST, "reposted_from": "样例人才网"})
    assert "转载自样例人才网" in render_posting(database, SIGN, "p2", RenderingForm.SMS).text


def test_the_office_number_of_the_posting_stands_for_it(database: Database) -> None:
    add(database, "p1", columns={"posting_no": "0302-017"})
    add(database, "p2")
    assert "编号0302-017" in render_posting(database, SIGN, "p1", RenderingForm.SMS).text
    assert "编号p2" in render_posting(database, SIGN, "p2", RenderingForm.SMS).text


def test_a_contact_in_the_register_is_never_shown(database: Database) -> None:
    columns = {"contact_phone": "13800001234", "contact_name": "样例甲"}
    add(database, "p1", columns=columns)
    for form in TEXTS:
        shown = str(render_posting(database, SIGN, "p1", form))
        assert "138" not in shown
        assert "样例甲" not in shown


def wechat(database: Database) -> str:
    return render_posting(database, SIGN, "p1", RenderingForm.WECHAT).text


def test_words_to_be_rewritten_and_quarantined_ones_are_not_shown(database: Database) -> None:
    add(database, "p1")
    assert "砌墙" in wechat(database)
    with database.writing() as session:
        PostingRepository(session).set_findings("p1", [finding(Severity.AMEND, "requirements")])
    assert "砌墙" not in wechat(database)
    with database.writing() as session:
        PostingRepository(session).set_findings("p1", [finding(Severity.HINT)])
    assert "砌墙" in wechat(database)
    add(database, "p1", quarantined={"gender": "限男性"})
    assert "砌墙" not in wechat(database)


def test_a_title_to_be_rewritten_keeps_the_posting_back(database: Database) -> None:
    add(database, "p1")
    with database.writing() as session:
        PostingRepository(session).set_findings("p1", [finding(Severity.AMEND, "title")])
    with pytest.raises(Conflict, match="岗位名称有说法待改写"):
        wechat(database)


def test_conditions_come_from_fields_and_an_age_limit_without_basis_is_not_told(database: Database) -> None:
    add(
        database,
        "p1",
        education=Education.JUNIOR_MIDDLE,
        experience_years=2,
        certificates=(CertificateRequirement("low_voltage"),),
        age=AgeLimit(18, 45, Basis.UNSTATED),
    )
    text = wechat(database)
    assert "条件：初中以上；有2年以上经验；要有低压电工作业证" in text
    assert "45" not in text
    add(database, "p1", age=AgeLimit(18, None, Basis.STATUTORY))
    assert "满18岁" in wechat(database)


def test_a_board_prints_what_may_be_shown_and_names_the_rest(database: Database) -> None:
    add(database, "p1", "p3")
    add(database, "p2", columns={"publish_state": PublishState.WITHDRAWN})
    sheets = print_notices(database, SIGN, ["p3", "p2", "p1", "none"])
    assert sheets.posting_ids == ("p3", "p1")
    assert {one: line.text for one, line in sheets.left_out.items()} == {
        "p2": "岗位不在发布中",
        "none": "岗位已不存在",
    }
    with pytest.raises(Conflict, match="p2"):
        print_notices(database, SIGN, ["p2"])


def test_a_posting_withdrawn_while_the_sheet_is_set_is_not_on_the_sheet_handed_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, "p1", "p2")
    set_sheets: list[list[str]] = []

    def slow_print(notices: Sequence[Notice], **_: Any) -> bytes:
        set_sheets.append([notice.number for notice in notices])
        with database.writing() as session:
            PostingRepository(session).set_states(["p2"], publish_state=PublishState.WITHDRAWN)
        return b"%PDF"

    monkeypatch.setattr(renderings, "notice_pdf", slow_print)
    assert print_notices(database, SIGN, ["p1", "p2"]).posting_ids == ("p1",)
    assert set_sheets == [["p1", "p2"], ["p1"]]


def test_a_board_is_no_text(database: Database) -> None:
    add(database, "p1")
    with pytest.raises(InvalidInput, match="PDF"):
        render_posting(database, SIGN, "p1", RenderingForm.NOTICE)
