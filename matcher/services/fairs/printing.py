"""The print pack of a fair (打印材料). What may not be shown at this moment is on no sheet."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from matcher.delivery.fair_prints import (
    BoothPage,
    FairHead,
    MeetingLine,
    SlipPage,
    StopLine,
    WallLine,
    booth_pages,
    slip_pages,
    wall_pages,
)
from matcher.domain.record_terms import ShortlistState
from matcher.regions.pack import Office
from matcher.services.fairs.views import booth_sheets, route_slips, wall_board
from matcher.store.database import Database
from matcher.store.repositories.events import EventRepository
from matcher.store.session import StoreSession

AHEAD = frozenset({ShortlistState.PLANNED})


class PrintKind(StrEnum):
    """What is printed: 展位单, 路线小票, 墙上大表."""

    BOOTHS = "booths"
    SLIPS = "slips"
    BOARD = "board"


def print_pack(
    database: Database,
    event_id: int,
    kind: PrintKind,
    *,
    office: Office,
    worker_ids: Sequence[str] | None = None,
    font_folder: Path | None = None,
) -> bytes:
    """One PDF. worker_ids: only the slips of these people.

    Raises NotFound for an unknown fair, InvalidInput when there is nothing to print, Unavailable without a font.
    """
    with database.reading() as session:
        head, now = _head(session, event_id, office), session.now()
        if kind is PrintKind.BOOTHS:
            return booth_pages(head, _booths(session, event_id), printed_at=now, font_folder=font_folder)
        if kind is PrintKind.SLIPS:
            slips = _slips(session, event_id, worker_ids)
            return slip_pages(head, slips, printed_at=now, font_folder=font_folder)
        lines = [
            WallLine(one.spoken, one.title, one.pay, one.employer, one.left)
            for one in wall_board(session, event_id)
        ]
        return wall_pages(head, lines, printed_at=now, font_folder=font_folder)


def _head(session: StoreSession, event_id: int, office: Office) -> FairHead:
    event = EventRepository(session).get(event_id)
    return FairHead(event.name, event.starts_at, event.place_name or "", office.name, office.phone)


def _booths(session: StoreSession, event_id: int) -> list[BoothPage]:
    return [
        BoothPage(
            sheet.booth_no,
            sheet.employer,
            [
                MeetingLine(line.at, line.number, line.name, line.title, line.reasons)
                for line in sheet.lines
                if line.state in AHEAD
            ],
        )
        for sheet in booth_sheets(session, event_id)
    ]


def _slips(session: StoreSession, event_id: int, worker_ids: Sequence[str] | None) -> list[SlipPage]:
    return [
        SlipPage(
            slip.number,
            slip.name,
            slip.code,
            [
                StopLine(one.number, one.at, one.booth_no, one.employer, one.title, one.pay, one.reasons)
                for one in slip.stops
            ],
        )
        for slip in route_slips(session, event_id, worker_ids)
    ]
