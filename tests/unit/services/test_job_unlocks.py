"""Each number of "有叉车证可多37个岗位" is what changing the person and counting again gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from matcher.domain.match import MAX_LINE_CHARS
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Basis, PayUnit, Settlement
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.ranking.pairs import one_against_all
from matcher.ranking.unlocks import openable
from matcher.ranking.widening import Area
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.lexical import numbered
from matcher.services.indexing import empty_posting_catalogue
from matcher.services.job_unlocks import JobUnlock, job_unlocks, still_open

NOW = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)
CODES = lexicon_codebook()
FORKLIFT = next(
    code for code, bit in CODES.certificate_bits.items() if CODES.certificate_names[bit].startswith("叉车")
)
HOME = Place("样例村", "130629101000", 39.05, 115.86)
TRADE = (Occupation("6-30-05-01", "起重装卸机械操作工"),)


def job(number: int, km: float = 2.0, **values: object) -> Posting:
    place = Place("样例地", "130629101000", 39.05 + km / 111.2, 115.86)
    return Posting(**{"posting_id": f"p{number}", "title": "样例岗位", "place": place, "occupations": TRADE, **values})  # type: ignore[arg-type]


def needs(code: str) -> dict[str, object]:
    return {"certificates": (CertificateRequirement(code, True, Basis.STATUTORY),)}


def seeker(**values: object) -> Worker:
    return Worker(**{"worker_id": "w", "place": HOME, "occupations": TRADE, "no_certificates": True, **values})  # type: ignore[arg-type]


@pytest.fixture
def catalogue() -> Catalogue[PostingColumns]:
    postings = [job(i) for i in range(3)]
    postings += [job(10 + i, **needs(FORKLIFT)) for i in range(7)]
    postings += [job(20 + i, settlement=Settlement.MONTHLY) for i in range(4)]
    postings += [job(30 + i, km=9.0, **needs(FORKLIFT)) for i in range(5)]
    made = empty_posting_catalogue(4)
    made.put(
        [one.posting_id for one in postings],
        PostingColumns.of(postings),
        numbered([[] for _ in postings]),
        np.zeros((len(postings), 4), np.float32),
        np.arange(len(postings)),
    )
    return made


def asked(worker: Worker, catalogue: Catalogue[PostingColumns]) -> tuple[JobUnlock, ...]:
    person = WorkerColumns.of([worker], now=NOW)
    return job_unlocks(person, catalogue, catalogue.alive, now=NOW)


def open_to(worker: Worker, catalogue: Catalogue[PostingColumns], widest: Area = Area.CITY) -> set[str]:
    people = WorkerColumns.of([worker], now=NOW)
    mask = openable(one_against_all(people, catalogue.columns, now=NOW, codes=CODES), widest=widest)
    return {catalogue.ids[row] for row in np.flatnonzero(mask & catalogue.alive)}


def changed(worker: Worker, code: str) -> tuple[Worker, Area]:
    """The person after the change that the code names, made by hand."""
    if code == f"certificate:{FORKLIFT}":
        held = (*worker.certificates, HeldCertificate(FORKLIFT, date(2030, 1, 1)))
        return replace(worker, certificates=held, no_certificates=False), Area.CITY
    if code.startswith("reach_"):
        assert worker.max_minutes is not None
        return replace(worker, max_minutes=worker.max_minutes + int(code.split("_")[1])), Area.CITY
    if code == "settlement":
        return replace(worker, settlements=()), Area.CITY
    raise AssertionError(f"no such change expected: {code}")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"max_minutes": 20},
        {"settlements": (Settlement.DAILY,)},
        {"settlements": (Settlement.DAILY,), "max_minutes": 20},
    ],
)
def test_every_number_is_reproduced_by_changing_the_person_and_counting_again(
    catalogue: Catalogue[PostingColumns], values: dict[str, object]
) -> None:
    worker = seeker(**values)
    found = asked(worker, catalogue)
    assert found
    for one in found:
        after, widest = changed(worker, one.code)
        opened = open_to(after, catalogue, widest) - open_to(worker, catalogue, widest)
        assert set(one.posting_ids) == opened
        assert f"可多{len(opened)}个岗位" in one.line.text


def test_the_certificate_that_opens_the_most_comes_first_in_few_words(catalogue: Catalogue[PostingColumns]) -> None:
    first = asked(seeker(), catalogue)[0]
    assert first.code == f"certificate:{FORKLIFT}"
    assert first.line.text.startswith("有叉车")
    assert first.line.text.endswith("可多12个岗位")


def test_postings_that_left_the_index_or_the_shelf_are_not_counted(catalogue: Catalogue[PostingColumns]) -> None:
    catalogue.remove(["p10", "p11"])
    (first, *_) = asked(seeker(), catalogue)
    assert len(first.posting_ids) == 10
    (left,) = still_open([first], closed={"p12"})
    assert left.line.text.endswith("可多9个岗位")
    assert still_open([first], closed=set(first.posting_ids)) == ()


def test_a_person_who_holds_it_is_not_told_to_get_it(catalogue: Catalogue[PostingColumns]) -> None:
    assert asked(seeker(certificates=(HeldCertificate(FORKLIFT),), no_certificates=False), catalogue) == ()


def test_a_person_never_asked_about_papers_gets_no_advice_on_them(catalogue: Catalogue[PostingColumns]) -> None:
    assert asked(seeker(no_certificates=False), catalogue) == ()


def test_both_steps_of_the_way_are_never_said_at_once(catalogue: Catalogue[PostingColumns]) -> None:
    worker = seeker(max_minutes=15, certificates=(HeldCertificate(FORKLIFT),), no_certificates=False)
    codes = [one.code for one in asked(worker, catalogue)]
    assert sum(code.startswith("reach") for code in codes) <= 1


def test_every_line_fits_whatever_the_certificate_is_called() -> None:
    for name in CODES.certificate_names:
        for count in (1, 37, 1234):
            unlock = JobUnlock("certificate:x", f"有{name}", tuple(str(i) for i in range(count)))
            assert len(unlock.line.text) <= MAX_LINE_CHARS
            assert str(count) in unlock.line.text


def test_pay_is_not_mistaken_for_a_change_when_the_person_named_none(catalogue: Catalogue[PostingColumns]) -> None:
    cheap = seeker(pay_floor=Pay(900_000, None, PayUnit.MONTH), no_certificates=False)
    assert "pay" not in {one.code for one in asked(seeker(no_certificates=False), catalogue)}
    assert asked(cheap, catalogue) == ()  # no posting states a pay, so a lower floor opens nothing
