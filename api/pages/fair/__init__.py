"""The fair organiser's pages (招聘会): thin routers over `matcher.services.fairs`."""

from api.pages.fair.routes import router

__all__ = ["router"]
