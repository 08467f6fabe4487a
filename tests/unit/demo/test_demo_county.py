"""The fictional county belongs to nobody, is the same for the same seed, and hides its truth."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import matcher
from matcher.compliance import check
from matcher.demo.county import County
from matcher.demo.files import POSTING_HEADERS, WORKER_HEADERS
from matcher.demo.identity import credit_code, id_number
from matcher.demo.latent import _STATUTORY
from matcher.demo.places import gazetteer_rows
from matcher.demo.wording import phrase, trades
from matcher.domain.posting import Posting
from matcher.imports.checksums import credit_code_fault
from matcher.imports.mapping import Kind, place_header
from matcher.imports.plan import read_records


@pytest.fixture(scope="module")
def county() -> County:
    return County.generate(7, n_workers=300, n_postings=400)


def test_the_same_seed_gives_the_same_county(county: County) -> None:
    again = County.generate(7, n_workers=300, n_postings=400)
    assert again.posting_rows == county.posting_rows
    assert again.worker_rows == county.worker_rows
    assert np.array_equal(again.latent.utility(3, np.arange(50)), county.latent.utility(3, np.arange(50)))


def test_another_seed_gives_another_county(county: County) -> None:
    other = County.generate(8, n_workers=300, n_postings=400)
    assert other.posting_rows != county.posting_rows


def test_every_person_and_employer_is_marked_as_a_sample(county: County) -> None:
    assert all(str(row["name"]).startswith("样例") for row in county.worker_rows)
    assert all(str(row["employer_name"]).startswith("样例") for row in county.posting_rows)
    assert all("样例" in str(row["source"]) for row in (*county.posting_rows, *county.worker_rows))


def test_numbers_have_right_check_digits_but_a_region_that_does_not_exist(county: County) -> None:
    for row in county.worker_rows:
        number = str(row["id_number"])
        assert number.startswith("999001")
        total = sum(int(digit) * 2 ** (17 - i) for i, digit in enumerate(number[:17]))
        assert "10X98765432"[total % 11] == number[17]
        assert number[6:14] == str(row["birth_date"]).replace("-", "")
    assert len({row["id_number"] for row in county.worker_rows}) == len(county.worker_rows)


def test_phones_use_a_prefix_that_no_operator_holds(county: County) -> None:
    phones = [row["phone"] for row in county.worker_rows if "phone" in row]
    phones += [row["contact_phone"] for row in county.posting_rows]
    assert phones
    assert all(re.fullmatch(r"154\d{8}", str(phone)) for phone in phones)


def test_known_numbers_keep_their_check_digits() -> None:
    assert id_number(date(1990, 1, 1), 0, male=True) == "999001199001010011"
    for number in range(200):
        assert not credit_code_fault(credit_code(number))


def test_every_point_lies_on_open_water() -> None:
    for row in gazetteer_rows():
        assert 37.0 < float(str(row["lat"])) < 40.0
        assert 118.3 < float(str(row["lng"])) < 121.5


def test_no_phrase_stands_in_both_halves() -> None:
    for trade in trades():
        for part in ("titles", "duties", "asks", "says"):
            train, test = set(trade.say(part, "train")), set(trade.say(part, "test"))
            assert train
            assert test
            assert not train & test, trade.trade_id
    for side, key in (("posting", "closing"), ("worker", "near"), ("worker", "no_night")):
        assert not set(phrase(side, key, "train")) & set(phrase(side, key, "test"))


def test_there_are_sixty_trades_with_several_phrasings_each() -> None:
    assert len(trades()) >= 60
    for trade in trades():
        both = [*trade.say("titles", "train"), *trade.say("titles", "test")]
        assert len(both) >= 4, trade.trade_id
        assert {other.trade_id for other in trades()} >= set(trade.near)


def test_real_life_gaps_are_there() -> None:
    county = County.generate(1)
    rows, people = county.posting_rows, county.worker_rows
    assert any("address" not in row for row in rows)
    assert any(row.get("pay_text") == "面议" for row in rows)
    assert set(county.publish_states().values()) == {"live", "expired", "withdrawn", "filled"}
    assert any("text" not in row for row in people)
    assert any("phone" not in row for row in people)
    assert any("零就业家庭成员" in str(row["categories"]) for row in people)
    assert any("text" not in row and "wish" not in row for row in people)


def test_the_breaches_planted_in_postings_are_found() -> None:
    county = County.generate(2)
    planted = missed = false = 0
    for row, truth in zip(county.posting_rows, county.posting_truths, strict=True):
        duties, requirements = str(row.get("duties", "")), str(row.get("requirements", ""))
        found = check(Posting("p", str(row["title"]), duties=duties, requirements=requirements))
        planted += bool(truth.flaw)
        missed += bool(truth.flaw) and not found
        false += bool(found) and not truth.flaw
    assert planted > 60
    assert missed <= planted * 0.05
    assert false <= len(county.posting_rows) * 0.01


def test_who_lacks_a_statutory_certificate_is_never_taken(county: County) -> None:
    latent = county.latent
    barred = [
        (i, j)
        for i, worker in enumerate(county.worker_truths)
        for j, posting in enumerate(county.posting_truths)
        if posting.certificate in _STATUTORY and not worker.certificates
    ]
    wi, pj = (np.array(side) for side in zip(*barred, strict=True))
    assert latent.probabilities(wi, pj)[1].max() == 0.0


def test_nobody_is_hired_for_a_posting_that_is_gone(county: County) -> None:
    gone = np.array([j for j, truth in enumerate(county.posting_truths) if truth.state != "live"])
    assert len(gone) > 0
    assert county.latent.utility(np.arange(300)[:, None], gone[None, :]).max() == 0.0


def test_answers_come_as_often_as_their_probability_says(county: County) -> None:
    wi, pj = np.repeat(np.arange(300), 10), np.tile(np.arange(10), 300)
    worker, employer = county.latent.accept_many(wi, pj, np.random.default_rng(0))
    p_worker, p_employer = county.latent.probabilities(wi, pj)
    assert abs(worker.mean() - p_worker.mean()) < 0.02
    assert abs(employer.mean() - p_employer.mean()) < 0.03


def test_a_wished_trade_is_liked_better_than_a_strange_one(county: County) -> None:
    trade_of = np.array([truth.trade for truth in county.posting_truths])
    own: list[float] = []
    strange: list[float] = []
    for i, worker in enumerate(county.worker_truths):
        liking = county.latent.worker_utility(i, np.arange(len(trade_of)))
        own += liking[trade_of == worker.wish].tolist()
        strange += liking[trade_of != worker.wish].tolist()
    assert np.mean(own) > np.mean(strange) + 1.5


def test_no_stage_outside_the_demo_can_see_the_truth() -> None:
    root = Path(matcher.__file__).parent
    for path in root.rglob("*.py"):
        if path.parent.name != "demo":
            assert "demo.latent" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    ("kind", "headers"), [(Kind.POSTINGS, POSTING_HEADERS), (Kind.WORKERS, WORKER_HEADERS)]
)
def test_the_import_knows_every_header_of_the_sample_files(kind: Kind, headers: dict[str, str]) -> None:
    for key, header in headers.items():
        placement = place_header(header, kind)
        assert placement is not None, header
        assert placement.key == key, header


def test_the_sample_files_go_through_the_real_import(county: County, tmp_path: Path) -> None:
    paths = {path.name: path for path in county.write_files(tmp_path)}
    with pytest.raises(UnicodeDecodeError):
        paths["postings_messy.csv"].read_text(encoding="utf-8")
    seen: list[str] = []
    aside = problems = 0
    for name in ("postings.xlsx", "postings_messy.csv", "postings.jsonl"):
        with read_records(paths[name], Kind.POSTINGS, today=county.today) as reading:
            for record in reading:
                aside += record.set_aside
                problems += len(record.problems)
                if not record.set_aside:
                    seen.append(str(record.values["external_id"]))
    assert aside >= 2
    assert problems >= 5
    assert set(county.publish_states()) <= set(seen)
    with read_records(paths["workers.xlsx"], Kind.WORKERS, today=county.today) as reading:
        people = list(reading)
    assert [p.values["id_number"] for p in people] == [row["id_number"] for row in county.worker_rows]


def test_rows_become_domain_objects(county: County) -> None:
    assert len(county.postings) == 400
    assert len(county.workers) == 300
    assert sum(posting.pay is not None for posting in county.postings) > 350
