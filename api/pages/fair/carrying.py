"""/fair/{id}/carry and /fair/merge: a fair without network, and what both sides changed (脱网办会)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.conflict_words import told
from api.pages.fair.hall import REFUSED, AtFair, Hall, upload
from api.pages.staff_request import Form, download, text
from matcher.errors import InvalidInput, MatcherError, NotFound
from matcher.services.accounts.objects import require_object
from matcher.services.accounts.sight import require_worker
from matcher.services.fairs.conflicts import conflicts, settle_conflict
from matcher.services.fairs.newcomers import PERSON, SOMEBODY_ELSE
from matcher.services.fairs.offline import export_fair, fair_of_file, merge_fair

router = APIRouter(prefix="/fair")
FILE = "fair.bin"


@router.get("/{event_id}/carry")
def carry(hall: AtFair, event_id: int) -> Response:
    """Out, back, and what waits for a decision."""
    return _page(hall, event_id)


@router.post("/{event_id}/carry")
def out(hall: AtFair, event_id: int, form: Form) -> Response:
    """The fair in one sealed file."""
    try:
        if text(form, "passphrase") != text(form, "again"):
            raise InvalidInput("两次输入的口令不一样，请重新输入")
        with tempfile.TemporaryDirectory(prefix="matcher-fair-") as folder:
            path = Path(folder) / FILE
            export_fair(hall.database, event_id, path, text(form, "passphrase"), actor=hall.actor)
            return download(path.read_bytes(), f"招聘会-{event_id}.bin", "application/octet-stream")
    except REFUSED as error:
        return _page(hall, event_id, error)


@router.post("/merge")
def back(hall: AtFair, form: Form) -> Response:
    """Bring a file back. The file says which fair it is of; that fair must be in sight."""
    sent, passphrase = upload(form, "file"), text(form, "passphrase")
    asked = text(form, "event")
    event_id = int(asked) if asked.isascii() and asked.isdigit() else 0
    with hall.database.reading() as session:
        require_object(session, hall.staff, "event_id", str(event_id))
    try:
        if sent is None:
            raise InvalidInput("请选现场带回来的文件")
        with tempfile.TemporaryDirectory(prefix="matcher-fair-") as folder:
            path = Path(folder) / FILE
            path.write_bytes(sent.file.read())
            if fair_of_file(path, passphrase) != event_id:
                raise InvalidInput("这个文件是另一场招聘会的，请到那一场合并")
            done = merge_fair(hall.database, path, passphrase, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    if done.repeated:
        return _page(hall, event_id, done="这个文件已经合并过，没有变化")
    new = f"新建档 {done.people} 人；" if done.people else ""
    return _page(hall, event_id, done=f"{new}合并 {done.taken} 处；要人定的 {done.conflicts} 处" + ("，请在下面定" if done.conflicts else ""))


@router.post("/{event_id}/conflicts/{conflict_id}")
def settle(hall: AtFair, event_id: int, conflict_id: int, form: Form) -> Response:
    """Decide for one side, or who somebody is; both stay in the record."""
    choice = text(form, "choice")
    try:
        with hall.database.reading() as session:
            asked = next((one for one in conflicts(session, event_id) if one.conflict_id == conflict_id), None)
            if asked is None:
                raise NotFound("没有这个冲突，或已经有人定了")
            if asked.entity == PERSON and choice in asked.ours["people"]:
                require_worker(session, hall.sight, choice)
        settle_conflict(hall.database, conflict_id, choice, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, done="已定；两边的内容都留在记录里")


def _page(hall: Hall, event_id: int, error: MatcherError | None = None, *, done: str = "") -> Response:
    with hall.database.reading() as session:
        waiting = tuple(told(session, one, hall.sight) for one in conflicts(session, event_id))
    return hall.fair_page(event_id, "carrying.html", error, done, waiting=waiting, other=SOMEBODY_ELSE, here="carry")
