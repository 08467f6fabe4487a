"""/fair/{id}/print: the print pack (打印材料)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair
from api.pages.staff_request import download
from matcher.errors import InvalidInput
from matcher.services.fairs.printing import PrintKind, print_pack

router = APIRouter(prefix="/fair/{event_id}/print")
NAMES = {PrintKind.BOOTHS: "展位单", PrintKind.SLIPS: "路线小票", PrintKind.BOARD: "墙上大表"}


@router.get("")
def papers(hall: AtFair, event_id: int) -> Response:
    """What can be printed."""
    return hall.fair_page(event_id, "papers.html", here="print")


@router.get("/{kind}")
def printed(hall: AtFair, event_id: int, kind: str) -> Response:
    """One PDF, made of what may be shown at this moment."""
    try:
        if kind not in set(PrintKind):
            raise InvalidInput("没有这种打印材料")
        pdf = print_pack(
            hall.database, event_id, PrintKind(kind), office=hall.pack.office,
            font_folder=hall.runtime.config.font_folder,
        )  # fmt: skip
    except REFUSED as error:
        return hall.fair_page(event_id, "papers.html", error, here="print")
    return download(pdf, f"{NAMES[PrintKind(kind)]}-{event_id}.pdf", "application/pdf", inline=True)
