"""People for benchmarks: simulated relocated workers, at home where the real postings are.

Wording, trades and limits are those of the fictional county; each home is a few kilometres from a posting drawn
at random, so that there is something within reach. Nobody in here is a real person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from matcher.demo.people import Row, sample_people
from matcher.domain.posting import Posting

SEED = 20
SPREAD_KM = 3.0
KM_PER_DEGREE = 111.0
RELOCATED = "征迁群众/安置人口"


def write_people(path: Path, count: int, postings: Sequence[Posting], today: date, seed: int = SEED) -> None:
    """A JSON-lines file of `count` people for the import."""
    rng = np.random.default_rng(seed)
    placed = [p.place for p in postings if p.place and p.place.lat is not None and p.place.region_code]
    rows, _ = sample_people(seed, count, wording="test", today=today)
    with path.open("w", encoding="utf-8") as file:
        for row, pick in zip(rows, rng.integers(len(placed), size=count), strict=True):
            lat, lng = np.array([placed[pick].lat, placed[pick].lng]) + rng.normal(0, SPREAD_KM / KM_PER_DEGREE, 2)
            moved = _at_home(row, placed[pick].region_code or "", float(lat), float(lng))
            file.write(json.dumps(moved, ensure_ascii=False) + "\n")


def _at_home(row: Row, region: str, lat: float, lng: float) -> Row:
    others = [one for one in str(row["categories"]).split("、") if "转移" not in one and one != RELOCATED]
    moved = row | {
        "region": region,
        "lat": round(lat, 5),
        "lng": round(lng, 5),
        "categories": "、".join([RELOCATED, *others]),
        "job_status": "未就业有意愿",
    }
    for name in ("town", "address", "household_no"):
        moved.pop(name, None)
    return moved
