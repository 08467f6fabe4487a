"""All routes of the desk under one router; each module names its whole paths, as the access table does."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.desk import batches, calls, households, imports, jobs, people, person, pushes, queue

router = APIRouter(tags=["帮扶工作台"], include_in_schema=False)
for module in (queue, people, person, pushes, calls, batches, jobs, imports, households):
    router.include_router(module.router)
