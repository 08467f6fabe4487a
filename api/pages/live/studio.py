"""What every page of a livestream works with: who asks, the open installation, the county (直播间环境)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from api.accounts.staff import Staff, staff_of
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.clock import SHANGHAI
from matcher.delivery.renderings import Sign
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.live.event_log import event_log
from matcher.services.live.run_sheet import run_sheet
from matcher.services.renderings import sign_of
from matcher.services.runtime import Runtime
from matcher.store.database import Database

COUNTY_DIGITS, REGION_DIGITS = 6, 12


@dataclass(frozen=True)
class Studio:
    """The studio as one member of staff uses it in one request."""

    request: Request
    staff: Staff
    runtime: Runtime
    pack: RegionPack

    @property
    def database(self) -> Database:
        """The open database."""
        return self.runtime.database

    @property
    def actor(self) -> str:
        """The login that is written into every record."""
        return self.staff.login

    @property
    def sign(self) -> Sign:
        """The office as texts for the public name it."""
        return sign_of(self.pack)

    @property
    def county(self) -> str:
        """Leading digits of the county's places, "" when the pack does not say."""
        return next(iter(self.pack.region_prefixes), "")[:COUNTY_DIGITS]

    @property
    def region(self) -> str | None:
        """The county as a whole code."""
        return self.county.ljust(REGION_DIGITS, "0") if self.county else None

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page or a piece of one."""
        return staff_page(self.request, f"live/{template}", status, clock=clock, day=day, **values)

    def board(self, event_id: int, template: str = "board.html", **values: Any) -> Response:
        """The run-sheet and the log of this moment."""
        with self.database.reading() as session:
            sheet = run_sheet(session, self.sign, event_id)
            log = event_log(session, event_id)
        return self.page(template, sheet=sheet, log=log, **values)

    def turn_to(self, url: str) -> Response:
        """Go on to another page, for a browser and for htmx."""
        if self.request.headers.get("HX-Request"):
            return Response(status_code=204, headers={"HX-Redirect": url})
        return RedirectResponse(url, status_code=303)


def studio_of(request: Request, staff: Annotated[Staff, Depends(staff_of)]) -> Studio:
    """The studio of whoever is signed in; Unavailable while the service is starting."""
    runtime = runtime_of(request)
    return Studio(request, staff, runtime, load_pack(runtime.config.region, runtime.config.home))


InStudio = Annotated[Studio, Depends(studio_of)]


def clock(at: datetime | None) -> str:
    """19:31:05; "" for None."""
    return at.astimezone(SHANGHAI).strftime("%H:%M:%S") if at is not None else ""


def day(at: datetime | None) -> str:
    """11月26日 19:30; "" for None."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
