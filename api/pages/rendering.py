"""Render a template into a response that a browser treats with suspicion (页面渲染)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_URL = "/static"
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""No script at all: the pages work without one."""

_FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["static_url"] = STATIC_URL


class PageAssets(StaticFiles):
    """Styles and pictures of the pages; mount it at STATIC_URL."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The rendered template; every value is escaped."""
    html = _templates.get_template(template).render(**values)
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": CONTENT_POLICY})
