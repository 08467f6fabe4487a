"""What each feature is called, which way it may move a score, and how the rule scorer weighs it (特征表)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


class Head(StrEnum):
    """The two sides whose consent a match needs."""

    WORKER = "worker"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the feature matrix.

    worker, employer: direction in which the head may move as the value grows: +1, -1, or 0 = not read.
    low, high, neutral: for the rule scorer: the value is clipped to [low, high] and scaled to [0, 1];
    an unknown value counts as `neutral` on that scale, before the direction is applied.
    """

    name: str
    label: str
    unit: str
    worker: int
    employer: int
    low: float
    high: float
    neutral: float
    worker_weight: float
    employer_weight: float
    why: str

    def direction(self, head: Head) -> int:
        return self.worker if head is Head.WORKER else self.employer

    def weight(self, head: Head) -> float:
        return self.worker_weight if head is Head.WORKER else self.employer_weight


@lru_cache(maxsize=1)
def features() -> tuple[Feature, ...]:
    """The features of `data/features.csv`, in the order of the matrix columns."""
    with (DATA / "features.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_feature(row) for row in csv.DictReader(file))


def _feature(row: dict[str, str]) -> Feature:
    return Feature(
        name=row["name"],
        label=row["label"],
        unit=row["unit"],
        worker=int(row["worker"]),
        employer=int(row["employer"]),
        low=float(row["low"]),
        high=float(row["high"]),
        neutral=float(row["neutral"]),
        worker_weight=float(row["worker_weight"]),
        employer_weight=float(row["employer_weight"]),
        why=row["why"],
    )


@lru_cache(maxsize=1)
def feature_columns() -> dict[str, int]:
    """Column number by feature name."""
    return {feature.name: i for i, feature in enumerate(features())}


@lru_cache(maxsize=2)
def head_columns(head: Head) -> tuple[int, ...]:
    """Columns that the head reads."""
    return tuple(i for i, feature in enumerate(features()) if feature.direction(head) != 0)
