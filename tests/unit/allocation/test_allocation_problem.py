"""A bad allocation problem is refused with the array, the place and the fix."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from allocation_cases import crowd

from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.prices import prices
from matcher.errors import InvalidInput

GOOD = crowd(3, [2, 2])


def with_value(name: str, row: int, value: Any) -> dict[str, Any]:
    array = getattr(GOOD, name).copy()
    array[row] = value
    return {name: array}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_value("wi", 1, 3), "wi 第 1 个"),
        (with_value("pj", 2, -1), "pj 第 2 个"),
        (with_value("score", 4, np.nan), "score 第 4 个"),
        (with_value("score", 0, 1.01), "score 第 0 个"),
        (with_value("capacity", 1, -1), "capacity 第 1 个"),
        (with_value("openings", 0, -2), "openings 第 0 个"),
        (with_value("need", 0, -1), "need 第 0 个"),
        (with_value("room", 2, 1), "room 第 2 个"),
        (with_value("priority", 1, 0.5), "priority 第 1 个"),
        (with_value("priority", 1, np.inf), "priority 第 1 个"),
        (with_value("pj", 1, 0), "wi/pj 第 1 个.*去重"),
        ({"score": GOOD.score[:-1]}, "score 的形状"),
        ({"kept": np.zeros(1, np.bool_)}, "kept 的形状"),
        ({"capacity": GOOD.capacity + 0.5}, "capacity 须是整数"),
        ({"worker_key": np.zeros(3, np.int64)}, "worker_key 有重复"),
    ],
)
def test_a_bad_array_is_named_with_its_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        replace(GOOD, **change).checked()


def test_a_good_problem_comes_back_in_its_dtypes() -> None:
    checked = replace(GOOD, need=GOOD.need.astype(np.int32), kept=GOOD.kept.astype(int)).checked()
    assert checked.need.dtype == np.int64
    assert checked.kept.dtype == np.bool_


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"first_missing": 1.5}, "first_missing"),
        ({"later_missing": 0.5}, "later_missing"),
        ({"congestion_step": -0.1}, "congestion_step"),
        ({"stability_bonus": 2.0}, "stability_bonus"),
        ({"above_floor": float("nan")}, "above_floor"),
    ],
)
def test_a_bad_policy_is_named(change: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        AllocationPolicy(**change).checked()


def test_weights_that_no_whole_number_holds_are_refused() -> None:
    crowded = replace(GOOD, need=np.full(3, 40), room=np.full(3, 40), priority=np.full(3, 900.0))
    with pytest.raises(InvalidInput, match="priority 或 need"):
        prices(crowded, AllocationPolicy())
