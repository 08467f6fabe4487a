"""What the machine itself asks for: its heart-beat, the board it keeps for when the line is cut, the end (设备).

The heart-beat is the session's own last-seen time, which the list of devices shows. How much paper is left only the
printer knows; the box that carries it reports that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, JSONResponse
from starlette.responses import Response

from api.accounts.staff import staff_of
from api.pages.kiosk.screens import start_screen
from api.pages.kiosk.visitor import VISITS, AtKiosk, newcomer
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.clock import SHANGHAI
from matcher.services.kiosk.jobs import Device, JobCard, all_jobs, first_cards

router = APIRouter()
ON_BOARD = 12
_WORKER = Path(__file__).parents[1] / "static" / "kiosk-worker.js"


@router.post("/kiosk/beat")
def beat(here: AtKiosk) -> dict[str, bool]:
    """The machine lives; whoever is before it is still there."""
    return {"here": bool(here.token)}


@router.post("/kiosk/end")
def end(request: Request, visit: Annotated[str, Form()] = "") -> Response:
    """Forget the visit; the first screen for the next."""
    VISITS.end(visit)
    return start_screen(newcomer(request))


@router.get("/kiosk/board")
def board(request: Request) -> JSONResponse:
    """Public postings of this moment, which the machine may show for half an hour when the line is cut."""
    staff, runtime = staff_of(request), runtime_of(request)
    device = Device(staff.name or staff.login, staff.region_code)
    cards, _ = first_cards(runtime.database, all_jobs(runtime).listed, device, most=ON_BOARD)
    now = runtime.database.clock.now()
    return JSONResponse(
        {
            "at": int(now.timestamp()),
            "clock": f"{now.astimezone(SHANGHAI):%H:%M}",
            "jobs": [_told(card) for card in cards],
        }
    )


@router.get("/kiosk/offline")
def offline(request: Request) -> Response:
    """The page that stands in when the line is cut; holds nothing of anybody."""
    return staff_page(request, "kiosk/offline.html")


@router.get("/kiosk/worker.js")
def worker() -> FileResponse:
    """The script that answers for the server when it cannot be reached."""
    return FileResponse(_WORKER, media_type="text/javascript", headers={"Service-Worker-Allowed": "/kiosk"})


def _told(card: JobCard) -> dict[str, Any]:
    return {
        "title": card.title,
        "pay": card.pay,
        "unit": card.unit,
        "settlement": card.settlement,
        "employer": card.employer,
        "place": card.place,
        "when": card.when,
    }
