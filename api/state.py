"""The runtime that a request works with."""

from __future__ import annotations

from fastapi import Request

from matcher.errors import Unavailable
from matcher.services.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    """The open installation; Unavailable, with the reason, while there is none."""
    runtime: Runtime | None = getattr(request.app.state, "runtime", None)
    if runtime is None:
        raise Unavailable(request.app.state.not_ready_because)
    return runtime
