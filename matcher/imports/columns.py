"""The columns of one file set against the canonical keys (列方案)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcher.errors import InvalidInput
from matcher.imports.mapping import (
    EXTRA,
    IGNORED_HEADERS,
    MANDATORY,
    Kind,
    Placement,
    SourceMapping,
    placed_header,
    synonyms_of,
)
from matcher.imports.readers.header import is_empty
from matcher.imports.rows import CellValue


@dataclass(slots=True)
class ColumnPlan:
    """How each column is read; headers first met in later JSON records are placed when they come.

    placed: header → meaning, None = unknown or kept aside.
    """

    kind: Kind
    mapping: SourceMapping
    placed: dict[str, Placement | None] = field(default_factory=dict)

    def placement(self, header: str) -> Placement | None:
        """Meaning of a header, None when it is unknown."""
        if header not in self.placed:
            place = None if header in IGNORED_HEADERS else placed_header(header, self.kind, self.mapping)
            self.placed[header] = None if place is not None and place.key in (EXTRA, "") else place
        return self.placed[header]

    def is_dropped(self, header: str) -> bool:
        """Whether a column is not even kept aside: our own working columns, and those mapped to nothing."""
        return header in IGNORED_HEADERS or self.mapping.columns.get(header.strip()) == ""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Headers met so far that mean nothing to us."""
        return tuple(h for h, place in self.placed.items() if place is None and not self.is_dropped(h))

    def sort_out(self, values: Mapping[str, CellValue]) -> SortedCells:
        """Cells of one row by canonical key; of two columns for one key the preferred filled one counts."""
        chosen: dict[str, tuple[int, str]] = {}
        extra: dict[str, CellValue] = {}
        for header, cell in values.items():
            if is_empty(cell):
                continue
            place = self.placement(header)
            if place is None:
                if not self.is_dropped(header):
                    extra[header] = cell
                continue
            held = chosen.get(place.key)
            if held is None or place.preference < held[0]:
                if held is not None:
                    extra[held[1]] = values[held[1]]
                chosen[place.key] = (place.preference, header)
            else:
                extra[header] = cell
        headers = {key: header for key, (_, header) in chosen.items()}
        return SortedCells({key: values[header] for key, header in headers.items()}, headers, extra)


@dataclass(frozen=True, slots=True)
class SortedCells:
    """cells: canonical key → cell; headers: canonical key → header; extra: cells without a meaning for us."""

    cells: dict[str, CellValue]
    headers: dict[str, str]
    extra: dict[str, CellValue]


def plan_columns(headers: Sequence[str], kind: Kind, mapping: SourceMapping | None = None) -> ColumnPlan:
    """Place every header. Raises InvalidInput when no column of the mandatory ones is there."""
    plan = ColumnPlan(kind, mapping or SourceMapping())
    keys = {place.key for header in headers if (place := plan.placement(header)) is not None}
    if keys.isdisjoint(MANDATORY[kind]):
        wanted = "；或".join(f"{key}（{'、'.join(synonyms_of(kind, key))}）" for key in MANDATORY[kind])
        seen = "、".join(headers[:15]) or "无"
        raise InvalidInput(f"{kind.label}文件缺少必需的列：{wanted}。文件里的列：{seen}")
    return plan
