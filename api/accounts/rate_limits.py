"""How often somebody may try to sign in, counted before any password is hashed (登录限速).

The counts live in the memory of this process: they begin anew when it starts, and two processes count apart.
"""

from __future__ import annotations

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException

BY_LOGIN = RateLimitItemPerMinute(10, 10)
BY_ADDRESS = RateLimitItemPerMinute(60, 10)
"""A whole office may stand behind one address."""

BY_CODE = RateLimitItemPerMinute(10, 10)
BY_PAIRING = RateLimitItemPerMinute(10, 10)
TOO_OFTEN = "试得太多了，请过十分钟再试"


class SignInLimits:
    """Counts attempts in a moving window of ten minutes."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, item: RateLimitItem, kind: str, whom: str) -> None:
        """Count one attempt. Raises HTTPException 429 when too many were made."""
        if not self._limiter.hit(item, kind, whom):
            raise HTTPException(429, TOO_OFTEN)


def limits_of(request: Request) -> SignInLimits:
    """The counts of this process."""
    found: SignInLimits = request.app.state.sign_in_limits
    return found


def address_of(request: Request) -> str:
    """The address of the machine that asks; behind a trusted proxy the one it forwards."""
    return request.client.host if request.client else ""
