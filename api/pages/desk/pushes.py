"""Two postings to one person: preview, send, print the letter (人工推送)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.desk.downloads import PDF, ZIP, download, zipped
from api.pages.desk.office import AtDesk, Desk
from api.pages.staff_request import Form
from matcher.services.desk.hand_batch import Chosen
from matcher.services.desk.letters_now import print_letters
from matcher.services.desk.push_by_hand import preview_push, push_by_hand
from matcher.services.desk.recommendations import chosen_of, recommendations

router = APIRouter(prefix="/desk")


@router.post("/people/{worker_id}/push/preview")
def preview(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """The message exactly as it would leave; nothing is kept."""
    chosen, office = _chosen(desk, worker_id, form), desk.office()
    shown = preview_push(desk.database, office, desk.sight, worker_id, chosen, actor=desk.actor)
    return desk.page("push_preview.html", shown=shown, worker_id=worker_id, chosen=chosen)


@router.post("/people/{worker_id}/push")
def send(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """Send what was previewed; everything is checked again."""
    made = push_by_hand(
        desk.database,
        desk.runtime.config,
        desk.office(),
        desk.sight,
        worker_id,
        _chosen(desk, worker_id, form),
        actor=desk.actor,
    )
    return desk.page("push_sent.html", made=made, worker_id=worker_id)


@router.get("/letters/{batch_id}")
def letters(desk: AtDesk, batch_id: int) -> Response:
    """The letters of a batch to people in sight, made of what may be shown at this moment."""
    files = print_letters(desk.database, desk.runtime.config, desk.sight, batch_id, actor=desk.actor)
    if len(files) == 1:
        return download(files[0].content, f"推荐信-{batch_id}.pdf", PDF, inline=True)
    return download(zipped([(one.name, one.content) for one in files]), f"推荐信-{batch_id}.zip", ZIP)


def _chosen(desk: Desk, worker_id: str, form: Form) -> list[Chosen]:
    ids = [value for value in form.getlist("posting") if isinstance(value, str)]
    found = recommendations(desk.runtime, desk.office().terms, desk.sight, worker_id)
    return chosen_of(found, ids)
