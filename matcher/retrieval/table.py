"""A struct of arrays with one row per entity (列表): append, take and plain arrays for any set of columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Self, cast
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Unavailable

Rows = NDArray[np.int64]
_SEPARATOR = "\x00"
_NAMES = "names_"


class Names:
    """An append-only dictionary of strings numbered from 0."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values: list[str] = []
        self._rows: dict[str, int] = {}
        for value in values:
            self.add(value)

    def add(self, value: str) -> int:
        """Number of `value`, given now if it is new; -1 for the empty string."""
        clean = value.replace(_SEPARATOR, "")
        if not clean:
            return -1
        row = self._rows.get(clean)
        if row is None:
            row = self._rows[clean] = len(self.values)
            self.values.append(clean)
        return row

    def copy(self) -> Names:
        """The same strings under the same numbers, to be added to apart."""
        twin = Names()
        twin.values, twin._rows = self.values.copy(), self._rows.copy()
        return twin

    def find(self, value: str) -> int:
        """Number of `value`, -1 when it was never added."""
        return self._rows.get(value, -1)

    def merge(self, other: Names) -> NDArray[np.int32]:
        """Add the strings of `other`; entry i of the answer is the new number of its string i."""
        return np.array([self.add(value) for value in other.values], dtype=np.int32)

    def to_array(self) -> NDArray[np.uint8]:
        """UTF-8 bytes, strings divided by NUL."""
        return np.frombuffer(_SEPARATOR.join(self.values).encode("utf-8"), dtype=np.uint8)

    @classmethod
    def from_array(cls, data: NDArray[np.uint8]) -> Names:
        return cls(data.tobytes().decode("utf-8").split(_SEPARATOR))


def skill_id(name: str) -> int:
    """Stable 31-bit number of a skill, never 0; the same in every process, so no vocabulary is shared."""
    return (crc32(name.strip().lower().encode("utf-8")) & 0x7FFFFFFF) or 1


class Table:
    """Base of column tables: a dataclass whose fields are arrays of equal length, or `Names`.

    A field named `<x>` with a `Names` field `<x>_names` beside it holds numbers into those names.
    """

    def _arrays(self) -> dict[str, NDArray[Any]]:
        every = {f.name: getattr(self, f.name) for f in fields(cast(Any, self))}
        return {name: value for name, value in every.items() if isinstance(value, np.ndarray)}

    def _names(self) -> dict[str, Names]:
        every = {f.name: getattr(self, f.name) for f in fields(cast(Any, self))}
        return {name: value for name, value in every.items() if isinstance(value, Names)}

    def __len__(self) -> int:
        return len(next(iter(self._arrays().values())))

    def take(self, rows: NDArray[Any]) -> Self:
        """The named rows (index or boolean array), names shared with this table."""
        return type(self)(**{k: v[rows] for k, v in self._arrays().items()}, **self._names())

    def append(self, other: Self) -> Self:
        """A new table with the rows of `other` after these; both inputs stay as they are."""
        merged: dict[str, Any] = {}
        mine, theirs = self._arrays(), other._arrays()
        for key, names in self._names().items():
            all_names = names.copy()
            moved = all_names.merge(other._names()[key])
            merged[key] = all_names
            column = key.removesuffix("_names")
            if column in theirs and len(moved):
                old = theirs[column]
                theirs[column] = np.where(old >= 0, moved[np.maximum(old, 0)], old).astype(old.dtype)
        for key, values in mine.items():
            merged[key] = np.concatenate([values, theirs[key]])
        return type(self)(**merged)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Plain arrays for a snapshot (no pickle needed), keyed by column."""
        names = {_NAMES + key: value.to_array() for key, value in self._names().items()}
        return {**self._arrays(), **names}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The table that `to_arrays` gave. Raises Unavailable when columns are missing or unequal."""
        values: dict[str, Any] = {}
        for f in fields(cast(Any, cls)):
            if f.name in arrays:
                values[f.name] = arrays[f.name]
            elif _NAMES + f.name in arrays:
                values[f.name] = Names.from_array(arrays[_NAMES + f.name])
            else:
                raise Unavailable(f"索引快照缺少列 {f.name}，需要重建索引")
        if len({len(v) for v in values.values() if isinstance(v, np.ndarray)}) != 1:
            raise Unavailable("索引快照各列长度不一致，需要重建索引")
        return cls(**values)
