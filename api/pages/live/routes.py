"""All routes of livestreams for people with an account; each module names its whole paths, as the access table does."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.live import after, calls, console, leads, prompter, running, schedule

router = APIRouter(tags=["直播控制台"], include_in_schema=False)
for module in (schedule, console, running, leads, prompter, after, calls):
    router.include_router(module.router)
