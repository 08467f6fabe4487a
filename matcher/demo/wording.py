"""Hand-written sample wording, kept in two halves that never share a phrase (措辞).

`train` phrases may be learnt from; `test` phrases stay unseen, so a figure on them is not a figure on
memorised templates.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, TypeVar

import numpy as np

Wording = Literal["train", "test"]
T = TypeVar("T")

_HALF = {"train": 0, "test": 1}


class Draw:
    """Deterministic choices; the same seed gives the same county on every machine."""

    def __init__(self, *key: int) -> None:
        """key: any number of non-negative integers, for instance (seed, purpose)."""
        self.rng = np.random.default_rng(key)

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.rng.integers(len(options)))]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        p = np.asarray(weights, dtype=np.float64)
        return options[int(self.rng.choice(len(options), p=p / p.sum()))]

    def some(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Between low and high different members, in random order."""
        count = min(len(options), self.whole(low, high))
        return [options[int(i)] for i in self.rng.permutation(len(options))[:count]]

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        return float(self.rng.normal(mean, deviation))


@dataclass(frozen=True, slots=True)
class Trade:
    """One sample trade and the ways people write about it; pay in yuan per `pay_unit`."""

    trade_id: str
    name: str
    group: str
    near: tuple[str, ...]
    pay_low: float
    pay_high: float
    pay_unit: str
    certificate: str
    load: tuple[str, ...]
    skills: tuple[str, ...]
    phrases: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]

    def say(self, part: str, wording: Wording) -> tuple[str, ...]:
        """Phrases of `part` (titles, duties, asks or says) in one half."""
        return self.phrases[part][_HALF[wording]]


def _table(name: str) -> dict[str, Any]:
    path = resources.files("matcher.demo").joinpath("data", name)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _halves(pair: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    train, test = (tuple(text.split("|")) for text in pair)
    return train, test


@lru_cache(maxsize=1)
def trades() -> tuple[Trade, ...]:
    """All sample trades, in file order; the order is the index used by the hidden truth."""
    found: list[Trade] = []
    for name in ("trades_a.toml", "trades_b.toml", "trades_c.toml"):
        for row in _table(name)["trade"]:
            low, high, unit = row["pay"]
            parts = {part: _halves(row[part]) for part in ("titles", "duties", "asks", "says")}
            found.append(
                Trade(
                    trade_id=row["id"],
                    name=row["name"],
                    group=row["group"],
                    near=tuple(row["near"]),
                    pay_low=float(low),
                    pay_high=float(high),
                    pay_unit=unit,
                    certificate=row["cert"],
                    load=tuple(row["load"]),
                    skills=tuple(row["skills"]),
                    phrases=parts,
                )
            )
    return tuple(found)


@lru_cache(maxsize=1)
def trade_index() -> dict[str, int]:
    """Trade id to its position in `trades()`."""
    return {trade.trade_id: i for i, trade in enumerate(trades())}


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]]:
    table = _table("wording.toml")
    return {side: {key: _halves(pair) for key, pair in table[side].items()} for side in ("posting", "worker")}


def phrase(side: Literal["posting", "worker"], key: str, wording: Wording) -> tuple[str, ...]:
    """The ways of saying `key` in one half."""
    return _phrases()[side][key][_HALF[wording]]


@lru_cache(maxsize=1)
def typos() -> dict[str, str]:
    """Right word to a homophone people type instead."""
    return dict(_table("wording.toml")["typo"])


@lru_cache(maxsize=1)
def flaws() -> dict[str, list[dict[str, Any]]]:
    """Sentences that a posting must not carry: `unlawful` limits and `fraud` signs."""
    table = _table("flaws.toml")
    return {"unlawful": table["unlawful"], "fraud": table["fraud"]}


@lru_cache(maxsize=1)
def county_table() -> dict[str, Any]:
    """The raw table of the fictional county."""
    return _table("county.toml")


def sample_headers(side: Literal["posting", "worker"]) -> dict[str, str]:
    """Canonical key to the Chinese header of the sample files, in column order."""
    return dict(_table("headers.toml")[side])
