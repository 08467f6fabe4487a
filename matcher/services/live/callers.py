"""Who may be asked to call the leads of a livestream back (回电人员)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.domain.service_terms import Role
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.session import StoreSession


@dataclass(frozen=True, slots=True)
class Caller:
    """A caseworker. login: what a lead is handed to; name: how pages call them."""

    login: str
    name: str


def callers_offered(session: StoreSession) -> list[Caller]:
    """Every caseworker whose account is open."""
    return [
        Caller(row.login, row.name or row.login)
        for row in AccountRepository(session).all()
        if row.role is Role.CASEWORKER and row.disabled_at is None
    ]


def caller_names(session: StoreSession, callers: Sequence[str]) -> tuple[str, ...]:
    """How pages call the people whom leads are handed to; a name that is no login stands for itself."""
    known = {one.login: one.name for one in callers_offered(session)}
    return tuple(known.get(one, one) for one in callers)
