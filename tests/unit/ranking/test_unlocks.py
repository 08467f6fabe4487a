"""Every "若…，可多 n 个岗位" is true: the change is made to the person and the postings are counted again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from matcher.demo.county import County
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Basis, PayUnit, PhysicalLoad, Settlement, Shift
from matcher.domain.values import CertificateRequirement, HeldCertificate, Pay, Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint
from matcher.ranking.pairs import one_against_all
from matcher.ranking.unlocks import Unlock, UnlockKind, openable, unlocks
from matcher.ranking.widening import Area
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOME = Place("样例村", "130629100201", 38.99, 115.90)
FORKLIFT = "forklift"


def near(km: float) -> Place:
    """A point so far north of HOME."""
    return Place("样例地", "130629100000", 38.99 + km / 111.2, 115.90)


def found(worker: Worker, postings: list[Posting]) -> dict[str, Unlock]:
    columns = WorkerColumns.of([worker], now=NOW)
    return {one.code: one for one in unlocks(columns, PostingColumns.of(postings), now=NOW)}


def count(worker: Worker, postings: list[Posting], widest: Area = Area.CITY) -> int:
    lined_up = one_against_all(
        WorkerColumns.of([worker], now=NOW), PostingColumns.of(postings), now=NOW, codes=lexicon_codebook()
    )
    return int(openable(lined_up, widest=widest).sum())


def by_law(posting: Posting) -> Posting:
    """The posting, its certificates asked for by the law."""
    papers = tuple(replace(one, basis=Basis.STATUTORY) for one in posting.certificates)
    return replace(posting, certificates=papers)


def lower_pay(worker: Worker) -> Worker:
    assert worker.pay_floor is not None
    low = round((worker.pay_floor.min_fen or worker.pay_floor.max_fen or 0) * 0.9)
    return replace(worker, pay_floor=replace(worker.pay_floor, min_fen=low, max_fen=None))


def changed(worker: Worker, code: str) -> Worker:
    """The person after the change that an unlock names, made on the person and not on columns."""
    if code.startswith("reach_"):
        return replace(worker, max_minutes=(worker.max_minutes or 0) + int(code.removeprefix("reach_")))
    if code == "night":
        return replace(worker, refused_shifts=tuple(s for s in worker.refused_shifts if s is not Shift.NIGHT))
    if code == "settlement":
        return replace(worker, settlements=())
    if code == "pay":
        return lower_pay(worker)
    if code == "out_of_town":
        return replace(worker, out_of_town=True)
    kind, _, certificate = code.partition(":")
    kept = tuple(c for c in worker.certificates if c.code != certificate)
    assert kind in {"certificate", "renewal"}
    return replace(worker, certificates=(*kept, HeldCertificate(certificate)), no_certificates=False)


def test_every_claim_about_the_county_is_reproduced_by_making_the_change() -> None:
    made = County.generate(11, 60, 160)
    postings = [by_law(posting) for posting in made.postings]
    claims = 0
    kinds = set()
    for worker in made.workers:
        for code, one in found(worker, postings).items():
            widest = Area.PROVINCE if code == "out_of_town" else Area.CITY
            before, after = (count(w, postings, widest) for w in (worker, changed(worker, code)))
            assert after - before == one.count, (worker.worker_id, code)
            assert one.text.endswith(f"可多 {one.count} 个岗位")
            claims += 1
            kinds.add(code.partition(":")[0].rstrip("012_"))
    assert claims > 50
    assert {"reach", "pay", "settlement", "certificate"} <= kinds


def test_ten_minutes_more_open_what_lies_between() -> None:
    worker = Worker("w", place=HOME, max_minutes=10)
    postings = [Posting(f"p{km}", "工", place=near(km)) for km in (1, 3.4, 4, 40)]
    assert found(worker, postings)["reach_10"].count == count(replace(worker, max_minutes=20), postings) - count(
        worker, postings
    )
    assert found(worker, postings)["reach_10"].text == "若愿意多走 10 分钟，可多 2 个岗位"


def test_a_missing_forklift_licence_is_named_as_training() -> None:
    need = CertificateRequirement(FORKLIFT, basis=Basis.STATUTORY)
    postings = [Posting("p1", "工", place=near(1), certificates=(need,)), Posting("p2", "工", place=near(1))]
    one = found(Worker("w", place=HOME, no_certificates=True), postings)[f"certificate:{FORKLIFT}"]
    assert (one.kind, one.count, one.rows) == (UnlockKind.TRAINING, 1, (0,))
    assert found(Worker("w", place=HOME), postings) == {}, "nobody asked: it is checked, not trained"
    expired = HeldCertificate(FORKLIFT, valid_to=date(2020, 1, 1))
    assert list(found(Worker("w", place=HOME, certificates=(expired,)), postings)) == [f"renewal:{FORKLIFT}"]


@pytest.mark.parametrize("limit", [Constraint.NO_NIGHT, Constraint.CHILD_PICKUP, Constraint.ELDER_CARE])
def test_nights_are_never_suggested_to_whom_they_would_harm(limit: Constraint) -> None:
    night = [Posting("p", "工", place=near(1), shifts=(Shift.NIGHT,))]
    free = Worker("w", place=HOME, refused_shifts=(Shift.NIGHT,))
    assert found(free, night)["night"].count == 1
    assert found(replace(free, constraints=(limit,)), night) == {}
    assert found(replace(free, age=17), night) == {}


def test_a_limit_of_health_is_never_a_suggestion() -> None:
    heavy = [Posting("p", "工", place=near(1), load=(PhysicalLoad.HEAVY,))]
    assert found(Worker("w", place=HOME, constraints=(Constraint.NO_HEAVY,)), heavy) == {}


def test_pay_and_settlement_are_said_only_where_they_open_something() -> None:
    paid = Pay(min_fen=280_000, max_fen=290_000, unit=PayUnit.MONTH)
    postings = [Posting("p", "工", place=near(1), pay=paid, settlement=Settlement.MONTHLY)]
    floor = Pay(min_fen=300_000, unit=PayUnit.MONTH)
    assert found(Worker("w", place=HOME, pay_floor=floor), postings)["pay"].count == 1
    assert found(Worker("w", place=HOME, pay_floor=replace(floor, min_fen=400_000)), postings) == {}
    assert found(Worker("w", place=HOME, settlements=(Settlement.DAILY,)), postings)["settlement"].count == 1


def test_the_unlock_with_the_most_postings_comes_first_and_nothing_gives_nothing() -> None:
    worker = Worker("w", place=HOME, max_minutes=10, settlements=(Settlement.DAILY,))
    postings = [Posting(f"p{km}", "工", place=near(km)) for km in (4, 4.1, 4.2)]
    postings.append(Posting("q", "工", place=near(1), settlement=Settlement.MONTHLY))
    columns = WorkerColumns.of([worker], now=NOW)
    counts = [one.count for one in unlocks(columns, PostingColumns.of(postings), now=NOW)]
    assert counts == sorted(counts, reverse=True)
    assert unlocks(columns, PostingColumns.of([]), now=NOW) == []
    assert np.isnan(WorkerColumns.of([Worker("n")], now=NOW).max_minutes[0])
