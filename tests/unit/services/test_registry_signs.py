"""Signs that only the whole registry shows: numbers are read once, unknown is never a sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from matcher.clock import FixedClock
from matcher.compliance import Context, check
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PayUnit, PostingKind, PublishState, ReviewState
from matcher.domain.record_terms import SourceChannel
from matcher.domain.values import Occupation, Pay, Place
from matcher.services.review.registry_signs import contexts, read_registry
from matcher.store.database import Database
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.postings import PostingRepository

TRADE = Occupation("4-04-05-01", "洗碗工")
DUTIES = "负责后厨碗碟清洗消毒、地面卫生和垃圾清运，服从厨师长安排，上班时间为早九点到晚八点，中间休息两小时。"


def posting(number: int, yuan: float = 3_000, *, region: str = "130629100000", **changes: Any) -> Posting:
    values: dict[str, Any] = {
        "posting_id": f"p{number:03d}",
        "source": "county",
        "title": "洗碗工",
        "employer_id": f"e{number:03d}",
        "employer_name": f"样例{number}店",
        "occupations": (TRADE,),
        "pay": Pay(round(yuan * 100), round(yuan * 100)),
        "place": Place("样例镇", region),
    }
    return Posting(**(values | changes))


def store(database: Database, postings: list[Posting], **columns: Any) -> None:
    states = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE} | columns
    with database.writing() as session:
        PostingRepository(session).upsert([posting_to_row(one, states) for one in postings])


def facts(database: Database, posting_id: str) -> Context:
    with database.reading() as session:
        return contexts(session, [posting_id], read_registry(session))[posting_id]


def signs(database: Database, posting_id: str) -> list[str]:
    found = check(Posting(posting_id, "洗碗工"), facts(database, posting_id))
    return [finding.rule_id for finding in found]


def test_pay_is_measured_against_the_trade_of_the_prefecture(database: Database) -> None:
    store(database, [posting(n, 3_000 + n) for n in range(40)] + [posting(900, 30_000)])
    found = facts(database, "p900")
    assert found.pay_month_fen == 3_000_000
    assert found.pay_basis == "本市 41 个在招岗位"
    assert signs(database, "p900") == ["sign.pay_outlier"]
    assert signs(database, "p001") == []


def test_too_few_pays_nearby_fall_back_to_the_trade_everywhere(database: Database) -> None:
    far = [posting(n, region="410100100000") for n in range(25)]
    store(database, [*far, posting(900, 30_000), posting(901, 3_100)])
    assert facts(database, "p900").pay_basis == "各地 27 个在招岗位"
    assert signs(database, "p900") == ["sign.pay_outlier"]


def test_fewer_than_twenty_pays_say_nothing(database: Database) -> None:
    store(database, [posting(n) for n in range(18)] + [posting(900, 30_000)])
    assert facts(database, "p900").local_p95_fen is None
    assert signs(database, "p900") == []


def test_a_day_wage_is_compared_as_a_month(database: Database) -> None:
    by_day = Pay(200_00, 200_00, PayUnit.DAY)
    store(database, [posting(n) for n in range(25)] + [posting(900, pay=by_day, days_per_month=20)])
    assert facts(database, "p900").pay_month_fen == 4_000_00


def test_postings_no_longer_on_show_do_not_count_in_the_pay(database: Database) -> None:
    store(database, [posting(n) for n in range(25)], publish_state=PublishState.WITHDRAWN)
    store(database, [posting(900, 30_000)])
    assert facts(database, "p900").local_p95_fen is None


def test_a_posting_without_pay_or_trade_is_no_outlier(database: Database) -> None:
    store(database, [posting(n) for n in range(25)] + [posting(900, pay=None), posting(901, 30_000, occupations=())])
    assert signs(database, "p900") == signs(database, "p901") == []


def test_one_phone_of_three_employers_is_a_sign_and_its_number_is_nowhere(database: Database) -> None:
    store(database, [posting(n) for n in range(3)], contact_phone="13800001234")
    store(database, [posting(10)], contact_phone="13800005678")
    assert signs(database, "p000") == ["sign.shared_phone"]
    assert signs(database, "p010") == []
    assert "1234" not in repr(facts(database, "p000"))


def test_one_employer_with_one_phone_in_many_postings_is_no_sign(database: Database) -> None:
    store(database, [posting(n, employer_id="e1") for n in range(6)], contact_phone="13800001234")
    assert signs(database, "p000") == []


def test_the_same_long_text_under_three_employers_is_a_sign(database: Database) -> None:
    store(database, [posting(n, duties=DUTIES + " " * n) for n in range(3)] + [posting(9, duties="洗碗，月结")])
    assert facts(database, "p000").employers_with_text == 3
    assert signs(database, "p000") == ["sign.shared_text"]
    assert signs(database, "p009") == []


def test_a_gig_without_any_place_is_sent_back_and_a_job_is_not(database: Database) -> None:
    store(database, [posting(1, place=None, kind=PostingKind.GIG), posting(2, place=None)])
    assert signs(database, "p001") == ["sign.no_address"]
    assert signs(database, "p002") == []


@pytest.mark.parametrize("column", ["address", "site_name"])
def test_a_gig_with_an_address_or_a_site_has_a_place(database: Database, column: str) -> None:
    store(database, [posting(1, place=None, kind=PostingKind.GIG)], **{column: "样例县样例路口"})
    assert signs(database, "p001") == []


def test_a_forwarded_posting_needs_its_source(database: Database) -> None:
    store(database, [posting(1)], source_channel=SourceChannel.REPOST)
    store(database, [posting(2)], source_channel=SourceChannel.REPOST, reposted_from="样例县就业中心")
    assert signs(database, "p001") == ["sign.repost"]
    assert signs(database, "p002") == []


def test_a_new_employer_with_very_many_postings_is_a_hint(database: Database, clock: FixedClock) -> None:
    store(database, [posting(1)])
    clock.at += timedelta(days=90)
    store(database, [posting(100 + n, employer_id="new") for n in range(15)])
    assert signs(database, "p100") == ["sign.new_employer"]


def test_in_a_registry_that_starts_today_no_employer_is_new(database: Database) -> None:
    store(database, [posting(100 + n, employer_id="big") for n in range(20)])
    assert facts(database, "p100").employer_age_days is None
    assert signs(database, "p100") == []
