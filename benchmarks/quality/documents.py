"""The postings that are ranked: real ones of the splits that training never saw (被排序的岗位)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import POSTINGS
from matcher.domain.posting import Posting
from matcher.text.occupation import code_occupation
from matcher.text.posting_reader import posting_from_row
from models.encoder.corpus import Corpus, load_corpus

SHORT_TEXT = 120  # characters; below, a posting has little but its title


@dataclass(frozen=True)
class Documents:
    """Postings in the order in which runs number them.

    rows: (n,) corpus rows. postings: parsed. Where titles are hidden, so are tags and the title's words in the text.
    """

    rows: NDArray[np.int64]
    postings: list[Posting]
    titles_shown: bool

    def __len__(self) -> int:
        return len(self.postings)

    @property
    def heads(self) -> list[str]:
        """Title and tags; empty where they are hidden."""
        return [" ".join((p.title, *p.tags)) if self.titles_shown else "" for p in self.postings]

    @property
    def bodies(self) -> list[str]:
        """Duties and requirements."""
        return [f"{p.duties}\n{p.requirements}" for p in self.postings]


@lru_cache(maxsize=1)
def corpus(path: Path = POSTINGS) -> Corpus:
    """All shared postings as read, with their weak labels; not tokenised."""
    return load_corpus(path, None, lambda rows: rows)


def documents(rows: NDArray[np.int64], *, titles_shown: bool) -> Documents:
    """The postings of some corpus rows."""
    whole = [posting_from_row(corpus().rows[row]) for row in rows]
    return Documents(rows, whole if titles_shown else [without_title(p) for p in whole], titles_shown)


def without_title(posting: Posting) -> Posting:
    """The posting as its text alone shows it: title cut out, occupations coded again from what is left."""
    duties = posting.duties.replace(posting.title, " ")
    requirements = posting.requirements.replace(posting.title, " ")
    return replace(
        posting,
        title="",
        tags=(),
        duties=duties,
        requirements=requirements,
        occupations=code_occupation("", f"{duties}\n{requirements}"),
    )
