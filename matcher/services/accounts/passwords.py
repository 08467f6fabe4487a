"""Passwords as argon2id hashes; weak ones are refused (口令).

Parameters are the low-memory profile of RFC 9106 (64 MiB, 3 passes, 4 lanes). At most two hashes are computed
at the same time, so that signing in can never take the machine.
"""

from __future__ import annotations

import secrets
import threading
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from matcher.errors import InvalidInput

SHORTEST, LONGEST = 10, 200
_MOST_AT_ONCE = 2
_RUN_CHARS = 4
"""Distinct characters below which a password is one key held down."""

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_places = threading.BoundedSemaphore(_MOST_AT_ONCE)
_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"


def hash_password(password: str) -> str:
    """The hash to keep; some 0.1 s of work."""
    with _places:
        return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether the password belongs to the hash. kept: None = no such account; takes the same time."""
    with _places:
        try:
            return _hasher.verify(kept or _nobodys_hash(), password[:LONGEST]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def checked_password(password: str, login: str) -> str:
    """The password. Raises InvalidInput that says what is wrong with it."""
    folded = password.casefold()
    if len(password) < SHORTEST:
        raise InvalidInput(f"口令至少 {SHORTEST} 个字符；可以用几个不相干的词连起来")
    if len(password) > LONGEST:
        raise InvalidInput(f"口令最多 {LONGEST} 个字符")
    if login.casefold() in folded:
        raise InvalidInput("口令里不要含登录名")
    if len(set(folded)) < _RUN_CHARS or any(word in folded and len(word) * 2 > len(folded) for word in _common()):
        raise InvalidInput("这个口令太常见，容易被猜到；请换一个")
    return password


def random_password() -> str:
    """Four groups of five letters and digits without those that look alike, about 98 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
