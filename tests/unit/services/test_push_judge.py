"""The judge of sending asks the hard rules with the facts of the moment, and the live index for other postings."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from push_world import plain_office

from matcher.domain.match import Line, Match
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PayUnit, Shift
from matcher.domain.values import Pay
from matcher.domain.worker import Worker
from matcher.errors import InvalidInput, Unavailable
from matcher.services.sending.push_judge import MatchingJudge
from matcher.services.sending.push_terms import LONGEST_RETRY, PushTerms, retry_delay
from matcher.services.sending.push_ways import read_gateway
from matcher.store.repositories.pushes import PlacesFacts

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
WORKER = Worker("w1", refused_shifts=(Shift.NIGHT,), pay_floor=Pay(500_000, unit=PayUnit.MONTH))
FITS = Posting("p1", "样例岗位", shifts=(Shift.DAY,), pay=Pay(600_000, unit=PayUnit.MONTH))


def no_runtime() -> Any:
    raise AssertionError("the index is opened only when a replacement is needed")


JUDGE = MatchingJudge(no_runtime)


def test_a_fitting_posting_is_eligible_and_the_index_stays_closed() -> None:
    assert JUDGE.eligible(WORKER, [FITS], NOW) == [True]


def test_each_posting_is_judged_by_itself() -> None:
    night = replace(FITS, posting_id="p2", shifts=(Shift.NIGHT,))
    expired = replace(FITS, posting_id="p3", valid_to=NOW - timedelta(hours=1))
    assert JUDGE.eligible(WORKER, [night, FITS, expired], NOW) == [False, True, False]


def test_a_wage_below_the_floor_passes_only_in_a_batch_that_goes_beyond_wishes() -> None:
    poor = replace(FITS, pay=Pay(300_000, 300_000, unit=PayUnit.MONTH))
    assert JUDGE.eligible(WORKER, [poor], NOW) == [False]
    assert JUDGE.waiving_wishes().eligible(WORKER, [poor], NOW) == [True]


def test_a_refused_shift_is_never_waived() -> None:
    night = replace(FITS, shifts=(Shift.NIGHT,))
    assert JUDGE.waiving_wishes().eligible(WORKER, [night], NOW) == [False]


def test_no_postings_get_no_verdicts() -> None:
    assert JUDGE.eligible(WORKER, [], NOW) == []


def test_alternatives_come_from_the_index_with_scores_and_reasons() -> None:
    found = Match("w1", "p9", 1, 0.7, 0.8, 0.9, reasons=(Line("near", "离家近"),))

    class Index:
        refreshed = 0

        def refresh(self) -> None:
            self.refreshed += 1

        def reading(self) -> Any:
            return nullcontext(("postings", "workers"))

    index = Index()
    matching = SimpleNamespace(jobs_for_worker=lambda *given, **named: SimpleNamespace(matches=(found,)))
    judge = MatchingJudge(lambda: SimpleNamespace(index=index, matching=matching))  # type: ignore[arg-type, return-value]
    (one,) = judge.alternatives(WORKER, NOW)
    assert (one.posting_id, one.score, one.reasons) == ("p9", 0.7, found.reasons)
    assert index.refreshed == 1


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        (PlacesFacts("p", 4, None, None, "e", "t"), 12),
        (PlacesFacts("p", 0, None, None, "e", "t"), 0),
        (PlacesFacts("p", None, None, None, "e", "t"), 3),
        (PlacesFacts("p", 3, 1.5, None, "e", "t"), 4),
        (PlacesFacts("p", 100, None, 7, "e", "t"), 7),
    ],
)
def test_the_pushes_a_posting_may_have_follow_ratio_and_cap(facts: PlacesFacts, allowed: int) -> None:
    assert PushTerms("样例", "0").pushes_allowed(facts) == allowed


def test_retries_wait_longer_each_time_up_to_a_limit() -> None:
    delays = [retry_delay(attempt) for attempt in range(1, 40)]
    assert delays == sorted(delays)
    assert delays[0] == timedelta(minutes=1)
    assert delays[-1] == LONGEST_RETRY


def test_a_batch_brings_its_own_figures_to_the_office() -> None:
    office = plain_office(referral_ratio=3.0)
    own = office.of_batch({"referral_ratio": 5.0, "repeat_days": 0, "floor": 2})
    assert (own.terms.referral_ratio, own.terms.repeat_days) == (5.0, 0)
    assert own.terms.unknown_headcount == office.terms.unknown_headcount
    assert office.of_batch({}) == office


def test_a_gateway_file_must_be_private_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "sms_gateway.toml"
    assert read_gateway(path) is None
    text = 'url = "https://sms.example.invalid/send"\nkey_id = "a"\nkey = "b"\nallowed_hosts = ["sms.example.invalid"]\n'
    path.write_text(text, "utf-8")
    path.chmod(0o644)
    with pytest.raises(Unavailable, match="chmod 600"):
        read_gateway(path)
    path.chmod(0o600)
    settings = read_gateway(path)
    assert settings is not None
    assert "key=" not in repr(settings).replace("key_id=", "")
    for broken in ("url = 1", text.replace("allowed_hosts", "hosts"), "不是 TOML", text.replace("[", "").replace("]", "")):
        path.write_text(broken, "utf-8")
        with pytest.raises(InvalidInput, match="sms_gateway"):
            read_gateway(path)
    path.write_text(text.replace('["sms.example.invalid"]', '["other.invalid"]'), "utf-8")
    with pytest.raises(InvalidInput, match="名单"):
        read_gateway(path)
