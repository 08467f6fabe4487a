"""A catalogue on disk: a cache that proves itself before it is used (索引快照).

FAISS loads a file with flipped bits without a word (measured), so every file's SHA-256 is checked against
the manifest before any of it is parsed. Any mismatch raises `SnapshotMismatch`; the caller rebuilds from the
database.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from matcher.errors import MatcherError
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.lexical import LexicalIndex
from matcher.retrieval.snapshot_stamp import SnapshotMismatch, Stamp, read_manifest, write_manifest
from matcher.retrieval.table import Table
from matcher.retrieval.vectors import VectorIndex, faiss

FORMAT = 1

C = TypeVar("C", bound=Table)


def save_snapshot(folder: Path, catalogue: Catalogue[Any], stamp: Stamp) -> None:
    """Write the catalogue beside `folder` and move it into place in one rename."""
    making = folder.with_name(f"{folder.name}.making.{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    vocabulary, lexical = catalogue.lexical.state()
    (making / "ids.json").write_text(
        json.dumps({"ids": catalogue.ids, "vocabulary": vocabulary}, ensure_ascii=False), encoding="utf-8"
    )
    _save_arrays(making / "lexical.npz", lexical)
    rows = {"alive": catalogue.alive, "groups": catalogue.groups}
    _save_arrays(making / "rows.npz", rows)
    _save_arrays(making / "columns.npz", catalogue.columns.to_arrays())
    faiss.write_index(catalogue.vectors.raw, str(making / "vectors.faiss"))
    files = {path.name: _digest(path) for path in sorted(making.iterdir())}
    manifest = {
        "format": FORMAT,
        "rows": len(catalogue.ids),
        "dim": catalogue.vectors.dim,
        "stamp": asdict(stamp),
        "files": files,
    }
    write_manifest(making, manifest)
    for path in making.iterdir():
        _sync(path)
    _sync(making)
    retired = folder.with_name(f"{folder.name}.retired.{os.getpid()}")
    shutil.rmtree(retired, ignore_errors=True)
    if folder.exists():
        folder.rename(retired)
    making.rename(folder)
    _sync(folder.parent)
    shutil.rmtree(retired, ignore_errors=True)


def load_snapshot(folder: Path, catalogue: Catalogue[C], *, model_id: str, lexicon: str) -> Stamp:
    """Fill an empty catalogue from `folder`.

    Raises SnapshotMismatch when the snapshot is absent, damaged, or made with another model, lexicon or size;
    the catalogue is then unchanged.
    """
    manifest = read_manifest(folder)
    stamp = Stamp(**manifest["stamp"])
    expected = {
        "format": (manifest["format"], FORMAT),
        "model": (stamp.model_id, model_id),
        "lexicon": (stamp.lexicon, lexicon),
        "dim": (manifest["dim"], catalogue.vectors.dim),
    }
    for name, (found, wanted) in expected.items():
        if found != wanted:
            raise SnapshotMismatch(f"{name}: snapshot has {found}, this service has {wanted}")
    for name, digest in manifest["files"].items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise SnapshotMismatch(f"{name} is missing or its digest differs")
    try:
        _restore(folder, catalogue)
    except (ValueError, KeyError, RuntimeError, OSError, MatcherError) as error:
        raise SnapshotMismatch(f"cannot be read: {error}") from error
    return stamp


def _save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    np.savez(path, allow_pickle=False, **arrays)


def _restore(folder: Path, catalogue: Catalogue[C]) -> None:
    names = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
    with np.load(folder / "lexical.npz", allow_pickle=False) as arrays:
        lexical = LexicalIndex.from_state(names["vocabulary"], dict(arrays))
    with np.load(folder / "columns.npz", allow_pickle=False) as arrays:
        columns = type(catalogue.columns).from_arrays(dict(arrays))
    with np.load(folder / "rows.npz", allow_pickle=False) as arrays:
        alive, groups = arrays["alive"], arrays["groups"]
    vectors = VectorIndex(catalogue.vectors.dim, faiss.read_index(str(folder / "vectors.faiss")))
    catalogue.restore(names["ids"], alive, groups, columns, lexical, vectors)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
