"""/manage: the promise, labour, fairness and activity on one page (总览)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.manage.choices import month_choices, place_choices
from api.pages.manage.links import Links
from api.pages.manage.office import AtOffice
from matcher.services.overview.overview import overview
from matcher.services.overview.town_map import HEIGHT, WIDTH

router = APIRouter(prefix="/manage")


@router.get("")
def home(office: AtOffice) -> Response:
    """The page of a month and place."""
    view = office.view()
    shown = overview(office.database, office.pack, view)
    return office.page(
        "overview.html",
        shown=shown,
        view=view,
        links=Links(view),
        months=month_choices(office.today),
        places=place_choices(shown, office.staff.region_code),
        drawing=(WIDTH, HEIGHT),
    )
