"""What every page of a member of staff begins with: who asks, the open installation, its rules; forms and files (页面请求)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.accounts.staff import Staff, staff_of
from api.state import runtime_of
from matcher.clock import local_date
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.accounts.sight import Sight
from matcher.services.runtime import Runtime
from matcher.store.database import Database


@dataclass(frozen=True)
class StaffRequest:
    """One request of somebody who is signed in; each audience adds what its own pages need."""

    request: Request
    staff: Staff
    runtime: Runtime
    pack: RegionPack

    @classmethod
    def of(cls, request: Request) -> Self:
        """From the request. Raises Unavailable while the service is starting."""
        runtime = runtime_of(request)
        return cls(request, staff_of(request), runtime, load_pack(runtime.config.region, runtime.config.home))

    @property
    def database(self) -> Database:
        """The open database."""
        return self.runtime.database

    @property
    def actor(self) -> str:
        """The login that is written into every record."""
        return self.staff.login

    @property
    def sight(self) -> Sight:
        """Whom they may see."""
        return self.staff.sight

    @property
    def today(self) -> date:
        """The day of the office's clock."""
        return local_date(self.database.clock.now())

    def turn_to(self, address: str) -> Response:
        """Go on to another page, for a browser and for htmx."""
        if self.request.headers.get("HX-Request"):
            return Response(status_code=204, headers={"HX-Redirect": address})
        return turn_to(address)


async def form_of(request: Request) -> FormData:
    """The fields of the form."""
    return await request.form()


Form = Annotated[FormData, Depends(form_of)]


def text(form: FormData, name: str) -> str:
    """One field without spaces around it, "" when it is absent or a file."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def turn_to(address: str) -> Response:
    """On to another page, which is then loaded by itself."""
    return RedirectResponse(address, status_code=303)


def download(content: bytes, name: str, media: str, *, inline: bool = False) -> Response:
    """A file that no cache keeps, named in Chinese."""
    way = "inline" if inline else "attachment"
    header = f"{way}; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media, headers={"Content-Disposition": header, "Cache-Control": "no-store"})
