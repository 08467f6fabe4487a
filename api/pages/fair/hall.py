"""What every page of a fair begins with: who asks, the open installation, the fair's head (招聘会页面环境)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.pages.fair import words
from api.pages.rendering import staff_page
from api.pages.staff_request import StaffRequest, text
from matcher.domain.service_terms import Role
from matcher.errors import Conflict, InvalidInput, MatcherError, NotFound
from matcher.services.fairs.views import fair_view

REFUSED = (InvalidInput, Conflict, NotFound)
"""What a form may answer with on its own page."""
_STATUS: dict[type[MatcherError], int] = {InvalidInput: 422, Conflict: 409, NotFound: 404}


@dataclass(frozen=True)
class Hall(StaffRequest):
    """One request of an organiser, or of a manager who looks on."""

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


AtFair = Annotated[Hall, Depends(Hall.of)]
