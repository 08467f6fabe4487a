"""What lies in a model folder, and the proof that it is intact (模型文件).

The shipped folder is an ordinary SentenceTransformer directory plus two files: `matcher.json`, the marker
that says its input is segmented by us, and `manifest.json`, the SHA-256 of every other file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from matcher.errors import Unavailable

MARKER = "matcher.json"
MANIFEST = "manifest.json"
OUR_SEGMENTATION = "matcher"
# These may run code when they are read.
UNSAFE_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".py"})
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Marker:
    """What the shipped model was made with.

    segmentation: "matcher": its input is `encoder_tokens` joined by blanks. units: name of the token units.
    words_digest: digest of the domain words at training time. dim: vector length.
    """

    segmentation: str
    units: str
    words_digest: str
    dim: int


def read_marker(folder: Path) -> Marker | None:
    """The marker, or None for a SentenceTransformer folder of another origin."""
    path = folder / MARKER
    if not path.exists():
        return None
    try:
        return Marker(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise Unavailable(f"编码模型标记文件损坏:{path.name},请重新安装模型", detail=repr(error)) from error


def seal(folder: Path, marker: Marker) -> str:
    """Write the marker and the manifest of `folder`; returns the model id."""
    (folder / MARKER).write_text(json.dumps(asdict(marker), indent=1) + "\n", encoding="utf-8")
    digests = file_digests(folder)
    (folder / MANIFEST).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    return model_id(digests)


def verify(folder: Path) -> str:
    """Compare every file with the manifest; returns the model id.

    Raises Unavailable when the manifest is missing or unreadable, or a file is missing, added or changed.
    """
    try:
        expected = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        named = dict(expected)
    except (OSError, ValueError, TypeError) as error:
        raise Unavailable("编码模型缺少可读的清单,请重新安装模型", detail=repr(error)) from error
    found = file_digests(folder)
    for name in sorted(named.keys() | found.keys()):
        if named.get(name) != found.get(name):
            raise Unavailable(f"编码模型文件校验不符:{name},请重新安装模型", detail=f"{folder}: {name}")
    return model_id(found)


def file_digests(folder: Path) -> dict[str, str]:
    """Relative path -> SHA-256 of every file but the manifest."""
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def model_id(digests: Mapping[str, str]) -> str:
    """One short name for exactly these files."""
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()[:16]


def refuse_unsafe(folder: Path) -> None:
    """Raise Unavailable when the folder holds weights or code that could run when read."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in UNSAFE_SUFFIXES:
            raise Unavailable(
                f"编码模型含不安全的文件 {path.name}:只接受 safetensors 权重,请转换后再配置", detail=str(path)
            )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as blocks:
        while block := blocks.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
