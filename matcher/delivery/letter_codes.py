"""The number on a letter that opens its postings at a kiosk (信上的号码).

A code is the number of the letter's first push followed by eight digits that only this installation can write.

INVARIANTS
- The key is derived for this purpose alone.
- A code that is wrong in any way raises one error with one text.
"""

from __future__ import annotations

import hashlib
import hmac

from matcher.errors import NotFound

KEY_PURPOSE = "letter-code"
CHECK_DIGITS = 8  # 10^8 for each push: with the attempts a kiosk is given in a day, beyond guessing
LONGEST_CODE = CHECK_DIGITS + 10
NO_LETTER = "没有这个号码，或者已经过期；请核对信上的号码，或到窗口问"


def letter_code(key: bytes, push_id: int) -> str:
    """The code of a push, in groups of four digits."""
    digits = f"{push_id}{_check(key, push_id)}"
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def push_of_code(key: bytes, code: str) -> int:
    """The push a code stands for. Raises NotFound(NO_LETTER) for everything that is no code."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and CHECK_DIGITS < len(digits) <= LONGEST_CODE):
        raise NotFound(NO_LETTER)
    push_id, given = int(digits[:-CHECK_DIGITS]), digits[-CHECK_DIGITS:]
    if not hmac.compare_digest(_check(key, push_id), given):
        raise NotFound(NO_LETTER)
    return push_id


def _check(key: bytes, push_id: int) -> str:
    signed = hmac.new(key, str(push_id).encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(signed[:8], 'big') % 10**CHECK_DIGITS:0{CHECK_DIGITS}}"
