"""Lets a request through to a page, or not: the table, the thing asked for, the origin (准入).

`ADMISSION` stands before every page route. The first dependency asks the database and so runs on a worker thread;
the second reads the form.
"""

from __future__ import annotations

from fastapi import Depends, Request

from api.accounts.access import PARAMETERS, Access, access_of
from api.accounts.cookies import session_token
from api.accounts.csrf import SAFE_METHODS, check_origin, check_token
from api.accounts.staff import SignInNeeded, Staff, visitor_of
from api.state import runtime_of
from matcher.errors import Forbidden
from matcher.services.accounts.objects import require_object
from matcher.services.accounts.staff import Step

NOT_FOR_YOU = "您的账号没有打开这个页面的权限"


def admitted(request: Request) -> None:
    """Check role and object. Raises SignInNeeded, Forbidden, NotFound."""
    access = access_of(request.method, request.scope["route"].path)
    if access is None:
        raise Forbidden(NOT_FOR_YOU)
    staff = visitor_of(request)
    if access.roles is None:
        return
    if staff is None:
        raise SignInNeeded
    _check_step(staff, access)
    if staff.role not in access.roles:
        raise Forbidden(NOT_FOR_YOU)
    asked = {name: request.path_params[name] for name in PARAMETERS.get(access.scope, ()) if name in request.path_params}
    if asked:
        with runtime_of(request).database.reading() as session:
            for name, value in asked.items():
                require_object(session, staff, name, str(value))


async def from_our_page(request: Request) -> None:
    """Check that a request that changes something comes from a page of ours. Raises Forbidden."""
    if request.method in SAFE_METHODS:
        return
    check_origin(request)
    if request.state.staff is not None:
        await check_token(request, session_token(request))


def _check_step(staff: Staff, access: Access) -> None:
    if staff.step is not access.step:
        raise SignInNeeded(staff.step if staff.step is not Step.DONE else None)


ADMISSION = [Depends(admitted), Depends(from_our_page)]
