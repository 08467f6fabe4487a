"""Tokens of the lexical index: search words and character bigrams (词面单元).

Words alone miss what the dictionary does not know; bigrams catch it. On the dev source, title → own text,
words with bigrams beat words alone (see benchmarks/results). Source: Kwok 1997; Nie & Ren 1999.
"""

from __future__ import annotations

import re

from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.text.normalise import fold_case
from matcher.text.segment import segmenter

TITLE_REPEATS = 2  # a word of the title counts as often as this many in the text
MAX_INDEXED_CHARS = 4_000

_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")


def lexical_tokens(text: str) -> list[str]:
    """Search words (single letters and signs dropped) and Han bigrams, in one list."""
    folded = fold_case(text[:MAX_INDEXED_CHARS])
    words = [word for word in segmenter().search_words(folded) if len(word) > 1]
    bigrams = [run[i : i + 2] for run in _HAN.findall(folded) for i in range(len(run) - 1)]
    # A bigram that is also a word would count twice; the prefix keeps the two vocabularies apart.
    return words + ["2" + bigram for bigram in bigrams]


def posting_tokens(posting: Posting) -> list[str]:
    """Tokens of a posting, its title weighted up."""
    title = " ".join((posting.title, *posting.tags))
    return lexical_tokens(title) * TITLE_REPEATS + lexical_tokens(f"{posting.duties}\n{posting.requirements}")


def worker_tokens(worker: Worker) -> list[str]:
    """Tokens of what a worker wants and can do."""
    return lexical_tokens(worker_wish(worker))


def worker_wish(worker: Worker) -> str:
    """The words of a worker file that name work: the wish, the skills, the occupations.

    Falls back to the whole sentence when nothing in it was recognised as a wish.
    """
    known = (worker.wish_text, *worker.skills)
    named = " ".join(part for part in known if part)
    if named:
        return named
    return " ".join(occupation.name for occupation in worker.occupations) or worker.text
