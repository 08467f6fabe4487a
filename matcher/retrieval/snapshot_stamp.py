"""What a snapshot says of itself: its stamp and sealed manifest, readable without loading the index (快照印记)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
POSTINGS = "postings"
"""Folder of the posting catalogue among the snapshots; worker texts never have one."""


class SnapshotMismatch(Exception):
    """The snapshot is absent, damaged or made for something else; the message says which."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a snapshot was made of; all of it must agree before it is used.

    model_id: digest of the encoder. lexicon: version of the segmentation and rule data.
    high_water_mark: last change number of the database that is in it.
    """

    model_id: str
    lexicon: str
    high_water_mark: int


def read_stamp(folder: Path) -> Stamp:
    """The stamp of the snapshot in `folder`; raises SnapshotMismatch when there is none to read."""
    return Stamp(**read_manifest(folder)["stamp"])


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the snapshot in `folder`; raises SnapshotMismatch when it is absent or was changed."""
    try:
        sealed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        body: dict[str, Any] = sealed["body"]
        seal = sealed["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotMismatch(f"no manifest: {error}") from error
    if _seal(body) != seal:
        raise SnapshotMismatch("the manifest's own digest differs")
    return body


def write_manifest(folder: Path, body: dict[str, Any]) -> None:
    """Write the manifest, sealed with its own digest."""
    sealed = {"body": body, "sha256": _seal(body)}
    (folder / MANIFEST).write_text(json.dumps(sealed, indent=1), encoding="utf-8")


def _seal(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
