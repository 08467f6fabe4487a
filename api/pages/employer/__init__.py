"""The pages of an employer (用人单位页): thin routers over `matcher.services.employers`."""

from api.pages.employer.routes import router

__all__ = ["router"]
