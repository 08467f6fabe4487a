"""Whatever a posting or worker holds, the store gives back the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from matcher.domain.labelled import Labelled
from matcher.domain.posting import AgeLimit, Posting
from matcher.domain.posting_terms import (
    Basis,
    Benefit,
    Education,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PayUnit,
    PhysicalLoad,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint, SkillLevel, TravelMode
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from matcher.store.posting_mapping import posting_to_row, row_to_posting
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.worker_mapping import rows_to_worker, worker_to_rows

TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12)
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
MONEY = st.none() | st.integers(0, 10**12)
NUMBER = st.none() | st.floats(0, 1e6)
MOMENT = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
DAY = st.none() | st.dates(date(1930, 1, 1), date(2090, 1, 1))
COUNT = st.none() | st.integers(0, 10**6)


def some(kind: type[Labelled]) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(list(kind)), max_size=3, unique=True).map(tuple)


def one(kind: type[Labelled]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(list(kind))


WORDS = st.lists(TEXT, max_size=3).map(tuple)
OCCUPATIONS = st.lists(st.builds(Occupation, KEYS, TEXT, st.floats(0, 1)), max_size=3).map(tuple)
PAY = st.none() | st.builds(
    Pay, MONEY, MONEY, st.sampled_from(list(PayUnit)), NUMBER, st.booleans(), st.booleans(), MONEY
)
REGION = st.none() | st.integers(0, 10**12 - 1).map(lambda n: f"{n:012}")
PLACE = st.none() | st.builds(
    Place, TEXT, REGION, st.none() | st.floats(-90, 90), st.none() | st.floats(-180, 180)
)
LEVEL = st.sampled_from(list(SkillLevel))
ASKED = st.builds(CertificateRequirement, KEYS, st.booleans(), st.sampled_from(list(Basis)), LEVEL)
HELD = st.builds(HeldCertificate, KEYS, DAY, st.booleans(), LEVEL)

POSTINGS = st.builds(
    Posting,
    posting_id=KEYS,
    title=TEXT,
    duties=TEXT,
    requirements=TEXT,
    source=KEYS,
    employer_id=KEYS,
    employer_name=TEXT,
    industry=TEXT,
    tags=WORDS,
    kind=st.sampled_from(list(PostingKind)),
    form=one(EmploymentForm),
    occupations=OCCUPATIONS,
    skills=WORDS,
    pay=PAY,
    settlement=one(Settlement),
    shifts=some(Shift),
    hours_per_day=NUMBER,
    days_per_month=NUMBER,
    benefits=some(Benefit),
    transport=some(Transport),
    insurance=some(Insurance),
    place=PLACE,
    education=one(Education),
    experience_years=NUMBER,
    certificates=st.lists(ASKED, max_size=2).map(tuple),
    age=st.none() | st.builds(AgeLimit, COUNT, COUNT, st.sampled_from(list(Basis))),
    load=some(PhysicalLoad),
    friendly_to=some(FriendlyTo),
    headcount=COUNT,
    headcount_left=COUNT,
    start_at=MOMENT,
    need_by=MOMENT,
    valid_from=MOMENT,
    valid_to=MOMENT,
    verified_at=MOMENT,
    quarantined=st.dictionaries(KEYS, TEXT, max_size=2),
)
WORKERS = st.builds(
    Worker,
    worker_id=KEYS,
    text=TEXT,
    wish_text=TEXT,
    occupations=OCCUPATIONS,
    refused_occupations=OCCUPATIONS,
    skills=WORDS,
    certificates=st.lists(HELD, max_size=3).map(tuple),
    kinds=some(PostingKind),
    forms=some(EmploymentForm),
    pay_floor=PAY,
    settlements=some(Settlement),
    shifts=some(Shift),
    refused_shifts=some(Shift),
    needs=some(Benefit),
    constraints=some(Constraint),
    place=PLACE,
    max_minutes=COUNT,
    out_of_town=st.none() | st.booleans(),
    education=one(Education),
    experience_years=NUMBER,
    birth_date=DAY,
    age=st.none() | st.integers(0, 120),
    earliest_start=DAY,
    group_size=st.integers(1, 99),
    no_certificates=st.booleans(),
    travel_mode=one(TravelMode),
    near_home=st.booleans(),
)


@contextmanager
def _database() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        keyring = Keyring.create(Path(folder) / "keys.json")
        database = Database.open(f"sqlite:///{folder}/store.db", keyring)
        schema.upgrade(database.engine)
        yield database
        database.close()


def test_the_strategies_fill_every_field() -> None:
    """A field added to the domain must be mapped, and generated here."""
    for kind, strategy in ((Posting, POSTINGS), (Worker, WORKERS)):
        given_names = set(strategy.wrapped_strategy.kwargs)  # type: ignore[attr-defined]
        assert given_names == {field.name for field in fields(kind)}


@given(POSTINGS)
def test_a_posting_survives_its_row(posting: Posting) -> None:
    assert row_to_posting(posting_to_row(posting)) == posting


@given(WORKERS)
def test_a_worker_survives_its_rows(worker: Worker) -> None:
    rows = worker_to_rows(worker)
    assert rows_to_worker(rows.worker, rows.intent, rows.certificates) == worker


@settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes here
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.lists(POSTINGS, min_size=8, max_size=25, unique_by=lambda one: one.posting_id),
    st.lists(WORKERS, min_size=8, max_size=25, unique_by=lambda one: one.worker_id),
)
def test_both_survive_the_database(postings: list[Posting], workers: list[Worker]) -> None:
    with _database() as database:
        with database.writing() as session:
            PostingRepository(session).upsert([posting_to_row(one) for one in postings])
            WorkerRepository(session).upsert([WorkerEntry(one, "样例") for one in workers])
        with database.reading() as session:
            stored = PostingRepository(session).get_many([one.posting_id for one in postings])
            people = WorkerRepository(session).get_many([one.worker_id for one in workers])
        assert stored == {one.posting_id: one for one in postings}
        assert people == {one.worker_id: one for one in workers}
        with database.writing() as session:
            again = PostingRepository(session).upsert([posting_to_row(one) for one in postings])
            same = WorkerRepository(session).upsert([WorkerEntry(one, "样例") for one in workers])
        assert {one.status.value for one in (*again, *same)} == {"unchanged"}
