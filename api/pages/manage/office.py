"""What every page of the head of an office begins with: who asks, the region pack, the view (管理页共用)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.accounts.staff import Staff, staff_of
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.clock import local_date
from matcher.errors import Forbidden
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.overview.view import View
from matcher.services.runtime import Runtime
from matcher.store.database import Database

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHOLE_OFFICE = "月报是全县的；您的账号只能查看本辖区，请看总览或联系全县管理账号"


@dataclass(frozen=True, slots=True)
class Bureau:
    """One request of the head of an office."""

    request: Request
    staff: Staff
    runtime: Runtime
    pack: RegionPack

    @property
    def database(self) -> Database:
        return self.runtime.database

    @property
    def actor(self) -> str:
        return self.staff.login

    @property
    def today(self) -> date:
        return local_date(self.database.clock.now())

    def view(self) -> View:
        """The month and place asked for. Raises InvalidInput, and Forbidden outside the person's own region."""
        return View.read(self.request.query_params, self.today, own_region=self.staff.region_code)

    def require_whole_office(self) -> None:
        """Raise Forbidden for an account that sees a part of the office only."""
        if self.staff.region_code:
            raise Forbidden(WHOLE_OFFICE)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of templates/manage."""
        return staff_page(self.request, f"manage/{template}", status, pack=self.pack, today=self.today, **values)


def bureau(request: Request) -> Bureau:
    """See `Bureau`."""
    runtime = runtime_of(request)
    return Bureau(request, staff_of(request), runtime, load_pack(runtime.config.region, runtime.config.home))


async def filled_form(request: Request) -> FormData:
    """The form that was sent."""
    return await request.form()


def text(form: FormData, name: str) -> str:
    """A text field without spaces around it; "" when it is not there."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def turn_to(address: str) -> Response:
    """To another page, which is then loaded by itself."""
    return RedirectResponse(address, status_code=303)


def download(content: bytes, file_name: str, media_type: str = XLSX) -> Response:
    """A file to keep, named in Chinese."""
    header = f"attachment; filename*=UTF-8''{quote(file_name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": header})


AtOffice = Annotated[Bureau, Depends(bureau)]
Form = Annotated[FormData, Depends(filled_form)]
