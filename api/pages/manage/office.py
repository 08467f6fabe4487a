"""What every page of the head of an office begins with: who asks, the region pack, the view (管理页共用)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.responses import Response

from api.pages.rendering import staff_page
from api.pages.staff_request import StaffRequest
from matcher.errors import Forbidden
from matcher.services.overview.view import View

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHOLE_OFFICE = "月报是全县的；您的账号只能查看本辖区，请看总览或联系全县管理账号"


@dataclass(frozen=True)
class Bureau(StaffRequest):
    """One request of the head of an office."""

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


AtOffice = Annotated[Bureau, Depends(Bureau.of)]
