"""The keys, in one file outside the database (密钥文件).

INVARIANTS
- The file is readable by its owner alone (0600) and is replaced whole: temp file, fsync, rename.
- A data key is never removed while it is the active one; ciphertext names its key by number.
- The look-up key and the audit key never change: rotating them would orphan hashes already stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import Conflict, InvalidInput, NotFound, Unavailable

KEY_BYTES = 32
_FORMAT = 1
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Keyring:
    """Data keys by number, one of them active, beside a look-up key and an audit key of their own."""

    def __init__(
        self, path: Path, *, keys: dict[int, bytes], active: int, lookup_key: bytes, audit_key: bytes
    ) -> None:
        self.path = path
        self.active = active
        self._keys = keys
        self._lookup_key = lookup_key
        self._audit_key = audit_key
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}

    @classmethod
    def create(cls, path: Path) -> Keyring:
        """Write a new key file with fresh random keys. Raises Conflict when the file exists."""
        if path.exists():
            raise Conflict(f"密钥文件已存在：{path.name}；不会覆盖，换钥请用轮换命令")
        ring = cls(
            path,
            keys={1: secrets.token_bytes(KEY_BYTES)},
            active=1,
            lookup_key=secrets.token_bytes(KEY_BYTES),
            audit_key=secrets.token_bytes(KEY_BYTES),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        ring._write()
        return ring

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read the key file.

        Raises NotFound when it is missing, Unavailable when others may read it, InvalidInput when damaged.
        """
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            raise NotFound(f"找不到密钥文件 {path.name}；请从备份恢复，没有它个人信息无法解密") from None
        if mode & _OTHERS:
            raise Unavailable(f"密钥文件 {path.name} 可被其他用户读取；请先执行 chmod 600")
        try:
            content = json.loads(path.read_text(encoding="ascii"))
            return cls(path, **_decoded(content))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InvalidInput(f"密钥文件 {path.name} 已损坏；请从备份恢复") from None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the data keys held, ascending."""
        return tuple(sorted(self._keys))

    def add_key(self) -> int:
        """Add a fresh data key, make it the active one and save; returns its number."""
        number = max(self._keys) + 1
        key = secrets.token_bytes(KEY_BYTES)
        self._keys[number] = key
        self._ciphers[number] = AESGCM(key)
        self.active = number
        self._write()
        return number

    def drop_key(self, number: int) -> None:
        """Forget a data key for good; call it only after rotation says that nothing uses it."""
        if number == self.active:
            raise Conflict(f"密钥 {number} 正在使用，不能删除")
        if number not in self._keys:
            raise NotFound(f"没有编号为 {number} 的密钥")
        del self._keys[number], self._ciphers[number]
        self._write()

    def cipher(self, number: int) -> AESGCM:
        """The AES-256-GCM cipher of one data key. Raises Unavailable when the key is not held."""
        try:
            return self._ciphers[number]
        except KeyError:
            raise Unavailable(f"密钥文件缺少编号 {number} 的密钥；请从备份恢复密钥文件") from None

    def lookup_hash(self, kind: str, value: str) -> str:
        """Keyed hash (HMAC-SHA256, 64 hex digits) to find an encrypted value by equality.

        kind: what the value is ("phone", "id_number"), so that equal texts of two kinds differ.
        """
        message = f"{kind}\0{value}".encode()
        return hmac.new(self._lookup_key, message, hashlib.sha256).hexdigest()

    def audit_hash(self, message: bytes) -> str:
        """Keyed hash (HMAC-SHA256, 64 hex digits) of one link of the audit chain."""
        return hmac.new(self._audit_key, message, hashlib.sha256).hexdigest()

    def derived_key(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose ("push-answer-link"), always the same, of no use for any other."""
        return hmac.new(self._lookup_key, f"derived-key\0{purpose}".encode(), hashlib.sha256).digest()

    def __repr__(self) -> str:
        return f"Keyring({self.path.name!r}, keys={self.numbers}, active={self.active})"

    def _write(self) -> None:
        content = {
            "format": _FORMAT,
            "active": self.active,
            "keys": {str(n): _text(key) for n, key in sorted(self._keys.items())},
            "lookup_key": _text(self._lookup_key),
            "audit_key": _text(self._audit_key),
        }
        temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)
        _sync_folder(self.path.parent)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("key length")
    return key


def _decoded(content: dict[str, Any]) -> dict[str, Any]:
    if content["format"] != _FORMAT:
        raise ValueError("format")
    keys = {int(number): _key(text) for number, text in content["keys"].items()}
    if content["active"] not in keys:
        raise ValueError("active")
    return {
        "keys": keys,
        "active": content["active"],
        "lookup_key": _key(content["lookup_key"]),
        "audit_key": _key(content["audit_key"]),
    }


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
