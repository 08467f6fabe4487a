"""Age limits that a local rule sets for a trade, such as construction sites (地方年龄规定).

Off as shipped: a county turns a row of `data/local_limits.csv` on after it has read its own document. A row
holds for a place (prefix of the 行政区划代码) and for occupations (prefix of the code), never for a sex.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput
from matcher.ranking.pairs import Pairs

FILE = Path(__file__).parent / "data" / "local_limits.csv"
REGION_DIGITS = 12
SURE_OCCUPATION = 0.6  # a weak first guess must not bring a limit of another trade


@dataclass(frozen=True, slots=True)
class LocalLimit:
    """Nobody older than `age_high` years on these jobs in this region. region, occupation: prefixes of codes."""

    region: str
    occupation: str
    age_high: int
    basis: str


def read_local_limits(path: Path = FILE) -> tuple[LocalLimit, ...]:
    """The rows that are on. Raises InvalidInput naming the row when one has no basis or no age."""
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if row["enabled"] != "yes":
                continue
            if not row["basis"] or not row["age_high"].isdigit() or not row["region"].isdigit():
                raise InvalidInput(f"local_limits.csv 第{number}行缺地区、年龄或依据；请补上规定名称和文号")
            found.append(
                LocalLimit(row["region"], row["occupations"], int(row["age_high"]), row["basis"])
            )
    return tuple(found)


@lru_cache(maxsize=1)
def local_limits() -> tuple[LocalLimit, ...]:
    """The shipped rows that are on; none as shipped."""
    return read_local_limits()


def over_local_limit(pairs: Pairs, limits: Sequence[LocalLimit]) -> NDArray[np.bool_]:
    """(k,) True where the person is known to be older than a local rule allows for this job."""
    over = np.zeros(len(pairs), np.bool_)
    if not limits:
        return over
    age = pairs.of_worker(pairs.workers.age)
    for limit in limits:
        over |= (age > limit.age_high) & _covered(pairs, limit)
    return over


def _covered(pairs: Pairs, limit: LocalLimit) -> NDArray[np.bool_]:
    p = pairs.postings
    rows = [row for code, row in pairs.codes.occupation_rows.items() if code.startswith(limit.occupation)]
    inside = pairs.of_posting(p.region) // 10 ** (REGION_DIGITS - len(limit.region)) == int(limit.region)
    sure = pairs.of_posting(p.occ_conf[:, 0]) >= SURE_OCCUPATION
    covered: NDArray[np.bool_] = inside & sure & np.isin(pairs.of_posting(p.occ[:, 0]), rows)
    return covered
