"""The self-service kiosk: screens for whoever stands before it, without a name (自助机)."""

from fastapi import APIRouter

from api.pages.kiosk import machine, screens, taking
from api.pages.kiosk.slip_page import router as slip_router

router = APIRouter(include_in_schema=False)
"""Pages of a signed-in machine."""
for _part in (screens, taking, machine):
    router.include_router(_part.router)

__all__ = ["router", "slip_router"]
