"""Random histories of a batch: postings die and come back, people withdraw, channels fail, senders repeat.

After every step the books of the batch must agree with what the sink received, by the audit of the fault suite.
MATCHER_LONG_TESTS=1 runs many more and longer histories.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[2]))

from matcher.clock import FixedClock
from matcher.delivery.channels import Failure, Outcome, Parcel, Receipt
from matcher.domain.posting_terms import PublishState
from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress
from matcher.domain.service_terms import Channel, ConsentPurpose
from matcher.errors import Conflict
from matcher.services.sending import outbox_claim, send_wave
from matcher.services.sending.batch_life import approve_batch, batch_status, stop_batch
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.push_receipts import record_receipts
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.postings import PostingRepository
from tests import push_world
from tests.fault.push_audit import audit, sink_lines
from tests.fault.push_run import BATCH, DATABASE, KEYS, SINK

LONG = bool(os.environ.get("MATCHER_LONG_TESTS"))
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PEOPLE, POSTINGS = 4, 9
OFFICE = push_world.plain_office(POSTINGS)
ANSWERS = (Outcome.SENT, Outcome.SENT, Outcome.DELIVERED, Outcome.FAILED, Outcome.NOT_SENT, Outcome.UNKNOWN)


@lru_cache(maxsize=1)
def template() -> Path:
    home = Path(tempfile.mkdtemp(prefix="matcher-histories-"))
    database = Database.open(
        f"sqlite:///{home / DATABASE}", Keyring.create(home / KEYS), clock=FixedClock(START)
    )
    schema.upgrade(database.engine)
    batch_id = push_world.build(database, people=PEOPLE, postings=6, wave_size=2)
    with database.writing(push_world.PLANNER) as session:
        push_world.add_postings(session, range(6, POSTINGS), headcount=1)
    approve_batch(database, batch_id, approver=push_world.APPROVER)
    database.close()
    return home


class Moody(push_world.RecordingFile):
    """A sink that answers as the history says; what it does not take it does not write down."""

    answers: Sequence[Outcome] = (Outcome.SENT,)

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        receipts = []
        for number, parcel in enumerate(parcels):
            outcome = self.answers[number % len(self.answers)]
            if outcome in (Outcome.SENT, Outcome.DELIVERED, Outcome.UNKNOWN):
                super().deliver([parcel])
            failure = Failure.REFUSED if outcome is Outcome.FAILED else None
            receipts.append(Receipt(parcel.message.message_id, outcome, failure))
        return receipts


class Histories(RuleBasedStateMachine):
    """Everything that may happen to a batch between two looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="matcher-history-"))
        shutil.rmtree(self.home)
        shutil.copytree(template(), self.home)
        self.clock = FixedClock(START)
        self.database = Database.open(
            f"sqlite:///{self.home / DATABASE}", Keyring.load(self.home / KEYS), clock=self.clock, check=False
        )
        self.gone: set[str] = set()
        self.silent: set[str] = set()
        self.stopped = False

    def teardown(self) -> None:
        self.ends_well()
        self.database.close()
        shutil.rmtree(self.home)

    @rule(number=st.integers(0, POSTINGS - 1))
    def a_posting_is_withdrawn_or_comes_back(self, number: int) -> None:
        posting = push_world.posting_id(number)
        state = PublishState.LIVE if posting in self.gone else PublishState.WITHDRAWN
        with self.database.writing("样例丙") as session:
            PostingRepository(session).set_states([posting], publish_state=state)
        self.gone ^= {posting}

    @rule(number=st.integers(0, PEOPLE - 1), purpose=st.sampled_from(list(ConsentPurpose)[:2]))
    def somebody_takes_back_a_consent(self, number: int, purpose: ConsentPurpose) -> None:
        person = push_world.worker_id(number)
        with self.database.writing("样例丙") as session:
            consents = ConsentRepository(session)
            if consents.is_live(person, purpose):
                consents.withdraw(person, purpose)
        self.silent.add(person)

    @rule(all_waves=st.booleans())
    def a_wave_is_sent(self, all_waves: bool) -> None:
        self.sent(9 if all_waves else None)

    @rule(answers=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4))
    def the_outbox_is_delivered(self, answers: list[Outcome]) -> None:
        self.delivered(answers)

    @rule(number=st.integers(0, PEOPLE - 1), good=st.booleans())
    def a_receipt_comes_later(self, number: int, good: bool) -> None:
        key = push_world.message_key(self.database, BATCH, number)
        if key in {line["key"] for line in sink_lines(self.home)}:
            outcome = Outcome.DELIVERED if good else Outcome.FAILED
            record_receipts(self.database, [Receipt(key, outcome, None if good else Failure.OTHER)], OFFICE)

    @rule(hours=st.sampled_from((0.02, 1, 30)))
    def time_passes(self, hours: float) -> None:
        self.clock.at += timedelta(hours=hours)

    @rule(really=st.sampled_from((False,) * 5 + (True,)))
    def somebody_presses_stop(self, really: bool) -> None:
        if really and not self.stopped:
            stop_batch(self.database, BATCH, actor=push_world.APPROVER, reason="样例")
            self.stopped = True

    @invariant()
    def the_books_agree_with_the_sink(self) -> None:
        assert audit(self.home, ended=False) == []

    def sent(self, wave: int | None) -> None:
        try:
            send_wave.send_wave(self.database, BATCH, OFFICE, wave=wave)
            assert not self.stopped
        except Conflict:
            assert self.stopped

    def delivered(self, answers: Sequence[Outcome]) -> None:
        before = len(sink_lines(self.home))
        channel = Moody(self.home / SINK)
        channel.answers = answers
        deliver_outbox(self.database, {Channel.SMS: Way(lambda _: channel)}, OFFICE)
        for line in sink_lines(self.home)[before:]:
            assert not self.gone & set(line["postings"]), "a withdrawn posting went out"
            assert line["worker"] not in self.silent, "somebody who withdrew was contacted"
            assert not self.stopped, "a stopped batch went on"

    def ends_well(self) -> None:
        """Whatever happened, the batch comes to an end with everybody accounted for."""
        for _ in range(OFFICE.terms.most_attempts + 4):
            if not self.stopped:
                self.sent(9)
            self.delivered([Outcome.SENT])
            self.clock.at += timedelta(days=1)
            status = batch_status(self.database, BATCH)
            if PersonProgress.WAITING not in status.people and OutboxState.PENDING not in status.messages:
                break
        assert PersonProgress.WAITING not in status.people
        assert OutboxState.PENDING not in status.messages
        assert sum(status.people.values()) == PEOPLE
        assert status.state is (BatchState.STOPPED if self.stopped else BatchState.RUNNING)


