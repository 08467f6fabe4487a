"""What pushes taught, as rows for the ranker: grades with the chance they had to be seen (训练样本导出).

A row has no name, number, place or category of a person: `person` is a keyed hash that only groups rows.
Schema of one line (JSONL, keys in this order):
  schema     "push-grades/1"
  person     16 hex digits, the same for one person within one installation
  posting    posting id
  batch      number of the batch, null for a push outside of one
  grade      4 hired, 3 interviewed, 2 wanted to go, 1 did not suit, 0 opened and not answered; null = missing
  outcome    the grade's name, null when missing
  reason     why it did not suit, null when not told
  channel    how the person was told
  position   place in the message as the person saw it, from 0
  score      score logged when the push was made
  rank       rank logged when the push was made; with `score` and `channel` the propensity of being seen
  in_post_7d, in_post_30d  true, false or null (not known)
  confidence of the furthest stage reached, null when none is known
  delivered  day of delivery
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from matcher.clock import local_date
from matcher.delivery.sheets import private_file
from matcher.outcome.grades import NEVER_SHOWN, Grade, Progress, grade_of
from matcher.store.database import Database
from matcher.store.repositories.outcomes import was_hired
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.pushes import PushRow

SCHEMA = "push-grades/1"
PERSON_HASH, PERSON_CHARS = "training_person", 16
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class GradedExample:
    """One push that reached its person; see the schema above."""

    person: str
    posting: str
    batch: int | None
    grade: int | None
    outcome: str | None
    reason: str | None
    channel: str
    position: int
    score: float
    rank: int
    in_post_7d: bool | None
    in_post_30d: bool | None
    confidence: float | None
    delivered: str

    def line(self) -> str:
        """The example as one line of JSON."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False)


def graded_examples(session: StoreSession) -> Iterator[GradedExample]:
    """Every push that was delivered, in the order of their numbers; what nobody answered has no grade."""
    query = (
        select(PushRow, OutcomeRow)
        .outerjoin(OutcomeRow, OutcomeRow.push_id == PushRow.id)
        .where(PushRow.delivered_at.is_not(None), PushRow.state.not_in(list(NEVER_SHOWN)))
        .order_by(PushRow.id, OutcomeRow.id.desc())
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    last = None
    for push, outcome in session.execute(query):
        if push.id != last:  # of several placements from one push the newest counts
            last = push.id
            yield _example(session, push, outcome)


def export_examples(database: Database, path: Path) -> int:
    """Write the examples to a JSONL file that only its owner can read; returns how many."""
    count = 0
    with database.reading() as session, private_file(path) as stream:
        for example in graded_examples(session):
            stream.write(example.line().encode() + b"\n")
            count += 1
    return count


def _example(session: StoreSession, push: PushRow, outcome: OutcomeRow | None) -> GradedExample:
    assert push.delivered_at is not None
    grade = grade_of(
        Progress(
            push.state,
            contested=push.contested_at is not None,
            interviewed=outcome is not None and outcome.interviewed_at is not None,
            hired=outcome is not None and was_hired(outcome),
        )
    )
    return GradedExample(
        person=session.keyring.lookup_hash(PERSON_HASH, push.worker_id)[:PERSON_CHARS],
        posting=push.posting_id,
        batch=push.batch_id,
        grade=None if grade is None else grade.ordinal,
        outcome=None if grade is None else grade.value,
        reason=push.response_reason.value if grade is Grade.UNSUITABLE and push.response_reason else None,
        channel=push.channel.value,
        position=push.position,
        score=push.score,
        rank=push.rank,
        in_post_7d=outcome.in_post_7d if outcome else None,
        in_post_30d=outcome.in_post_30d if outcome else None,
        confidence=outcome.confidence if outcome else None,
        delivered=local_date(push.delivered_at).isoformat(),
    )
