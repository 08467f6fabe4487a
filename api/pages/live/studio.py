"""What every page of a livestream works with: who asks, the open installation, the county (直播间环境)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from starlette.responses import Response

from api.pages.rendering import staff_page
from api.pages.staff_request import StaffRequest
from matcher.clock import SHANGHAI
from matcher.delivery.renderings import Sign
from matcher.services.live.event_log import event_log
from matcher.services.live.run_sheet import run_sheet
from matcher.services.renderings import sign_of


@dataclass(frozen=True)
class Studio(StaffRequest):
    """The studio as one member of staff uses it in one request."""

    @property
    def sign(self) -> Sign:
        """The office as texts for the public name it."""
        return sign_of(self.pack)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page or a piece of one."""
        return staff_page(self.request, f"live/{template}", status, clock=clock, day=day, **values)

    def board(self, event_id: int, template: str = "board.html", **values: Any) -> Response:
        """The run-sheet and the log of this moment."""
        with self.database.reading() as session:
            sheet = run_sheet(session, self.sign, event_id)
            log = event_log(session, event_id)
        return self.page(template, sheet=sheet, log=log, **values)

InStudio = Annotated[Studio, Depends(Studio.of)]


def clock(at: datetime | None) -> str:
    """19:31:05; "" for None."""
    return at.astimezone(SHANGHAI).strftime("%H:%M:%S") if at is not None else ""


def day(at: datetime | None) -> str:
    """11月26日 19:30; "" for None."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
