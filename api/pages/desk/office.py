"""What every page of the desk works with: who asks, the open installation, the rules of the county (工作台环境)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends
from starlette.responses import Response

from api.pages.desk import words
from api.pages.rendering import staff_page
from api.pages.staff_request import StaffRequest
from matcher.domain.service_terms import Role
from matcher.services.desk.background import BackgroundJobs
from matcher.services.desk.job_notes import JobNotes
from matcher.services.sending.push_office import push_office
from matcher.services.sending.push_terms import PushOffice

_JOBS_MADE = threading.Lock()


@dataclass(frozen=True)
class Desk(StaffRequest):
    """The desk as one member of staff uses it in one request."""

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


AtDesk = Annotated[Desk, Depends(Desk.of)]


def person_url(worker_id: str) -> str:
    """The address of a person's page."""
    return f"/desk/people/{quote(worker_id, safe='')}"
