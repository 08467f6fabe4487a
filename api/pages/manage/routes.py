"""All routes under /manage."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.manage import overview, report, review, rows, settings

router = APIRouter()
for module in (overview, rows, report, review, settings):
    router.include_router(module.router)
