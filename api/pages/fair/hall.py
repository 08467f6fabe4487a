"""What every page of a fair begins with: who asks, the open installation, the fair's head (招聘会页面环境)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from api.accounts.staff import Staff, staff_of
from api.pages.fair import words
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.domain.service_terms import Role
from matcher.errors import Conflict, InvalidInput, MatcherError, NotFound
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.accounts.sight import Sight
from matcher.services.fairs.views import fair_view
from matcher.services.runtime import Runtime
from matcher.store.database import Database

REFUSED = (InvalidInput, Conflict, NotFound)
"""What a form may answer with on its own page."""
_STATUS: dict[type[MatcherError], int] = {InvalidInput: 422, Conflict: 409, NotFound: 404}


@dataclass(frozen=True)
class Hall:
    """One request of an organiser, or of a manager who looks on."""

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
    def sight(self) -> Sight:
        """Whom they may see."""
        return self.staff.sight

    @property
    def may_change(self) -> bool:
        """Whether forms are offered: a manager reads."""
        return self.staff.role is Role.ORGANISER

    def page(self, template: str, error: MatcherError | None = None, **values: Any) -> Response:
        """A page of templates/fair. error: what a form was refused for, shown on top of it."""
        status = _STATUS[type(error)] if error else 200
        problem = error.message if error else ""
        return staff_page(self.request, f"fair/{template}", status, hall=self, w=words, problem=problem, **values)

    def fair_page(
        self, event_id: int, template: str, error: MatcherError | None = None, done: str = "", **values: Any
    ) -> Response:
        """A page of one fair, with its head. done: a sentence on what was just done."""
        with self.database.reading() as session:
            view = fair_view(session, event_id)
        return self.page(template, error, fair=view, done=done, **values)


def hall_of(request: Request, staff: Annotated[Staff, Depends(staff_of)]) -> Hall:
    """See `Hall`; Unavailable while the service is starting."""
    runtime = runtime_of(request)
    return Hall(request, staff, runtime, load_pack(runtime.config.region, runtime.config.home))


async def form_of(request: Request) -> FormData:
    """The fields of the form."""
    return await request.form()


def text(form: FormData, name: str) -> str:
    """One field as text, "" when it is absent or a file."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> list[str]:
    """Every value of a field that may stand several times."""
    return [value for value in form.getlist(name) if isinstance(value, str) and value]


def number(form: FormData, name: str, label: str, *, empty: int | None = None) -> int | None:
    """A whole number, `empty` for an empty field. Raises InvalidInput that names the field."""
    said = text(form, name)
    if not said:
        return empty
    if not (said.isascii() and said.isdigit() and len(said) <= 9):
        raise InvalidInput(f"“{label}”要填整数，收到“{said[:12]}”")
    return int(said)


def upload(form: FormData, name: str) -> UploadFile | None:
    """A file of the form, None when none was chosen."""
    value = form.get(name)
    return value if isinstance(value, UploadFile) and value.filename else None


def turn_to(address: str) -> Response:
    """On to another page, which is then loaded by itself."""
    return RedirectResponse(address, status_code=303)


def download(content: bytes, name: str, media: str, *, inline: bool = False) -> Response:
    """A file that no cache keeps, named in Chinese."""
    way = "inline" if inline else "attachment"
    header = f"{way}; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media, headers={"Content-Disposition": header, "Cache-Control": "no-store"})


AtFair = Annotated[Hall, Depends(hall_of)]
Form = Annotated[FormData, Depends(form_of)]
