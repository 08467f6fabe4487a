"""The caseworker's desk (帮扶工作台): thin routers over `matcher.services.desk`."""

from api.pages.desk.routes import router

__all__ = ["router"]
