"""Writing a ranker artifact that `TrainedScorer.load` accepts (模型文件)."""

from __future__ import annotations

import hashlib
import json
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
) -> str:
    """Write one skops file a head, then the manifest; returns the model id (digest of both heads).

    blends: gain, intercept, slopes and unknown of each head, as `trained_scorer.Blend`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries: dict[str, Any] = {}
    total = hashlib.sha256()
    for head in Head:
        data = skops.io.dumps(heads[head])
        total.update(data)
        file = f"{head.value}.skops"
        (folder / file).write_bytes(data)
        entries[head.value] = {"file": file, "sha256": hashlib.sha256(data).hexdigest(), **blends[head]}
    model_id = f"ranker-{total.hexdigest()[:12]}"
    manifest = {
        "format": FORMAT,
        "model_id": model_id,
        "features": [feature.name for feature in features()],
        "heads": entries,
        "trained_on": dict(trained_on),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return model_id
