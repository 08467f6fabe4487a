"""Every hard rule: it vetoes on two known facts that contradict, names itself, and leaves the unknown alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ranking_cases import GUARD, HOME, MASON, NOW, TRADES, at, pair, paired, posting, worker, yuan

from matcher.domain.match import MAX_LINE_CHARS
from matcher.domain.posting import AgeLimit
from matcher.domain.posting_terms import Basis, PhysicalLoad, PostingKind, Shift
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Place
from matcher.domain.worker_terms import Constraint
from matcher.errors import InvalidInput
from matcher.lexicon.certificates import certificates
from matcher.ranking import eligibility, local_limits
from matcher.ranking.eligibility import rules, veto_lines, vetoes
from matcher.ranking.pairs import Pairs, pairs
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

BY_LAW = (CertificateRequirement("forklift", True, Basis.STATUTORY),)


@dataclass(frozen=True)
class Case:
    """What contradicts; unsure: the same with one side not known, given as (worker, posting) changes."""

    person: dict[str, Any]
    job: dict[str, Any]
    unsure: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)


CASES: dict[str, Case] = {
    "not_yet_live": Case({}, {"valid_from": NOW + timedelta(days=1)}, [({}, {"valid_from": None})]),
    "expired": Case({}, {"valid_to": NOW - timedelta(days=1)}, [({}, {"valid_to": None})]),
    "filled": Case({}, {"headcount_left": 0}, [({}, {"headcount_left": None})]),
    "under_age": Case({"age": 15}, {}, [({"age": None}, {})]),
    "minor_load": Case(
        {"age": 17}, {"load": (PhysicalLoad.HEIGHT,)}, [({"age": None}, {}), ({}, {"load": ()})]
    ),
    "minor_night": Case(
        {"age": 17}, {"shifts": (Shift.NIGHT,)}, [({"age": None}, {}), ({}, {"shifts": ()})]
    ),
    "minor_certificate": Case(
        {"age": 17, "certificates": (HeldCertificate("forklift"),)},
        {"certificates": BY_LAW},
        [({"age": None}, {}), ({}, {"certificates": ()})],
    ),
    "age_limit_low": Case(
        {"age": 19}, {"age": AgeLimit(21, None, Basis.STATUTORY)}, [({"age": None}, {}), ({}, {"age": None})]
    ),
    "age_limit_high": Case(
        {"age": 66}, {"age": AgeLimit(None, 60, Basis.STATUTORY)}, [({"age": None}, {}), ({}, {"age": None})]
    ),
    "certificate_missing": Case(
        {"no_certificates": True}, {"certificates": BY_LAW}, [({"no_certificates": False}, {}), ({}, {"certificates": ()})]
    ),
    "certificate_expired": Case(
        {"certificates": (HeldCertificate("forklift", date(2026, 5, 5)),)},
        {"certificates": BY_LAW},
        [({"certificates": (HeldCertificate("forklift", None),)}, {}), ({}, {"certificates": ()})],
    ),
    "reach": Case(
        {"place": HOME, "max_minutes": 30},
        {"place": at(25)},
        [({"max_minutes": None}, {}), ({"place": None}, {}), ({}, {"place": None})],
    ),
    "out_of_town": Case(
        {"place": Place("样例", "130629000000"), "out_of_town": False},
        {"place": Place("样例", "110105000000")},
        [({"out_of_town": None}, {}), ({"place": None}, {}), ({}, {"place": None})],
    ),
    "unavailable": Case(
        {"earliest_start": date(2026, 5, 10)},
        {"kind": PostingKind.GIG, "start_at": NOW + timedelta(days=1)},
        [({"earliest_start": None}, {}), ({}, {"start_at": None})],
    ),
    "refused_night": Case(
        {"constraints": (Constraint.NO_NIGHT,)}, {"shifts": (Shift.NIGHT,)}, [({"constraints": ()}, {}), ({}, {"shifts": ()})]
    ),
    "refused_shift": Case(
        {"refused_shifts": (Shift.SIX_ON_ONE_OFF,)},
        {"shifts": (Shift.SIX_ON_ONE_OFF,)},
        [({"refused_shifts": ()}, {}), ({}, {"shifts": ()})],
    ),
    "refused_occupation": Case(
        {"refused_occupations": (TRADES[GUARD],)},
        {"occupations": (TRADES[GUARD],)},
        [({"refused_occupations": ()}, {}), ({}, {"occupations": ()})],
    ),
    "pay_below_floor": Case(
        {"pay_floor": yuan(5000)}, {"pay": yuan(3000, 4000)}, [({"pay_floor": None}, {}), ({}, {"pay": None})]
    ),
    "limit_height": Case(
        {"constraints": (Constraint.NO_HEIGHT,)}, {"load": (PhysicalLoad.HEIGHT,)}, [({"constraints": ()}, {}), ({}, {"load": ()})]
    ),
    "limit_heavy": Case(
        {"constraints": (Constraint.NO_HEAVY,)}, {"load": (PhysicalLoad.HEAVY,)}, [({"constraints": ()}, {}), ({}, {"load": ()})]
    ),
    "limit_outdoor": Case(
        {"constraints": (Constraint.NO_OUTDOOR,)}, {"load": (PhysicalLoad.OUTDOOR,)}, [({"constraints": ()}, {}), ({}, {"load": ()})]
    ),
}  # fmt: skip
ELSEWHERE = {"blocked", "local_age_limit"}  # the two below: one needs the office's review, one a local file


def lines(person: dict[str, Any], job: dict[str, Any]) -> list[str]:
    mask = int(vetoes(pair(worker(**person), posting(**job)))[0])
    told = veto_lines(mask)
    assert all(0 < len(line.text) <= MAX_LINE_CHARS for line in told)
    return [line.code for line in told]


def test_every_hard_rule_has_a_case_here() -> None:
    assert {rule.id for rule in rules() if rule.hard} == set(CASES) | ELSEWHERE


@pytest.mark.parametrize("rule", CASES)
def test_a_contradiction_is_vetoed_by_the_rule_that_says_so(rule: str) -> None:
    assert lines(CASES[rule].person, CASES[rule].job) == [rule]


@pytest.mark.parametrize(
    ("rule", "person", "job"),
    [(rule, *unsure) for rule, case in CASES.items() for unsure in case.unsure],
)
def test_what_is_not_known_or_could_not_be_parsed_vetoes_nothing(
    rule: str, person: dict[str, Any], job: dict[str, Any]
) -> None:
    case = CASES[rule]
    assert rule not in lines(case.person | person, case.job | job)


def test_the_offices_review_stops_a_posting_for_everybody_and_says_so() -> None:
    mask = vetoes(paired([worker(), worker()], [posting()]), blocked=np.array([True]))
    assert [[line.code for line in veto_lines(int(one))] for one in mask] == [["blocked"]] * 2


def test_past_the_retirement_age_nobody_is_vetoed_for_it() -> None:
    for age in (60, 63, 70):
        assert lines({"age": age}, {}) == []
        assert lines({"age": age}, {"age": AgeLimit(18, 45, Basis.EMPLOYER)}) == []


def test_a_minor_may_take_light_day_work() -> None:
    assert lines({"age": 16}, {"shifts": (Shift.DAY,), "load": (PhysicalLoad.OUTDOOR,)}) == []
    assert lines({"age": 16}, {"shifts": (Shift.NIGHT, Shift.CHOICE)}) == []
    assert lines({"age": 18}, {"shifts": (Shift.NIGHT,), "load": (PhysicalLoad.HEAVY,)}) == []


def lexicon_pair(held: str | None, needed: str) -> Pairs:
    """A person with this certificate of the real table and a job that needs that one by law."""
    book = lexicon_codebook()
    person = worker(certificates=(HeldCertificate(held),)) if held else worker(no_certificates=True)
    job = posting(certificates=(CertificateRequirement(needed, True, Basis.STATUTORY),))
    w, p = WorkerColumns.of([person], now=NOW, codes=book), PostingColumns.of([job], codes=book)
    return pairs(w, [0], p, [0], now=NOW, codes=book)


@pytest.mark.parametrize(
    ("held", "needed", "may"),
    [
        ("drive_a2", "drive_b2", True),
        ("drive_a2", "drive_c1", True),
        ("drive_b2", "drive_c1", True),
        ("drive_b2", "drive_a2", False),
        ("drive_c1", "drive_b2", False),
        ("drive_c2", "drive_c1", False),
        ("drive_a2", "drive_a1", False),
        ("drive_a1", "drive_a2", False),
        ("drive_a1", "drive_b1", True),
        ("forklift", "forklift", True),
        ("forklift", "crane_operator", False),
        ("drive_a2", "forklift", False),
        ("low_voltage", "high_voltage", False),
        ("high_voltage", "low_voltage", False),
        ("high_voltage", "electrician", True),
        (None, "welding", False),
    ],
)
def test_licence_classes_serve_for_the_ones_they_include_and_no_others(
    held: str | None, needed: str, may: bool
) -> None:
    told = [line.code for line in veto_lines(int(vetoes(lexicon_pair(held, needed))[0]))]
    assert told == ([] if may else ["certificate_missing"])
    if held is not None:
        assert certificates().implies(held, needed) is may


def test_an_expired_certificate_says_that_a_renewal_opens_the_job() -> None:
    case = CASES["certificate_expired"]
    (line,) = veto_lines(int(vetoes(pair(worker(**case.person), posting(**case.job)))[0]))
    assert line.text == "证书已过期，复审后可上"


def local(monkeypatch: pytest.MonkeyPatch, folder: Path, enabled: str) -> Callable[..., list[str]]:
    path = folder / "local_limits.csv"
    path.write_text(f"enabled,region,occupations,age_high,basis\n{enabled},1306,m,60,样例文件第1号\n", encoding="utf-8")
    found = local_limits.read_local_limits(path)
    monkeypatch.setattr(eligibility, "local_limits", lambda: found)
    return lambda **job: lines({"age": 61}, {"place": Place("样例", "130629000000"), "occupations": (TRADES[MASON],)} | job)


def test_a_local_age_rule_is_off_as_shipped() -> None:
    assert local_limits.local_limits() == ()
    assert local_limits.FILE.read_text(encoding="utf-8").count("\n") > 1


def test_a_local_age_rule_holds_for_its_place_and_trade_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = local(monkeypatch, tmp_path, "yes")
    assert told() == ["local_age_limit"]
    assert told(place=Place("样例", "410100000000")) == []
    assert told(place=None) == []
    assert told(occupations=(TRADES[GUARD],)) == []
    assert told(occupations=(Occupation(TRADES[MASON].code, "瓦工", 0.4),)) == []


def test_a_local_age_rule_that_is_off_vetoes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert local(monkeypatch, tmp_path, "no")() == []


def test_a_local_age_rule_without_its_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "local_limits.csv"
    path.write_text("enabled,region,occupations,age_high,basis\nyes,1306,m,60,\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="第2行"):
        local_limits.read_local_limits(path)
