"""The pages of the head of an office (管理页): thin routers over `matcher.services.overview`."""

from api.pages.manage.routes import router

__all__ = ["router"]