DEFECTS = {
    "freshness is not looked at when handing over": (
        (outbox_claim, "dead_postings", lambda session, ids: {}),
    ),
    "freshness is not looked at when queueing": ((send_wave, "why_stale", lambda *given: []),),
    "what is queued is queued again": ((send_wave, "queued_push_ids", lambda rows: set()),),
}
"""Faults planted one at a time: (where, name, replacement). The machine must find the first and the last."""

DEFAULT = settings(
    max_examples=300 if LONG else 5,
    stateful_step_count=40 if LONG else 12,
    phases=list(Phase) if LONG else [Phase.explicit, Phase.generate],
    derandomize=not LONG,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
HUNT = settings(
    DEFAULT, max_examples=250, stateful_step_count=20, derandomize=True, phases=[Phase.generate], database=None
)


def test_in_every_history_the_books_agree_with_what_went_out() -> None:
    run_state_machine_as_test(Histories, settings=DEFAULT)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("defect", DEFECTS if LONG else list(DEFECTS)[:1])
def test_the_histories_find_a_planted_defect(defect: str) -> None:
    with ExitStack() as planted:
        for where, name, replacement in DEFECTS[defect]:
            planted.enter_context(patch.object(where, name, replacement))
        with pytest.raises(AssertionError):
            run_state_machine_as_test(Histories, settings=HUNT)  # type: ignore[no-untyped-call]
