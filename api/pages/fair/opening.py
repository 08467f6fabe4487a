"""/fair: the list, a new fair with employers for its theme (招聘会列表, 新建)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair, Hall, number, texts
from api.pages.staff_request import Form, text, turn_to
from matcher.clock import SHANGHAI
from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import Campaign, EventType
from matcher.errors import InvalidInput, MatcherError
from matcher.services.accounts.sight import region_digits
from matcher.services.fairs.opening import FairDraft, add_booth, create_fair
from matcher.services.fairs.suggesting import EmployerSuggestion, suggest_employers
from matcher.services.fairs.views import fairs
from matcher.services.kiosk.trades import ANY_TRADE, Trade, trade_of, trades
from matcher.store.repositories.events import NOT_FAIRS

router = APIRouter(prefix="/fair")
TYPES = tuple(one for one in EventType if one not in NOT_FAIRS)
MOST_SUGGESTED = 12
PLAIN = {
    "name": "", "type": EventType.SPECIAL_FAIR.value, "campaign": "", "day": "", "time": "09:00", "slots": "12",
    "slot_minutes": "10", "place": "", "capacity": "", "theme": "", "tables": "2",
}  # fmt: skip


@router.get("")
def all_fairs(hall: AtFair) -> Response:
    """The latest first; of the organiser's region where they have one."""
    region = region_digits(hall.staff.region_code) if hall.staff.region_code else ""
    with hall.database.reading() as session:
        found = fairs(session, region=region)
    return hall.page("list.html", fairs=found)


@router.get("/new")
def new(hall: AtFair) -> Response:
    """An empty form."""
    return _form(hall, PLAIN)


@router.get("/suggestions")
def suggestions(hall: AtFair, theme: str = "") -> Response:
    """Employers for a theme, a piece of the form."""
    return hall.page("suggestions.html", suggested=suggested(hall, theme), theme=_theme(theme), chosen=())


@router.post("")
def create(hall: AtFair, form: Form) -> Response:
    """The fair, and a booth for each employer that was chosen."""
    try:
        event_id = create_fair(hall.database, _draft(hall, form), actor=hall.actor)
    except InvalidInput as error:
        return _form(hall, {name: text(form, name) for name in PLAIN}, error, texts(form, "employer"))
    left_out = []
    tables = number(form, "tables", "每个展位的洽谈桌", empty=1) or 1
    for place, employer_id in enumerate(texts(form, "employer")[:MOST_SUGGESTED], start=1):
        try:
            add_booth(
                hall.database, event_id, booth_no=f"A{place}", employer_id=employer_id, tables=tables, actor=hall.actor
            )
        except REFUSED:
            left_out.append(employer_id)
    return turn_to(f"/fair/{event_id}" + (f"?left_out={len(left_out)}" if left_out else ""))


def suggested(hall: Hall, theme: str) -> tuple[EmployerSuggestion, ...]:
    """Employers with live postings of a trade, nothing without a trade."""
    trade = _theme(theme)
    if trade is None:
        return ()
    codes = [one.code for one in trade.occupations]
    with hall.database.reading() as session:
        return suggest_employers(session, codes, "", guests(hall), top=MOST_SUGGESTED)


def guests(hall: Hall) -> PopulationQuery:
    """Whom an organiser may invite: everybody in their sight."""
    return PopulationQuery(categories=(), unknown_status=True, regions=hall.sight.regions)


def _form(
    hall: Hall, values: dict[str, Any], error: MatcherError | None = None, chosen: list[str] | None = None
) -> Response:
    theme = values["theme"]
    return hall.page(
        "new.html", error, values=values, types=TYPES, campaigns=tuple(Campaign), trades=trades(),
        theme=_theme(theme) if not error else None, suggested=suggested(hall, theme) if theme and not error else (),
        chosen=chosen or (),
    )  # fmt: skip


def _theme(code: str) -> Trade | None:
    return trade_of(code or ANY_TRADE)


def _draft(hall: Hall, form: FormData) -> FairDraft:
    trade = _theme(text(form, "theme"))
    try:
        starts = datetime.strptime(f"{text(form, 'day')} {text(form, 'time')}", "%Y-%m-%d %H:%M")
    except ValueError:
        raise InvalidInput("请选招聘会的日期和开始时间") from None
    campaign = text(form, "campaign")
    return FairDraft(
        text(form, "name"),
        starts.replace(tzinfo=SHANGHAI),
        slots=number(form, "slots", "时段数", empty=0) or 0,
        slot_minutes=number(form, "slot_minutes", "每个时段", empty=0) or 0,
        type=EventType.read(text(form, "type"), field="类型"),
        place_name=text(form, "place"),
        campaign=Campaign.read(campaign, field="专项活动") if campaign else None,
        capacity=number(form, "capacity", "最多邀请人数"),
        region_code=hall.staff.region_code,
        theme_occupations=tuple(one.code for one in trade.occupations) if trade else (),
        population=guests(hall),
    )
