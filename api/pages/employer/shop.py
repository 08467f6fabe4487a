"""What every page of an employer begins with: who asks, and for which employer (单位页共用)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

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
from matcher.services.employers.own_postings import employer_name
from matcher.services.runtime import Runtime
from matcher.store.database import Database

_CITY_DIGITS, _CODE_DIGITS = 6, 12


@dataclass(frozen=True, slots=True)
class Shop:
    """One request of an employer."""

    request: Request
    staff: Staff
    runtime: Runtime
    employer_id: str
    name: str
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

    @property
    def near(self) -> str | None:
        """Region of the office, for place names that several counties share; None when it is not one county."""
        codes = [one for one in self.pack.region_prefixes if len(one) >= _CITY_DIGITS]
        return codes[0][:_CITY_DIGITS].ljust(_CODE_DIGITS, "0") if codes else None

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of templates/employer."""
        given = {"shop_name": self.name, "office": self.pack.office, "today": self.today}
        return staff_page(self.request, f"employer/{template}", status, **(given | values))


def shop(request: Request) -> Shop:
    """See `Shop`. Raises Forbidden for an account that is bound to no employer."""
    staff, runtime = staff_of(request), runtime_of(request)
    if not staff.employer_id:
        raise Forbidden("账号没有绑定用人单位；请联系就业服务中心")
    pack = load_pack(runtime.config.region, runtime.config.home)
    return Shop(request, staff, runtime, staff.employer_id, employer_name(runtime.database, staff.employer_id), pack)


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


InShop = Annotated[Shop, Depends(shop)]
Form = Annotated[FormData, Depends(filled_form)]
