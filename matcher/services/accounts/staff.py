"""Somebody who is signed in (登录的人)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from matcher.domain.service_terms import Role
from matcher.services.accounts.sight import Sight


class Step(StrEnum):
    """What is still due before the pages open."""

    DONE = "done"
    ENROL = "enrol"
    SECOND_FACTOR = "second_factor"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step


@dataclass(frozen=True, slots=True)
class Staff:
    """An account behind a live session. sight: whose records it may see; name stays out of repr."""

    account_id: int
    login: str
    name: str = field(repr=False)
    role: Role
    region_code: str | None
    employer_id: str | None
    sight: Sight
    session_id: int
    step: Step = Step.DONE
