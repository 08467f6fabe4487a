"""All routes of fairs under one router; each module names its whole paths, as the access table does."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.fair import (
    booth,
    carrying,
    door,
    invitations,
    opening,
    papers,
    report,
    set_up,
    timetable,
    wall,
)

router = APIRouter(tags=["招聘会"], include_in_schema=False)
for module in (opening, carrying, set_up, timetable, invitations, door, booth, papers, wall, report):
    router.include_router(module.router)
