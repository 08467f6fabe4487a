"""Made-up records for the store's tests."""

from __future__ import annotations

from typing import Any

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState, Settlement, Shift
from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose
from matcher.domain.values import HeldCertificate, Pay, Place
from matcher.domain.worker import Worker
from matcher.store.identity import Identity, Phone
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.consents import ConsentGiven
from matcher.store.repositories.worker_upsert import WorkerEntry

NAME, ID_NUMBER, PHONE, ADDRESS = "样例甲", "110101199003070011", "13800001234", "样例县样例村12号"

MATCHING_CONSENT = ConsentGiven(
    ConsentPurpose.MATCHING, ConsentBasis.CONSENT, "2026-01", "a" * 64, ConsentChannel.DESK
)


def posting_row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A live posting row; keys of the table override."""
    posting = Posting(
        posting_id=f"p{number}",
        source="county",
        title="样例砌筑工",
        employer_name="样例建筑公司",
        pay=Pay(20_000, 26_000),
        settlement=Settlement.DAILY,
        shifts=(Shift.DAY,),
        place=Place("样例镇", "130629100000", 39.0, 116.0),
        headcount=3,
    )
    states = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}
    return posting_to_row(posting, states) | changes


def worker_entry(number: int = 1, **changes: Any) -> WorkerEntry:
    """A worker with identity and consent."""
    values: dict[str, Any] = {
        "worker": Worker(
            f"w{number}",
            text="会贴砖，想找日结的活",
            certificates=(HeldCertificate("health"), HeldCertificate("welder")),
            pay_floor=Pay(20_000),
            place=Place("样例村", "130629100000"),
        ),
        "source": "county",
        "identity": Identity(name=NAME, id_number=ID_NUMBER, phones=(Phone(PHONE),), address=ADDRESS),
        "consents": (MATCHING_CONSENT,),
    }
    return WorkerEntry(**(values | changes))
