"""Whoever stands before the machine, as a route sees them (当前使用者).

The visit's name travels in the forms alone: not in the address, not in a cookie, not in the browser's storage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Form, Request
from starlette.responses import Response

from api.accounts.staff import staff_of
from api.pages.kiosk.visits import Visit, Visits
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.regions.loading import load_pack
from matcher.services.kiosk.jobs import Device
from matcher.services.kiosk.wishes import reach_label
from matcher.services.runtime import Runtime

IDLE_S = 45
PERSONAL_IDLE_S = 30
"""Seconds without a touch until the screen asks; shorter where a phone or a code is on it."""

FRAGMENT_HEADER = "X-Kiosk"
VISITS = Visits()
"""Those of this process."""


@dataclass(slots=True)
class Visitor:
    """The request, the machine and the visit. token: "" when the visit is over."""

    request: Request
    runtime: Runtime
    device: Device
    account_id: int
    token: str
    visit: Visit

    def change(self, **changes: object) -> Visit:
        """Keep something of the visit."""
        self.visit = VISITS.change(self.token, self.account_id, **changes)
        return self.visit

    def screen(self, name: str, *, step: int = 0, status: int = 200, **values: Any) -> Response:
        """One screen: the whole page, or what changes of it for the page that is open. step: 1–4, 0 = none."""
        personal = name in PERSONAL_SCREENS
        pack = load_pack(self.runtime.config.region, self.runtime.config.home)
        return staff_page(
            self.request,
            f"kiosk/{name}.html",
            status=status,
            frame="kiosk/part.html" if self.request.headers.get(FRAGMENT_HEADER) else "kiosk/page.html",
            token=self.token,
            visit=self.visit,
            step=step,
            idle_s=0 if name == "start" else PERSONAL_IDLE_S if personal else IDLE_S,
            office=pack.office,
            reach_label=partial(reach_label, circle=pack.reach),
            **values,
        )


PERSONAL_SCREENS = frozenset({"phone", "phone_left", "code"})


def visitor_of(request: Request, visit: Annotated[str, Form()] = "") -> Visitor:
    """The visitor of a request from an open screen; a visit that is over leaves `token` empty."""
    staff = staff_of(request)
    known = VISITS.get(visit, staff.account_id)
    device = Device(staff.name or staff.login, staff.region_code)
    token = visit if known is not None else ""
    return Visitor(request, runtime_of(request), device, staff.account_id, token, known or Visit())


def newcomer(request: Request) -> Visitor:
    """Somebody who has just come to the machine."""
    staff = staff_of(request)
    token = VISITS.begin(staff.account_id)
    device = Device(staff.name or staff.login, staff.region_code)
    return Visitor(request, runtime_of(request), device, staff.account_id, token, Visit())


AtKiosk = Annotated[Visitor, Depends(visitor_of)]
