"""What every page of the desk works with: who asks, the open installation, the rules of the county (工作台环境)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.accounts.staff import Staff, staff_of
from api.pages.desk import words
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.domain.service_terms import Role
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.accounts.sight import Sight
from matcher.services.desk.background import BackgroundJobs
from matcher.services.desk.job_notes import JobNotes
from matcher.services.runtime import Runtime
from matcher.services.sending.push_office import push_office
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import Database

_JOBS_MADE = threading.Lock()


@dataclass(frozen=True)
class Desk:
    """The desk as one member of staff uses it in one request."""

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
    def planner(self) -> str | None:
        """Whose batches they may see: their own, or None for everybody's."""
        return self.actor if self.staff.role is Role.CASEWORKER else None

    @property
    def may_approve(self) -> bool:
        """Whether they may approve what somebody else planned."""
        return self.staff.role is Role.MANAGER

    @property
    def may_open_people(self) -> bool:
        """Whether the files of people are open to them, each still checked by sight."""
        return self.staff.role is Role.CASEWORKER

    def office(self) -> PushOffice:
        """What sending needs. Raises InvalidInput for a faulty region pack."""
        return push_office(self.runtime)

    def jobs(self) -> BackgroundJobs:
        """The background jobs of this process."""
        state = self.request.app.state
        with _JOBS_MADE:
            if getattr(state, "desk_jobs", None) is None:
                state.desk_jobs = BackgroundJobs(self.database.clock, JobNotes(self.runtime.config.job_folder))
        found: BackgroundJobs = state.desk_jobs
        return found

    def page(self, template: str, **values: Any) -> Response:
        """A page or a fragment of the desk."""
        return staff_page(self.request, f"desk/{template}", desk=self, w=words, **values)


def desk_of(request: Request, staff: Annotated[Staff, Depends(staff_of)]) -> Desk:
    """The desk of whoever is signed in; Unavailable while the service is starting."""
    runtime = runtime_of(request)
    return Desk(request, staff, runtime, load_pack(runtime.config.region, runtime.config.home))


async def form_of(request: Request) -> FormData:
    """The fields of the form."""
    return await request.form()


AtDesk = Annotated[Desk, Depends(desk_of)]
Form = Annotated[FormData, Depends(form_of)]


def text(form: FormData, name: str) -> str:
    """One field as text, "" when it is absent or a file."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def person_url(worker_id: str) -> str:
    """The address of a person's page."""
    return f"/desk/people/{quote(worker_id, safe='')}"


def turn_to(request: Request, url: str) -> Response:
    """Go on to another page, for a browser and for htmx."""
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": url})
    return RedirectResponse(url, status_code=303)
