"""Bringing the installation up beside the running server, and what is done once it stands (启动)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import anyio.to_thread
import structlog
from fastapi import FastAPI

from api.idempotency import forget_old_answers
from matcher.config import Config
from matcher.errors import MatcherError, trail
from matcher.services.accounts.sessions import forget_old_sessions
from matcher.services.desk.import_desk import forget_uploads
from matcher.services.kiosk.rehearsal import rehearse
from matcher.services.runtime import Runtime

log = structlog.get_logger()


async def bring_up(app: FastAPI, settings: Config) -> None:
    """Open the runtime, so that /health/live answers from the first moment; chores come when it is ready."""
    try:
        runtime = await anyio.to_thread.run_sync(Runtime.open, settings)
    except MatcherError as error:
        app.state.not_ready_because = error.message
        log.error("start_failed", code=error.code, message=error.message)
        return
    await anyio.to_thread.run_sync(do_chores, runtime, _BEFORE)
    app.state.runtime = runtime
    await anyio.to_thread.run_sync(do_chores, runtime, _AFTER)


def do_chores(runtime: Runtime, chores: Mapping[str, Callable[[Runtime], object]]) -> None:
    """What a start is a good moment for; none of it may keep the service from its work."""
    for name, chore in chores.items():
        try:
            chore(runtime)
        except Exception as error:  # whatever it is, the service runs without
            log.warning("chore_failed", chore=name, trail=trail(error))


_BEFORE = {"forget_uploads": lambda runtime: forget_uploads(runtime.config)}
"""Before anybody can come in."""

_AFTER: dict[str, Callable[[Runtime], object]] = {
    "forget_old_sessions": lambda runtime: forget_old_sessions(runtime.database),
    "forget_old_answers": lambda runtime: forget_old_answers(runtime.database),
    "rehearse_kiosk": rehearse,
}
