"""The person behind a request (当前登录人)."""

from __future__ import annotations

from fastapi import Request

from api.accounts.cookies import session_token
from api.state import runtime_of
from matcher.errors import MatcherError
from matcher.services.accounts.sessions import resume
from matcher.services.accounts.staff import Staff, Step

__all__ = ["SignInNeeded", "Staff", "staff_of", "visitor_of"]

_NOT_ASKED = object()


class SignInNeeded(MatcherError):
    """Nobody is signed in, or a step of signing in is still due (401)."""

    code = "sign_in_needed"

    def __init__(self, step: Step | None = None) -> None:
        super().__init__("请先登录")
        self.step = step


def visitor_of(request: Request) -> Staff | None:
    """Whoever is signed in, steps of signing in perhaps still due; None for nobody. Asked once a request."""
    known = getattr(request.state, "staff", _NOT_ASKED)
    if known is _NOT_ASKED:
        token = session_token(request)
        known = resume(runtime_of(request).database, token) if token else None
        request.state.staff = known
    assert known is None or isinstance(known, Staff)
    return known


def staff_of(request: Request) -> Staff:
    """Whoever is signed in. Raises SignInNeeded, which browsers get as the sign-in page."""
    staff = visitor_of(request)
    if staff is None:
        raise SignInNeeded
    return staff
