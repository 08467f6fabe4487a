"""The hidden truth of the sample county: who would really say yes (隐藏真相).

No feature, rule or model may import this module; only training-label simulation and evaluation do. Its
forms differ on purpose from any feature formula: skill carries over by a hidden, lopsided kinship of trades
and adds up with constant elasticity, pay is felt against a private reference point with loss aversion, a trip
costs a private power of its minutes, and each pair has a lasting private shock.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from matcher.demo.people import WorkerTruth
from matcher.demo.places import KM_PER_DEGREE_LAT
from matcher.demo.postings import PostingTruth
from matcher.demo.wording import Draw, trade_index, trades

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_ELASTICITY = 3.0
_LEARNING_YEARS = 3.2
_SPEED_KM_PER_MINUTE = {"foot": 0.075, "ebike": 0.30, "car": 0.55}
_LOSS_AVERSION = 2.4
_PAIR_SHOCK = 0.35
_OPEN_TO_ALL = frozenset(
    {
        "labourer",
        "packer",
        "assembler",
        "cleaner",
        "dishwasher",
        "porter",
        "sorter",
        "picker",
        "sanitation",
        "odd_jobs",
        "waiter",
        "gatekeeper",
        "night_watch",
        "stock_clerk",
        "mover",
        "promoter",
        "laundry",
        "kitchen_helper",
        "hotel_maid",
        "hourly_cleaner",
        "village_welfare",
        "parking",
        "greenhouse",
        "gardener",
    }
)
_STATUTORY = frozenset(
    {
        "架子工证",
        "焊工证",
        "低压电工证",
        "塔吊司机证",
        "信号司索工证",
        "锅炉工证",
        "电梯作业证",
        "消防设施操作员证",
        "高处作业证",
        "叉车证",
        "驾驶证C1",
        "驾驶证B2",
        "驾驶证A1",
        "制冷作业证",
        "健康证",
    }
)
_COVERED_BY = {"驾驶证C1": ("驾驶证B2", "驾驶证A1"), "驾驶证B2": ("驾驶证A1",)}


class Latent:
    """Answers of both sides to any pair; indices are positions in the county's worker and posting lists."""

    def __init__(self, seed: int, workers: Sequence[WorkerTruth], postings: Sequence[PostingTruth]) -> None:
        """seed: of the county; tastes and shocks follow from it."""
        self._seed = np.uint64(seed * 2_654_435_761 % 2**32)
        draw = Draw(seed, 41)
        self._workers, self._postings = workers, postings
        self._skill = self._productivity(draw)
        self._taste = self._tastes(draw)
        easy = np.array([trade.trade_id in _OPEN_TO_ALL for trade in trades()])
        self._demand = np.where(easy, 0.2, 0.95) * draw.rng.uniform(0.85, 1.05, len(easy))
        count = len(workers)
        self._trip_power = draw.rng.uniform(1.3, 2.6, count)
        self._trip_scale = draw.rng.lognormal(np.log(38), 0.35, count)
        self._pay_weight = draw.rng.lognormal(0.35, 0.3, count)
        self._homesick = draw.rng.normal(2.6, 0.8, count)
        self._pickiness = draw.rng.normal(0.15, 0.45, count)
        self._read_workers()
        self._read_postings()

    def _productivity(self, draw: Draw) -> Floats:
        """(workers, trades) in [0, 1]: own years carried over by the hidden kinship of trades."""
        table = trades()
        size = len(table)
        groups = np.array([trade.group for trade in table])
        same_group = groups[:, None] == groups[None, :]
        kin = np.where(same_group, 0.24, 0.05) * draw.rng.uniform(0.5, 1.4, (size, size))
        for i, trade in enumerate(table):
            for name in trade.near:
                kin[i, trade_index()[name]] = draw.rng.uniform(0.40, 0.75)
        np.fill_diagonal(kin, 1.0)
        years = np.zeros((len(self._workers), size))
        for row, worker in enumerate(self._workers):
            for trade_number, amount in worker.levels.items():
                years[row, trade_number] = amount
        level = 1 - np.exp(-years / _LEARNING_YEARS)
        total = (level**_ELASTICITY) @ (kin**_ELASTICITY)
        return np.asarray(np.minimum(1.0, total ** (1 / _ELASTICITY)), dtype=np.float64)

    def _tastes(self, draw: Draw) -> Floats:
        """(workers, trades): private liking, strongest for the trade wished for."""
        table = trades()
        names = sorted({trade.group for trade in table})
        group_of = np.array([names.index(trade.group) for trade in table])
        count = len(self._workers)
        by_group = draw.rng.normal(0, 0.55, (count, len(names)))
        taste = by_group[:, group_of] + draw.rng.normal(0, 0.35, (count, len(table)))
        wish = np.array([worker.wish for worker in self._workers])
        taste[np.arange(count), wish] += 2.3
        for row, worker in enumerate(self._workers):
            for name in table[worker.wish].near:
                taste[row, trade_index()[name]] += 1.2
        return np.asarray(taste - 1.5, dtype=np.float64)

    def _read_workers(self) -> None:
        people = self._workers
        self._home = np.array([[w.lat, w.lng] for w in people]).reshape(-1, 2)
        self._speed = np.array([_SPEED_KM_PER_MINUTE[w.vehicle] for w in people])
        self._reference = np.array([w.reservation for w in people])
        self._age = np.array([w.age for w in people])
        self._travels = np.array([w.out_of_town for w in people])
        self._needs_cash = np.array([w.needs_cash for w in people])
        self._wants_lodging = np.array([w.wants_lodging for w in people])
        names = ("child_pickup", "elder_care", "no_night", "no_height", "no_heavy", "no_outdoor", "no_dust")
        self._limits = {name: np.array([name in w.constraints for w in people]) for name in names}
        self._schooling = np.array([w.education for w in people])

    def _read_postings(self) -> None:
        jobs = self._postings
        self._trade = np.array([p.trade for p in jobs])
        self._site = np.array([[p.lat, p.lng] for p in jobs]).reshape(-1, 2)
        fraud = np.array([p.flaw.startswith("fraud") for p in jobs])
        self._pay = np.array([p.pay_month for p in jobs]) * np.where(fraud, 0.3, 1.0)
        self._fraud = fraud
        self._away = np.array([p.away for p in jobs])
        self._night = np.array([p.shift in {"night", "two_shift", "three_shift"} for p in jobs])
        self._daily = np.array([p.settle in {"daily", "weekly"} for p in jobs])
        self._lodging = np.array([p.board in {"both", "lodging"} for p in jobs])
        self._shuttle = np.array([p.transport == "shuttle" for p in jobs])
        loads = ("heavy", "height", "outdoor", "dust")
        self._load = {name: np.array([name in p.load for p in jobs]) for name in loads}
        self._strictness = np.array([p.strictness for p in jobs])
        self._teaches = np.array([p.teaches for p in jobs])
        self._live = np.array([p.state == "live" for p in jobs])
        self._desk = np.array([trades()[p.trade].group == "办公" for p in jobs])
        self._licence = np.array([p.certificate if p.certificate in _STATUTORY else "" for p in jobs])
        held: list[frozenset[str]] = []
        for worker in self._workers:
            valid = {name for name, is_valid in worker.certificates if is_valid}
            valid |= {low for low, highs in _COVERED_BY.items() if valid & set(highs)}
            held.append(frozenset(valid))
        needed = [str(name) for name in self._licence]
        kinds = sorted({name for name in needed if name})
        self._licence_number = np.array([kinds.index(name) if name else -1 for name in needed])
        self._has = np.array([[kind in names for kind in kinds] for names in held], dtype=bool).reshape(
            len(held), len(kinds)
        )

    def worker_utility(self, wi: Ints | int, pj: Ints | int) -> Floats:
        """How much the worker would like the posting; 0 is as good as staying as they are."""
        i, j = np.broadcast_arrays(np.asarray(wi, dtype=np.int64), np.asarray(pj, dtype=np.int64))
        value = self._taste[i, self._trade[j]] + self._pay_feeling(i, j) - self._trip_cost(i, j)
        limit = self._limits
        value -= 2.4 * (limit["no_night"][i] | limit["child_pickup"][i]) * self._night[j]
        value -= 0.7 * limit["elder_care"][i] * self._night[j]
        value -= 2.6 * limit["no_height"][i] * self._load["height"][j]
        value -= 2.2 * limit["no_heavy"][i] * self._load["heavy"][j]
        value -= 1.3 * limit["no_outdoor"][i] * self._load["outdoor"][j]
        value -= 1.6 * limit["no_dust"][i] * self._load["dust"][j]
        value -= self._load["heavy"][j] * np.maximum(0.0, (self._age[i] - 47) / 9) ** 1.6
        value += 0.6 * self._needs_cash[i] * self._daily[j]
        value += np.where(self._wants_lodging[i], np.where(self._lodging[j], 0.8, -1.4), 0.0)
        value -= 2.2 * self._fraud[j]
        return np.asarray(value + self._shock(i, j, 1) - self._pickiness[i], dtype=np.float64)

    def _pay_feeling(self, i: Ints, j: Ints) -> Floats:
        ratio = self._pay[j] / self._reference[i] - 1.0
        gain = 0.8 * np.tanh(1.6 * np.maximum(ratio, 0.0))
        loss = _LOSS_AVERSION * np.minimum(0.0, ratio) * 2.0
        return np.asarray(self._pay_weight[i] * (gain + loss) * 0.8, dtype=np.float64)

    def _trip_cost(self, i: Ints, j: Ints) -> Floats:
        delta = self._home[i] - self._site[j]
        shrink = np.cos(np.radians(self._home[i, 0]))
        km = np.hypot(delta[..., 0] * KM_PER_DEGREE_LAT, delta[..., 1] * KM_PER_DEGREE_LAT * shrink)
        minutes = 1.35 * km / self._speed[i]
        minutes = np.where(self._shuttle[j], np.minimum(minutes, 20 + 2.0 * km), minutes)
        daily = np.minimum(6.0, (minutes / self._trip_scale[i]) ** self._trip_power[i])
        moved_out = self._homesick[i] * np.where(self._travels[i], 0.15, 1.0)
        return np.asarray(np.where(self._away[j], moved_out, daily), dtype=np.float64)

    def employer_utility(self, wi: Ints | int, pj: Ints | int) -> Floats:
        """How far the person is above the employer's private bar; minus infinity where the law forbids."""
        i, j = np.broadcast_arrays(np.asarray(wi, dtype=np.int64), np.asarray(pj, dtype=np.int64))
        skill, demand = self._skill[i, self._trade[j]], self._demand[self._trade[j]]
        value = demand * (3.2 * skill - 1.5) + (1 - demand) * (0.9 + 0.8 * skill)
        value = value - 0.8 * self._strictness[j]
        value += 0.9 * self._teaches[j]
        value += np.where(self._desk[j], 0.55 * (self._schooling[i] - 3.5), 0.0)
        value += self._shock(i, j, 2)
        number = self._licence_number[j]
        lacks = (number >= 0) & ~self._has[i, np.maximum(number, 0)] if self._has.shape[1] else number >= 0
        barred = lacks | ~self._live[j] | ((self._age[i] < 18) & (self._night[j] | self._load["height"][j]))
        return np.asarray(np.where(barred, -np.inf, value), dtype=np.float64)

    def probabilities(self, wi: Ints | int, pj: Ints | int) -> tuple[Floats, Floats]:
        """Chance that the worker and that the employer says yes, each in [0, 1]."""
        return ndtr(self.worker_utility(wi, pj) / 0.8), ndtr(self.employer_utility(wi, pj) / 0.7)

    def utility(self, wi: Ints | int, pj: Ints | int) -> Floats:
        """Chance that both say yes; the truth that a ranking is measured against."""
        worker, employer = self.probabilities(wi, pj)
        return np.asarray(worker * employer, dtype=np.float64)

    def accept(self, wi: int, pj: int, rng: np.random.Generator) -> tuple[bool, bool]:
        """(worker says yes, employer says yes), drawn from `rng`."""
        worker, employer = self.accept_many(np.array([wi]), np.array([pj]), rng)
        return bool(worker[0]), bool(employer[0])

    def accept_many(
        self, wi: Ints, pj: Ints, rng: np.random.Generator
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """`accept` for arrays of pairs."""
        worker, employer = self.probabilities(wi, pj)
        return rng.random(worker.shape) < worker, rng.random(employer.shape) < employer

    def _shock(self, i: Ints, j: Ints, side: int) -> Floats:
        """A lasting private feeling of the pair, mean 0; the same whenever it is asked (splitmix64)."""
        with np.errstate(over="ignore"):
            x = np.asarray(i).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            x ^= np.asarray(j).astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
            x += self._seed + np.uint64(side) * np.uint64(0x165667B19E3779F9)
            for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
                x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
            x ^= x >> np.uint64(31)
        uniform = (x >> np.uint64(11)).astype(np.float64) / 2**53
        return np.asarray((uniform - 0.5) * 2 * np.sqrt(3) * _PAIR_SHOCK, dtype=np.float64)
