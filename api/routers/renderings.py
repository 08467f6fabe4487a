"""One posting for a display, a notice board, a group, a phone or a livestream (多渠道展示接口)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from api.security import allowed
from api.state import runtime_of
from matcher.delivery.renderings import RenderingForm
from matcher.domain.service_terms import Scope
from matcher.regions.loading import load_pack
from matcher.services.renderings import print_notices, render_posting, sign_of
from matcher.store.repositories.api_keys import ApiKey

router = APIRouter(prefix="/renderings", tags=["多渠道展示"])
Caller = Annotated[ApiKey, Depends(allowed(Scope.EVENTS))]
Id = Annotated[str, Path(max_length=200)]
MOST_IDS = 200


class RenderingBody(BaseModel):
    """A posting in one form. lines: of a display; text: of a message; card: of a livestream; the others empty."""

    posting_id: str
    form: RenderingForm
    text: str
    lines: list[str]
    card: dict[str, Any]


@router.get("/notice", summary="公告栏 PDF", response_class=Response)
def notice(
    request: Request,
    _: Caller,
    posting_id: Annotated[list[str], Query(min_length=1, max_length=MOST_IDS, description="岗位编号，可多个")],
    large: Annotated[bool, Query(description="大字，一页一个岗位，三米外能看清")] = False,
) -> Response:
    """A4 sheets; 409 when none of the postings may be shown. X-Left-Out: how many are not on them."""
    runtime = runtime_of(request)
    config = runtime.config
    sign = sign_of(load_pack(config.region, config.home))
    sheets = print_notices(runtime.database, sign, posting_id, large=large, font_folder=config.font_folder)
    return Response(
        sheets.pdf, media_type="application/pdf", headers={"X-Left-Out": str(len(sheets.left_out))}
    )


@router.get("/{form}/{posting_id}", summary="电子屏、微信、短信或直播卡片")
def rendering(request: Request, _: Caller, form: RenderingForm, posting_id: Id) -> RenderingBody:
    """The posting as it stands now; 409 with the reason when it may not be shown."""
    runtime = runtime_of(request)
    sign = sign_of(load_pack(runtime.config.region, runtime.config.home))
    made = render_posting(runtime.database, sign, posting_id, form)
    return RenderingBody(
        posting_id=made.posting_id,
        form=made.form,
        text=made.text,
        lines=list(made.lines),
        card=dict(made.card),
    )
