"""Who a person is, as handed to the store and as it comes back after a stated reason (身份)."""

from __future__ import annotations

from dataclasses import dataclass, field

from matcher.domain.masking import mask_address, mask_id_number, mask_name, mask_phone
from matcher.domain.record_terms import Gender, HukouType, IdType
from matcher.domain.worker_terms import PhoneOwner

NAME, ID_NUMBER, PHONE = "name", "id_number", "phone"
"""Kinds of look-up hash."""

_MOBILE_DIGITS = 11
_COUNTRY_CODE = "86"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number and whose it is; the number stays out of repr, so out of logs."""

    number: str = field(repr=False)
    owner: PhoneOwner = PhoneOwner.SELF


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's identity in clear. Its repr shows nothing of it."""

    name: str | None = field(default=None, repr=False)
    id_type: IdType | None = field(default=None, repr=False)
    id_number: str | None = field(default=None, repr=False)
    phones: tuple[Phone, ...] = field(default=(), repr=False)
    gender: Gender | None = field(default=None, repr=False)
    nation: str | None = field(default=None, repr=False)
    hukou_region: str | None = field(default=None, repr=False)
    hukou_type: HukouType | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MaskedIdentity:
    """What staff see by default: 王*明, 138****1234, 110***********0023."""

    name: str
    id_number: str
    phones: tuple[str, ...]
    address: str


def masked(identity: Identity) -> MaskedIdentity:
    """The identity as shown by default."""
    return MaskedIdentity(
        name=mask_name(identity.name),
        id_number=mask_id_number(identity.id_number),
        phones=tuple(mask_phone(phone.number) for phone in identity.phones),
        address=mask_address(identity.address),
    )


def plain_phone(text: str | None) -> str | None:
    """A phone number as digits alone, without +86, so that equal numbers hash alike; None when empty."""
    digits = "".join(c for c in text or "" if c.isascii() and c.isdigit())
    if digits.startswith(_COUNTRY_CODE) and len(digits) == len(_COUNTRY_CODE) + _MOBILE_DIGITS:
        digits = digits[len(_COUNTRY_CODE) :]
    return digits or None


def plain_id_number(text: str | None) -> str | None:
    """An ID number without spaces, its check letter in upper case; None when empty."""
    return "".join((text or "").split()).upper() or None


def plain_name(text: str | None) -> str | None:
    """A name without spaces and with one kind of middle dot; None when empty."""
    return "".join((text or "").split()).replace("•", "·").replace("．", "·") or None
