"""One small hierarchy of errors; each carries a stable code, a Chinese message and a detail for the log."""

from __future__ import annotations

import traceback
from pathlib import Path


class MatcherError(Exception):
    """Base of every error the engine raises on purpose.

    message: Chinese sentence for the person, naming the row, field and fix where there is one.
    detail:  extra facts for the log; never holds personal data.
    """

    code = "error"

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class InvalidInput(MatcherError):
    """The caller's data cannot be used as given (数据有误)."""

    code = "invalid_input"


class NotFound(MatcherError):
    """The named thing does not exist (不存在)."""

    code = "not_found"


class Forbidden(MatcherError):
    """The caller may not do this (无权限)."""

    code = "forbidden"


class Conflict(MatcherError):
    """Somebody else changed it first, or it exists already (冲突)."""

    code = "conflict"


class Unavailable(MatcherError):
    """A part the service needs is absent right now; trying again may help (暂不可用)."""

    code = "unavailable"


_MOST_FRAMES = 12


def trail(error: BaseException) -> str:
    """Kind of an unexpected error and the last places it came through, outermost first, for the log.

    Its words are left out on purpose: what could not be read may be somebody's name or number.
    """
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    ]
    return " ".join([type(error).__name__, *places])
