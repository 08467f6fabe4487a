"""The one file in which a fair travels, sealed with a passphrase (脱网文件).

    "MFAIR1" · 16 bytes salt · 12 bytes nonce · AES-256-GCM of a zip

The key comes from the passphrase by scrypt; without the passphrase nobody can open the file, the office neither.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import InvalidInput
from matcher.services.whole_files import whole_bytes

MAGIC = b"MFAIR1"
SALT, NONCE = 16, 12
LEAST_PASSPHRASE = 8
MOST_BYTES = 512 * 1024 * 1024
_COST, _BLOCK = 2**15, 8  # 32 MiB and a tenth of a second for each guess


@dataclass(frozen=True)
class Seal:
    """A key made of a passphrase. Raises InvalidInput for one that is too short."""

    passphrase: str = field(repr=False)
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(SALT))
    key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.passphrase) < LEAST_PASSPHRASE:
            raise InvalidInput(f"口令至少 {LEAST_PASSPHRASE} 个字；文件里有姓名和电话")
        made = hashlib.scrypt(
            self.passphrase.encode(), salt=self.salt, n=_COST, r=_BLOCK, p=1, maxmem=2**27, dklen=32
        )
        object.__setattr__(self, "key", made)


def write_sealed(path: Path, parts: dict[str, bytes], seal: Seal) -> None:
    """Seal the parts into the file, whole or not at all, readable by its owner alone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    nonce = secrets.token_bytes(NONCE)
    body = AESGCM(seal.key).encrypt(nonce, packed.getvalue(), MAGIC + seal.salt)
    whole_bytes(path, MAGIC + seal.salt + nonce + body)


def read_sealed(path: Path, passphrase: str) -> tuple[dict[str, bytes], Seal]:
    """The parts of a file, and its seal to write it again.

    Raises InvalidInput for another file, a wrong passphrase, or content that was changed.
    """
    if not path.is_file():
        raise InvalidInput(f"没有这个文件：{path.name}")
    blob = path.read_bytes()
    head = len(MAGIC) + SALT
    if not blob.startswith(MAGIC) or len(blob) < head + NONCE or len(blob) > MOST_BYTES:
        raise InvalidInput(f"{path.name} 不是招聘会脱网文件（应由 matcher fair export 导出）")
    seal = Seal(passphrase, blob[len(MAGIC) : head])
    try:
        packed = AESGCM(seal.key).decrypt(blob[head : head + NONCE], blob[head + NONCE :], blob[:head])
    except InvalidTag:
        raise InvalidInput("口令不对，或文件已损坏") from None
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, seal
