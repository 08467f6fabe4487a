"""Fixtures of the retrieval tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tiny_columns import DIM, TinyColumns, groups, unit_vectors

from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.lexical import numbered


@pytest.fixture
def empty_catalogue() -> Catalogue[TinyColumns]:
    return Catalogue(TinyColumns.blank(0), DIM)


@pytest.fixture
def make_catalogue() -> Callable[[int], Catalogue[TinyColumns]]:
    def make(rows: int, seed: int = 1) -> Catalogue[TinyColumns]:
        catalogue = Catalogue(TinyColumns.blank(0), DIM)
        words = ["电焊", "瓦工", "贴砖", "保洁", "日结", "夜班"]
        rng = np.random.default_rng(seed)
        documents = [list(rng.choice(words, size=4)) for _ in range(rows)]
        ids = [f"p{n}" for n in range(rows)]
        catalogue.put(
            ids, TinyColumns.blank(rows), numbered(documents), unit_vectors(seed, rows), groups(rows)
        )
        return catalogue

    return make
