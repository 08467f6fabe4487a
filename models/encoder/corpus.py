"""Postings as token-count matrices, one per field, for training and evaluation (语料).

Nothing here is written to disk: the text of the postings stays outside the project.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

FIELDS = ("title", "duties", "requirements", "tags")
Tokens = list[str]
Tokenise = Callable[[str], Tokens]


@dataclass
class Corpus:
    """Postings in rows.

    rows:   the records as read. split: (n,) 'train', 'dev_in' or 'dev'.
    group:  (n,) int near-duplicate group. position: (n,) weak occupation name, '' when unknown.
    family: (n,) coarse occupation family. blue: (n,) bool weak blue-collar flag.
    tokens: field -> token lists, one per row.
    """

    rows: list[dict[str, Any]]
    split: np.ndarray
    group: np.ndarray
    position: np.ndarray
    family: np.ndarray
    blue: np.ndarray
    tokens: dict[str, list[Tokens]]

    def rows_of(self, *splits: str) -> np.ndarray:
        """Row numbers of the named splits."""
        return np.flatnonzero(np.isin(self.split, splits))


def read_postings(path: Path) -> list[dict[str, Any]]:
    """Records of a .jsonl or .jsonl.gz file."""
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def field_text(row: dict[str, Any], field: str) -> str:
    """One field as text; the description loses any repetition of the title."""
    title = row.get("title") or ""
    if field == "title":
        return str(title)
    if field == "tags":
        return " ".join(row.get("tags") or ())
    text = row.get("description" if field == "duties" else "requirements") or ""
    return str(text).replace(title, " ") if len(title) > 1 else str(text)


Progress = Callable[[Iterable[Any]], Iterable[Any]]


def load_corpus(postings: Path, tokenise: Tokenise | None, progress: Progress) -> Corpus:
    """Read `postings` and tokenise them unless `tokenise` is None.

    Weak labels come from `postings_aux.csv` beside it when it is there.
    """
    rows = read_postings(postings)
    tokens: dict[str, list[Tokens]] = {field: [] for field in FIELDS}
    if tokenise is not None:
        for row in progress(rows):
            for field in FIELDS:
                tokens[field].append(tokenise(field_text(row, field)))
    labels = _labels(postings.parent / "postings_aux.csv")
    of_row = [labels.get((row.get("source"), row.get("id")), {}) for row in rows]
    # Without labels every row is its own group and counts as training data.
    return Corpus(
        rows=rows,
        split=np.array([row.get("split") or "train" for row in rows]),
        group=np.array([int(label.get("neardup_group") or -1 - n) for n, label in enumerate(of_row)]),
        position=np.array([label.get("occ_l3", "") for label in of_row]),
        family=np.array([label.get("occ_l1", "") for label in of_row]),
        blue=np.array([label.get("blue_collar") == "1" for label in of_row]),
        tokens=tokens,
    )


def _labels(path: Path) -> dict[tuple[Any, Any], dict[str, str]]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as lines:
        return {(row["source"], row["id"]): row for row in csv.DictReader(lines)}


def vocabulary(documents: Iterable[Sequence[str]], *, min_documents: int, limit: int) -> list[str]:
    """Tokens in at least `min_documents` documents, most frequent first, at most `limit`."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(set(document))
    return [token for token, n in counts.most_common(limit) if n >= min_documents]


def count_matrix(documents: Sequence[Sequence[str]], index: dict[str, int]) -> sparse.csr_matrix:
    """(documents, vocabulary) float32 token counts; unknown tokens dropped."""
    indptr, indices = [0], []
    for document in documents:
        indices.extend(index[token] for token in document if token in index)
        indptr.append(len(indices))
    matrix = sparse.csr_matrix(
        (np.ones(len(indices), np.float32), np.array(indices, np.int32), np.array(indptr)),
        shape=(len(documents), len(index)),
    )
    matrix.sum_duplicates()
    return matrix
