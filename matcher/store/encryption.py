"""Encrypted columns: AES-256-GCM under a key outside the database (列加密).

A stored value is: version (1 byte) · key number (4 bytes) · nonce (12 random bytes) · ciphertext and tag.
The column's name is authenticated with it, so a value moved to another column no longer opens.
"""

from __future__ import annotations

import os
import struct
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from matcher.errors import InvalidInput, Unavailable
from matcher.store.keyring import Keyring

VERSION = 1
_HEADER = struct.Struct(">BI")
PREFIX_BYTES = _HEADER.size
_NONCE_BYTES = 12
_HASH_CHARS = 64


def prefix(key_number: int) -> bytes:
    """The first bytes of every value sealed under a key."""
    return _HEADER.pack(VERSION, key_number)


def seal(keyring: Keyring, place: str, text: str) -> bytes:
    """Encrypt a text for one place ("table.column") under the active key."""
    head = prefix(keyring.active)
    nonce = os.urandom(_NONCE_BYTES)
    sealed: bytes = keyring.cipher(keyring.active).encrypt(nonce, text.encode(), head + place.encode())
    return head + nonce + sealed


def unseal(keyring: Keyring, place: str, blob: bytes) -> str:
    """Decrypt what `seal` made for the same place.

    Raises InvalidInput when the value was altered or comes from another column.
    """
    if len(blob) < PREFIX_BYTES + _NONCE_BYTES:
        raise InvalidInput(f"{place} 的密文不完整；请从备份恢复")
    version, key_number = _HEADER.unpack_from(blob)
    if version != VERSION:
        raise InvalidInput(f"{place} 的密文版本 {version} 不受支持；请升级程序")
    nonce = blob[PREFIX_BYTES : PREFIX_BYTES + _NONCE_BYTES]
    body = blob[PREFIX_BYTES + _NONCE_BYTES :]
    try:
        text: bytes = keyring.cipher(key_number).decrypt(nonce, body, blob[:PREFIX_BYTES] + place.encode())
    except InvalidTag:
        raise InvalidInput(f"{place} 的密文被改动或放错了列；请从备份恢复该行") from None
    return text.decode()


def hold_keyring(dialect: Dialect, keyring: Keyring | None) -> None:
    """Give an engine's dialect the keys that its encrypted columns use."""
    dialect.__dict__["matcher_keyring"] = keyring


def keyring_of(dialect: Dialect) -> Keyring:
    """The keys of an engine's dialect. Raises Unavailable when it was opened without any."""
    keyring = dialect.__dict__.get("matcher_keyring")
    if not isinstance(keyring, Keyring):
        raise Unavailable("数据库未带密钥文件打开，不能读写个人信息")
    return keyring


class EncryptedText(TypeDecorator[str]):
    """Text that is sealed on the way in and opened on the way out.

    place: "table.column", authenticated with every value; a guard test compares it with the real column.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return seal(keyring_of(dialect), self.place, str(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return unseal(keyring_of(dialect), self.place, bytes(value))


class KeyedHash(TypeDecorator[str]):
    """A look-up hash made by `Keyring.lookup_hash`; plain text is refused so that none slips in."""

    impl = String(_HASH_CHARS)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or len(value) != _HASH_CHARS or not value.isalnum():
            raise InvalidInput("检索列只接受密钥散列值，不接受原文")
        return value
