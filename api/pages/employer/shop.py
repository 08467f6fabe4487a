"""What every page of an employer begins with: who asks, and for which employer (单位页共用)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Self

from fastapi import Depends, Request
from starlette.responses import Response

from api.pages.rendering import staff_page
from api.pages.staff_request import StaffRequest
from matcher.errors import Forbidden
from matcher.regions.pack import COUNTY_DIGITS
from matcher.services.employers.own_postings import employer_name


@dataclass(frozen=True)
class Shop(StaffRequest):
    """One request of an employer."""

    @classmethod
    def of(cls, request: Request) -> Self:
        """From the request. Raises Forbidden for an account that is bound to no employer."""
        found = super().of(request)
        if not found.staff.employer_id:
            raise Forbidden("账号没有绑定用人单位；请联系就业服务中心")
        return found

    @property
    def employer_id(self) -> str:
        """Whose account this is."""
        return self.staff.employer_id or ""

    @cached_property
    def name(self) -> str:
        """The employer as it is called."""
        return employer_name(self.database, self.employer_id)

    @property
    def near(self) -> str | None:
        """Region of the office, for place names that several counties share; None when it is not one county."""
        return self.pack.county_code if len(self.pack.county) == COUNTY_DIGITS else None

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of templates/employer."""
        given = {"shop_name": self.name, "office": self.pack.office, "today": self.today}
        return staff_page(self.request, f"employer/{template}", status, **(given | values))


InShop = Annotated[Shop, Depends(Shop.of)]
