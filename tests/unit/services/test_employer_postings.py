"""An employer's posting waits for an officer, leaves at once when taken back, and is nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from care_samples import add_batch, add_posting, add_pushes, add_worker
from sqlalchemy import select

from matcher.domain.match import Line, Match
from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.posting_terms import ReviewState
from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import BlacklistReason, ConsentBasis, ConsentPurpose, Evidence, PushState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.ranking.explanation import templates
from matcher.services.care.employer_record import employer_record
from matcher.services.employers import candidates as candidate_pages
from matcher.services.employers.answering import UnfitReason, Verdict, answer_person
from matcher.services.employers.candidates import ask_to_invite, candidates, contact_of, shown_reasons
from matcher.services.employers.drafting import apply_rewrite, read_message
from matcher.services.employers.own_postings import (
    mark_filled,
    own_posting,
    own_postings,
    renew,
    withdraw,
)
from matcher.services.employers.posting_review import accept_posting, return_posting, waiting_postings
from matcher.services.employers.submitting import PostingForm, submit_posting
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentGiven, ConsentRepository
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.outcomes import FollowUpRow, OutcomeClaimRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import AuditRow

FORM = PostingForm(
    title="服务员", duties="端菜、收拾桌面", headcount="2", pay="4000元/月", place="样例镇", phone="13800001234",
    valid_to="2026-03-31",
)  # fmt: skip
SEEN = ConsentGiven(ConsentPurpose.SHOW_TO_EMPLOYER, ConsentBasis.CONSENT, "2026-01", "a" * 64, ConsentChannel.DESK)


@pytest.fixture
def shop(database: Database) -> Database:
    with database.writing() as session:
        for one in ("shop", "other"):
            EmployerRepository(session).save(one, {"name": f"样例{one}饭店"})
    return database


def submit(database: Database, **changes: str) -> str:
    return submit_posting(database, "shop", replace(FORM, **changes), actor="shop-login")


def is_live(database: Database, posting_id: str) -> bool:
    with database.reading() as session:
        return posting_id in cleared(session, [posting_id])


def test_a_message_is_read_with_what_it_lacks_and_what_is_unlawful(database: Database) -> None:
    read = read_message("招服务员2名，女，月薪4000，电话13800001234", now=database.clock.now())
    (draft,) = read.drafts
    assert (draft.title, draft.headcount, draft.pay, draft.phone) == ("服务员", "2", "4000元/月", "13800001234")
    assert draft.missing == ("工作地点", "有效期")
    assert "138" not in draft.duties
    (breach,) = read.breaches
    assert (breach.words, breach.after) == ("女", "男女不限")
    assert apply_rewrite(read.text, 0) == "招服务员2名，男女不限，月薪4000，电话13800001234"


def test_what_is_submitted_waits_for_an_officer_and_is_shown_after_it(shop: Database) -> None:
    posting_id = submit(shop)
    assert not is_live(shop, posting_id)
    count, (waiting,) = waiting_postings(shop)
    assert (count, waiting.posting_id, waiting.lacking, waiting.blocked) == (1, posting_id, ("没写招聘条件",), False)
    accept_posting(shop, posting_id, checked=False, actor="officer")
    assert is_live(shop, posting_id)
    assert waiting_postings(shop) == (0, [])


@pytest.mark.parametrize("field", ["title", "duties", "headcount", "pay", "place", "phone", "valid_to"])
def test_nothing_is_stored_while_an_element_is_missing(shop: Database, field: str) -> None:
    with pytest.raises(InvalidInput, match="还缺"):
        submit(shop, **{field: "  "})
    assert own_postings(shop, "shop") == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("headcount", "很多很多", "招聘人数"),
        ("phone", "12", "联系电话"),
        ("valid_to", "2026-02-01", "有效期"),
        ("valid_to", "三月", "有效期"),
        ("valid_to", "2027-03-01", "180 天"),
        ("title", "长" * 41, "岗位名称"),
        ("duties", "端菜，入职交押金200元", "押金"),
    ],
)
def test_what_cannot_stand_is_refused_with_the_fix(shop: Database, field: str, value: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        submit(shop, **{field: value})


def test_a_barred_employer_submits_nothing(shop: Database) -> None:
    with shop.writing() as session:
        EmployerRepository(session).blacklist("shop", BlacklistReason.UNPAID_WAGES, "样例〔2026〕1号")
    with pytest.raises(Conflict, match="限制名单"):
        submit(shop)


def test_the_phone_is_sealed_and_in_no_public_column(shop: Database) -> None:
    posting_id = submit(shop)
    with shop.reading() as session:
        masked = PostingRepository(session).get_masked(posting_id)
        assert session.get_one(PostingRow, posting_id).contact_phone == "13800001234"
    assert masked["contact_phone"] == "138****1234"
    assert "13800001234" not in str(masked)


def test_an_open_finding_has_to_be_looked_at_before_acceptance(shop: Database) -> None:
    posting_id = submit(shop, duties="端菜，限女性")
    with pytest.raises(Conflict, match="已核对"):
        accept_posting(shop, posting_id, checked=False, actor="officer")
    assert not is_live(shop, posting_id)
    accept_posting(shop, posting_id, checked=True, actor="officer")
    assert is_live(shop, posting_id)


def test_a_returned_posting_says_why_and_may_be_sent_again(shop: Database) -> None:
    posting_id = submit(shop)
    return_posting(shop, posting_id, reason="请写明几点上班", actor="officer")
    shown = own_posting(shop, "shop", posting_id)
    assert (shown.review, shown.asked, shown.may_edit) == (ReviewState.RETURNED, ("请写明几点上班",), True)
    again = submit_posting(
        shop, "shop", replace(FORM, duties="端菜，早9点到晚8点"), actor="shop-login", posting_id=posting_id
    )
    assert again == posting_id
    shown = own_posting(shop, "shop", posting_id)
    assert (shown.review, shown.asked, shown.duties) == (ReviewState.PENDING, (), "端菜，早9点到晚8点")
    accept_posting(shop, posting_id, checked=False, actor="officer")
    with pytest.raises(Conflict, match="审核过"):
        submit_posting(shop, "shop", FORM, actor="shop-login", posting_id=posting_id)


def test_two_officers_cannot_decide_on_the_same_posting(shop: Database) -> None:
    posting_id = submit(shop)
    accept_posting(shop, posting_id, checked=False, actor="officer")
    with pytest.raises(Conflict, match="刷新"):
        return_posting(shop, posting_id, reason="重复了", actor="another")


def test_withdrawing_takes_a_posting_out_at_once_and_for_good(shop: Database) -> None:
    posting_id = submit(shop)
    accept_posting(shop, posting_id, checked=False, actor="officer")
    withdraw(shop, "shop", posting_id, actor="shop-login")
    assert not is_live(shop, posting_id)
    with pytest.raises(Conflict):
        renew(shop, "shop", posting_id, left=2, actor="shop-login")
    with pytest.raises(Conflict):
        withdraw(shop, "shop", posting_id, actor="shop-login")


def test_a_withdrawn_draft_leaves_the_officers_list(shop: Database) -> None:
    posting_id = submit(shop)
    withdraw(shop, "shop", posting_id, actor="shop-login")
    assert waiting_postings(shop) == (0, [])
    with pytest.raises(Conflict):
        accept_posting(shop, posting_id, checked=True, actor="officer")


def test_a_filled_posting_is_opened_again_by_a_renewal(shop: Database) -> None:
    posting_id = submit(shop)
    accept_posting(shop, posting_id, checked=False, actor="officer")
    mark_filled(shop, "shop", posting_id, here=True, actor="shop-login")
    assert not is_live(shop, posting_id)
    renew(shop, "shop", posting_id, left=5, actor="shop-login")
    shown = own_posting(shop, "shop", posting_id)
    assert (shown.live, shown.left) == (True, 5)
    assert (shown.last_day, shown.days) == (date(2026, 4, 1), 30)


@pytest.mark.parametrize("state", [ReviewState.TAKEN_DOWN, ReviewState.FROZEN, ReviewState.PENDING])
def test_an_employer_cannot_bring_back_what_the_office_did_not_pass(shop: Database, state: ReviewState) -> None:
    posting_id = submit(shop)
    accept_posting(shop, posting_id, checked=False, actor="officer")
    with shop.writing() as session:
        PostingRepository(session).set_states([posting_id], review_state=state)
    with pytest.raises(Conflict):
        renew(shop, "shop", posting_id, left=1, actor="shop-login")
    assert not is_live(shop, posting_id)


def test_nothing_of_another_employer_can_be_reached(shop: Database) -> None:
    posting_id = submit(shop)
    accept_posting(shop, posting_id, checked=False, actor="officer")
    push_id = wanting(shop, posting_id)
    tries: list[Any] = [
        lambda: own_posting(shop, "other", posting_id),
        lambda: renew(shop, "other", posting_id, left=1, actor="x"),
        lambda: withdraw(shop, "other", posting_id, actor="x"),
        lambda: mark_filled(shop, "other", posting_id, here=True, actor="x"),
        lambda: candidates(runtime(shop), "other", posting_id),
        lambda: contact_of(shop, "other", push_id, actor="x"),
        lambda: answer_person(shop, "other", push_id, Verdict.HIRED, actor="x"),
        lambda: submit_posting(shop, "other", FORM, actor="x", posting_id=posting_id),
    ]
    for attempt in tries:
        with pytest.raises(NotFound):
            attempt()
    assert own_postings(shop, "other") == []
    assert is_live(shop, posting_id)


def runtime(database: Database) -> Any:
    return SimpleNamespace(database=database)


def wanting(database: Database, posting_id: str, number: int = 1, *, agreed: bool = True) -> int:
    """Somebody wants to come; returns the push."""
    add_worker(database, number)
    with database.writing() as session:
        if agreed:
            ConsentRepository(session).grant(f"w{number}", SEEN)
        reasons = [{"code": "skill_shared", "text": "会端菜，用得上"}, {"code": "no_reading", "text": "不识字也能干"}]
        (push,) = add_pushes(
            session, add_batch(session), f"w{number}", [posting_id], state=PushState.INTERESTED, reasons=reasons
        )
        return push.id


@pytest.fixture
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_pages, "workers_for_job", lambda *_, **__: SimpleNamespace(matches=()))


@pytest.mark.usefixtures("nobody_else")
def test_only_who_agreed_is_shown_masked_and_with_reasons_that_concern_the_work(database: Database) -> None:
    add_posting(database, 1)
    wanting(database, "p1", 1)
    wanting(database, "p1", 2, agreed=False)
    seen = candidates(runtime(database), "e1", "p1")
    assert [(one.name, one.reasons) for one in seen.wanting] == [("样**号", ("会端菜，用得上",))]
    assert seen.unseen == 1


@pytest.mark.usefixtures("nobody_else")
def test_withdrawing_the_consent_hides_a_person_at_once(database: Database) -> None:
    add_posting(database, 1)
    push_id = wanting(database, "p1", 1)
    with database.writing() as session:
        ConsentRepository(session).withdraw("w1", ConsentPurpose.SHOW_TO_EMPLOYER)
    assert candidates(runtime(database), "e1", "p1").wanting == ()
    with pytest.raises(NotFound):
        contact_of(database, "e1", push_id, actor="x")


def test_name_and_phone_are_told_of_who_wants_to_come_and_each_time_is_logged(database: Database) -> None:
    add_posting(database, 1)
    push_id = wanting(database, "p1", 1)
    told = contact_of(database, "e1", push_id, actor="shop-login")
    assert (told.name, told.phone) == ("样例1号", "13900000001")
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "reveal_identity")).one()
    assert (row.actor, row.entity_id) == ("shop-login", "w1")


def test_who_did_not_say_that_they_want_to_come_stays_unnamed(database: Database) -> None:
    add_posting(database, 1)
    add_worker(database, 1)
    with database.writing() as session:
        ConsentRepository(session).grant("w1", SEEN)
        (push,) = add_pushes(session, add_batch(session), "w1", ["p1"])
    with pytest.raises(NotFound):
        contact_of(database, "e1", push.id, actor="x")


def test_an_answer_is_the_employers_statement_and_counts_in_its_record(database: Database) -> None:
    add_posting(database, 1, places=1)
    push_id = wanting(database, "p1", 1)
    with database.reading() as session:
        assert employer_record(session, "e1").answered.count == 0
    notices = answer_person(database, "e1", push_id, Verdict.HIRED, actor="shop-login")
    assert notices == ("岗位已招满，不再推荐",)
    with database.reading() as session:
        claim = session.scalars(select(OutcomeClaimRow)).one()
        assert (claim.fact, claim.said, claim.evidence) == (OutcomeFact.HIRED, True, Evidence.EMPLOYER)
        assert employer_record(session, "e1").answered.count == 1
    assert not is_live(database, "p1")


def test_unfit_needs_a_reason_about_the_work(database: Database) -> None:
    add_posting(database, 1)
    push_id = wanting(database, "p1", 1)
    with pytest.raises(InvalidInput, match="原因"):
        answer_person(database, "e1", push_id, Verdict.UNFIT, actor="x")
    answer_person(database, "e1", push_id, Verdict.UNFIT, UnfitReason.SKILL, actor="x")
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "employer_answer")).one()
    assert row.reason == "不合适：技能还不够"


def test_somebody_who_would_fit_is_asked_for_by_a_token_and_owed_one_contact(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_posting(database, 1)
    for number in (1, 2):
        add_worker(database, number)
    with database.writing() as session:
        ConsentRepository(session).grant("w1", SEEN)
    lines = (Line("occupation_match", "想干服务员，正对口"), Line("carer", "能照顾家里"))
    found = tuple(
        Match(worker_id=f"w{n}", posting_id="p1", rank=n, score=0.5, p_worker=0.5, p_employer=0.5, reasons=lines)
        for n in (1, 2)
    )
    monkeypatch.setattr(candidate_pages, "workers_for_job", lambda *_, **__: SimpleNamespace(matches=found))
    (one,) = candidates(runtime(database), "e1", "p1").suitable
    assert (one.name, one.reasons, one.wanted) == ("样**号", ("想干服务员，正对口",), False)
    assert "w1" not in one.token
    for _ in range(2):
        ask_to_invite(runtime(database), "e1", "p1", one.token, actor="shop-login")
    assert candidates(runtime(database), "e1", "p1").suitable[0].wanted
    with database.reading() as session:
        assert [row.worker_id for row in session.scalars(select(FollowUpRow))] == ["w1"]
    with pytest.raises(NotFound):
        ask_to_invite(runtime(database), "e1", "p1", "0" * 24, actor="x")


def test_reasons_that_tell_of_the_person_are_left_out() -> None:
    told = {code for code in templates() if shown_reasons([Line(code, "x")])}
    assert told.isdisjoint({"no_reading", "carer", "companions", "group", "novice", "pay_over", "pay_meets", "needs"})
