"""All routes under /employer."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.employer import home, people, posting, publishing

router = APIRouter()
for module in (home, publishing, posting, people):
    router.include_router(module.router)
