"""The livestream console (直播控制台): thin routers over `matcher.services.live`."""

from api.pages.live.routes import router

__all__ = ["router"]
