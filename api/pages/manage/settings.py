"""/manage/settings: the region pack in force, and another one (地区设置)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.manage.office import AtOffice
from api.pages.staff_request import Form, text, turn_to
from matcher.services.overview.region_settings import settings_now, switch_pack

router = APIRouter(prefix="/manage/settings")


@router.get("")
def settings(office: AtOffice) -> Response:
    """Every figure with its source."""
    office.require_whole_office()
    shown = settings_now(office.runtime.config, office.database)
    return office.page("settings.html", shown=shown, done=office.request.query_params.get("done", ""))


@router.post("")
def switch(office: AtOffice, form: Form) -> Response:
    """Put another pack in force."""
    office.require_whole_office()
    keep = {str(one) for one in form.getlist("keep")}
    switch_pack(office.runtime.config, office.database, text(form, "code"), keep=keep, actor=office.actor)
    return turn_to("/manage/settings?done=switched")
