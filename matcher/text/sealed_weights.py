"""Trained weights that open only as they were sealed: a manifest and one safetensors file with its SHA-256 (封存的权重)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors

from matcher.errors import Unavailable

MANIFEST = "manifest.json"

Tensors = dict[str, NDArray[np.float32]]


def open_sealed(folder: Path, version: int, *, of: str) -> tuple[Tensors, dict[str, Any]]:
    """Tensors and manifest of an artifact folder.

    version: of the format this program reads; of: what the weights are for, in words for a person.
    Raises Unavailable when a file is absent, changed or of another format.
    """
    try:
        manifest = cast(dict[str, Any], json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        data = (folder / str(manifest["file"])).read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"{of}的模型文件缺失或损坏，请恢复模型文件", detail=str(error)) from error
    if manifest.get("format") != version:
        raise Unavailable(f"{of}的模型格式与程序不一致，请重新训练")
    if manifest_digest(manifest, data) != manifest.get("sha256"):
        raise Unavailable(f"{of}的模型文件与清单的校验值不符，已拒绝加载")
    return cast(Tensors, load_tensors(data)), manifest


def write_sealed(folder: Path, manifest: Mapping[str, Any], data: bytes) -> None:
    """Write the weights under the name the manifest gives them, and the manifest with their digest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(manifest["file"])).write_bytes(data)
    sealed = {**manifest, "sha256": manifest_digest(manifest, data)}
    (folder / MANIFEST).write_text(json.dumps(sealed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def manifest_digest(manifest: Mapping[str, Any], data: bytes) -> str:
    """SHA-256 of the weights and of everything else the manifest says."""
    said = {key: value for key, value in manifest.items() if key != "sha256"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8") + b"\0" + data).hexdigest()
