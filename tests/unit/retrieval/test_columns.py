from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from matcher.domain.posting import AgeLimit, Posting
from matcher.domain.posting_terms import Basis, PayUnit, Settlement, Shift
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.errors import Unavailable
from matcher.retrieval.codebook import Codebook
from matcher.retrieval.columns import ALWAYS, NEVER, PostingColumns, WorkerColumns
from matcher.retrieval.table import skill_id

NOW = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)
BOOK = Codebook(
    occupation_rows={"6-29-01-03": 0, "4-07-05-01": 1},
    certificate_bits={"n1": 0, "a1": 1, "c1": 2},
    certificate_covers={"a1": ("c1",)},
    occupation_names=("瓦工", "保安员"),
    certificate_names=("叉车证", "A1驾照", "C1驾照"),
    relatedness=lambda: np.eye(2, dtype=np.float32),
)


def postings(*items: Posting) -> PostingColumns:
    return PostingColumns.of(items, codes=BOOK)


def workers(*items: Worker) -> WorkerColumns:
    return WorkerColumns.of(items, now=NOW, codes=BOOK)


def full_posting() -> Posting:
    return Posting(
        "p1",
        "叉车工",
        employer_name="样例物流",
        occupations=(Occupation("6-29-01-03", "瓦工", 0.8), Occupation("9-99-99-99", "无", 0.5)),
        skills=("开叉车", "贴砖"),
        pay=Pay(300_00, 350_00, PayUnit.DAY),
        settlement=Settlement.DAILY,
        shifts=(Shift.DAY, Shift.LONG_DAY),
        days_per_month=20,
        place=Place("样例镇", "130629100000", 39.0, 115.9),
        certificates=(
            CertificateRequirement("n1", True, Basis.STATUTORY),
            CertificateRequirement("c1", True, Basis.EMPLOYER),
            CertificateRequirement("a1", False),
        ),
        age=AgeLimit(18, 60, Basis.STATUTORY),
        headcount=5,
        headcount_left=2,
        valid_to=NOW + timedelta(days=3),
        need_by=NOW + timedelta(days=1),
    )


def test_an_empty_posting_is_unknown_in_every_column() -> None:
    c = postings(Posting("p", "工"))
    assert c.region[0] == 0
    for name in ("lat", "lng", "pay_low_yuan", "pay_high_yuan", "hours", "exp_years"):
        assert np.isnan(getattr(c, name)[0]), name
    for name in ("settlement", "form", "edu_min", "headcount_left", "age_min", "employer", "pay_unit"):
        assert getattr(c, name)[0] == -1, name
    for name in ("shifts", "certs_required", "certs_statutory", "benefits", "load", "friendly", "transport"):
        assert getattr(c, name)[0] == 0, name
    assert (c.occ[0] == -1).all()
    assert c.start[0] == c.valid_to[0] == NEVER
    assert c.valid_from[0] == c.verified[0] == ALWAYS


def test_a_full_posting_fills_its_columns() -> None:
    c = postings(full_posting())
    assert c.region[0] == 130629100000
    assert c.pay_low_yuan[0] == 6000  # 300 元 × the 20 days it states
    assert c.settlement[0] == Settlement.DAILY.ordinal
    assert c.shifts[0] == Shift.mask((Shift.DAY, Shift.LONG_DAY))
    assert list(c.occ[0]) == [0, -1, -1]
    assert c.occ_conf[0, 0] == pytest.approx(0.8)
    assert c.occ_conf[0, 1] == 0
    assert (c.certs_required[0], c.certs_statutory[0], c.certs_preferred[0]) == (0b101, 0b001, 0b010)
    assert c.headcount_left[0] == 2
    assert c.valid_to[0] == int((NOW + timedelta(days=1)).timestamp())
    assert (c.age_min[0], c.age_max[0]) == (18, 60)
    assert set(c.skills[0][:2]) == {skill_id("开叉车"), skill_id("贴砖")}


def test_piece_rates_and_negotiable_pay_are_unknown_and_never_imputed() -> None:
    c = postings(
        Posting("a", "工", pay=Pay(5_00, 5_00, PayUnit.PIECE)),
        Posting("b", "工", pay=Pay(negotiable=True)),
    )
    assert np.isnan(c.pay_low_yuan).all()
    assert np.isnan(c.pay_high_yuan).all()
    assert list(c.pay_open) == [False, True]


