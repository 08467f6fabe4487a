"""Texts of urgent requests leave once, while they hold, with phones only for a stated reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matcher.clock import FixedClock
from matcher.domain.service_terms import BlacklistReason, ConsentPurpose
from matcher.errors import InvalidInput
from matcher.services.instant.answering import answer
from matcher.services.instant.handing_over import HandedOver, hand_over
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import AuditRow
from tests.instant_world import BY, OFFICE, ask, free_people, opened
from tests.push_world import PHONE


@pytest.fixture
def asked(database: Database) -> tuple[int, tuple[str, ...]]:
    free_people(database, 20)
    request_id = opened(database).request_id
    return request_id, ask(database, request_id).asked


def handed(database: Database, out: Path) -> HandedOver:
    return hand_over(database, out, reason="发邀约短信", actor=BY)


def test_texts_leave_once_with_phones_and_every_look_is_on_record(
    database: Database, asked: tuple[int, tuple[str, ...]], tmp_path: Path
) -> None:
    out = tmp_path / "texts.csv"
    assert handed(database, out) == HandedOver(len(asked[1]), 0)
    text = out.read_text("utf-8-sig")
    assert text.count(PHONE) == len(asked[1])
    assert out.stat().st_mode & 0o077 == 0
    with database.reading() as session:
        looks = session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "reveal_identity"))
    assert looks == len(asked[1])
    again = tmp_path / "again.csv"
    assert handed(database, again) == HandedOver(0, 0)
    assert not again.exists()


def test_offers_that_no_longer_hold_go_to_nobody(
    database: Database, clock: FixedClock, asked: tuple[int, tuple[str, ...]], tmp_path: Path
) -> None:
    request_id, people = asked
    answer(database, request_id, people[0], yes=False, office=OFFICE, actor=BY)
    with database.writing(BY) as session:
        ConsentRepository(session).withdraw(people[1], ConsentPurpose.CONTACT)
    assert handed(database, tmp_path / "texts.csv") == HandedOver(len(people) - 2, 2)
    more = ask(database, request_id).asked
    clock.at += timedelta(minutes=31)
    more += ask(database, request_id).asked
    clock.at += timedelta(minutes=31)
    assert handed(database, tmp_path / "late.csv") == HandedOver(0, len(more))


def test_a_posting_that_is_barred_meanwhile_goes_to_nobody(
    database: Database, asked: tuple[int, tuple[str, ...]], tmp_path: Path
) -> None:
    with database.writing(BY) as session:
        employer_id = session.scalars(select(PostingRow.employer_id)).one()
        EmployerRepository(session).blacklist(employer_id or "", BlacklistReason.UNPAID_WAGES, "样例〔2026〕1号")
    assert handed(database, tmp_path / "texts.xlsx") == HandedOver(0, len(asked[1]))


def test_a_file_that_cannot_be_written_leaves_every_text_waiting(
    database: Database, asked: tuple[int, tuple[str, ...]], tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_text("a file, not a folder")
    with pytest.raises(OSError):
        handed(database, tmp_path / "blocked" / "texts.csv")
    assert handed(database, tmp_path / "texts.xlsx").written == len(asked[1])


def test_no_reason_and_other_files_are_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        hand_over(database, tmp_path / "texts.csv", reason=" ", actor=BY)
    with pytest.raises(InvalidInput, match="xlsx"):
        handed(database, tmp_path / "texts.txt")
