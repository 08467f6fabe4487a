"""Writing a ranker artifact that `TrainedScorer.load` accepts (模型文件).

The heads carry their digest in their name and the manifest, which names them, is put in place last by one rename: a
reader sees the old model or the new one, whenever the power fails.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import skops.io

from matcher.ranking.feature_table import Head, features
from matcher.ranking.trained_scorer import FORMAT, MANIFEST


def write_artifact(
    folder: Path,
    heads: Mapping[Head, Any],
    blends: Mapping[Head, Mapping[str, Any]],
    *,
    trained_on: Mapping[str, Any],
    figures: Mapping[str, Any] | None = None,
) -> str:
    """Write one skops file a head, then the manifest; returns the model id (digest of both heads).

    blends: gain, intercept, slopes and unknown of each head, as `trained_scorer.Blend`. trained_on: data, split and,
    under "encoder", the encoder whose text scores were learnt. figures: what the model was measured at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _named_heads(folder)
    entries: dict[str, Any] = {}
    total = hashlib.sha256()
    for head in Head:
        data = skops.io.dumps(heads[head])
        total.update(data)
        digest = hashlib.sha256(data).hexdigest()
        file = f"{head.value}-{digest[:12]}.skops"
        _put(folder / file, data)
        entries[head.value] = {"file": file, "sha256": digest, **blends[head]}
    model_id = f"ranker-{total.hexdigest()[:12]}"
    manifest = {
        "format": FORMAT,
        "model_id": model_id,
        "features": [feature.name for feature in features()],
        "heads": entries,
        "trained_on": dict(trained_on),
        "figures": dict(figures or {}),
    }
    _put(folder / MANIFEST, (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
    kept = before | {str(entry["file"]) for entry in entries.values()}  # a reader may still be opening the old ones
    for old in folder.glob("*.skops"):
        if old.name not in kept:
            old.unlink()
    return model_id


def _named_heads(folder: Path) -> set[str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(entry["file"]) for entry in manifest["heads"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def _put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    making = path.with_name(f"{path.name}.making.{os.getpid()}")
    try:
        with making.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