@pytest.mark.parametrize("basis", [Basis.UNSTATED, Basis.EMPLOYER])
def test_an_age_limit_without_a_statutory_basis_never_reaches_the_columns(basis: Basis) -> None:
    c = postings(Posting("p", "工", age=AgeLimit(18, 35, basis)))
    assert (c.age_min[0], c.age_max[0]) == (-1, -1)


def test_a_certificate_counts_until_its_last_day_and_covers_the_lower_class() -> None:
    today = date(2026, 5, 6)
    c = workers(
        Worker("a", certificates=(HeldCertificate("a1", today),)),
        Worker("b", certificates=(HeldCertificate("a1", today - timedelta(days=1)),)),
        Worker("c", certificates=(HeldCertificate("n1", date(2020, 1, 1)), HeldCertificate("n1"))),
        Worker("d"),
        Worker("e", no_certificates=True),
    )
    assert list(c.certs_held) == [0b110, 0, 0b001, 0, 0]
    assert list(c.certs_expired) == [0, 0b110, 0, 0, 0]
    assert list(c.certs_listed) == [True, True, True, False, True]


def test_a_birthday_and_a_stated_age_both_give_the_age_on_the_day() -> None:
    c = workers(Worker("a", birth_date=date(2010, 5, 7)), Worker("b", age=44), Worker("c"))
    assert list(c.age) == [15, 44, -1]


def test_no_column_can_hold_a_protected_attribute() -> None:
    names = {f.name for f in fields(WorkerColumns)} | {f.name for f in fields(PostingColumns)}
    forbidden = ("sex", "gender", "nation", "ethnic", "hukou", "marital", "disab", "poverty", "categor")
    assert not [n for n in names for word in forbidden if word in n]


def test_appending_equals_building_at_once_and_moves_the_name_numbers() -> None:
    first = Posting("a", "工", employer_name="样例甲", skills=("砌墙",))
    second = Posting("b", "工", employer_name="样例乙")
    third = Posting("c", "工", employer_name="样例甲")
    together, joined = postings(first, second, third), postings(first).append(postings(second, third))
    for name, values in together._arrays().items():
        np.testing.assert_array_equal(values, getattr(joined, name), err_msg=name)
    assert [joined.employer_names.values[i] for i in joined.employer] == ["样例甲", "样例乙", "样例甲"]


def test_taking_rows_keeps_every_column_aligned() -> None:
    c = postings(Posting("a", "工", headcount=1), full_posting(), Posting("b", "工", headcount=3))
    taken = c.take(np.array([2, 1]))
    assert len(taken) == 2
    assert list(taken.headcount_left) == [3, 2]
    assert taken.occ.shape == (2, 3)


def test_a_saved_table_loads_equal_without_pickle(tmp_path: object) -> None:
    c = postings(full_posting(), Posting("b", "工"))
    path = f"{tmp_path}/columns.npz"
    np.savez(path, **c.to_arrays())  # type: ignore[arg-type]
    with np.load(path, allow_pickle=False) as arrays:
        loaded = PostingColumns.from_arrays(dict(arrays))
    for name, values in c._arrays().items():
        np.testing.assert_array_equal(values, getattr(loaded, name), err_msg=name)
    assert loaded.employer_names.values == c.employer_names.values


def test_a_snapshot_without_a_column_or_with_a_short_one_is_refused() -> None:
    saved = postings(full_posting()).to_arrays()
    with pytest.raises(Unavailable, match="kind"):
        PostingColumns.from_arrays({k: v for k, v in saved.items() if k != "kind"})
    with pytest.raises(Unavailable, match="长度"):
        PostingColumns.from_arrays({**saved, "kind": np.zeros(5, np.int8)})


def test_empty_lists_make_empty_tables_that_append() -> None:
    empty = postings()
    assert len(empty) == 0
    assert len(empty.append(postings(full_posting()))) == 1
    assert len(WorkerColumns.of([], now=NOW, codes=BOOK)) == 0
