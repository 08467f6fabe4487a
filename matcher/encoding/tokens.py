"""Token units of the shipped encoder (编码单元).

Which units, and how many, was settled by experiment: models/encoder/experiments.md.
"""

from __future__ import annotations

import hashlib
import re

from matcher.lexicon.words import domain_words
from matcher.text.normalise import fold_case
from matcher.text.segment import segmenter

MAX_ENCODED_CHARS = 1_200  # 97 % of postings are shorter; the rest is mostly benefits and company history
BIGRAM_MARK = "·"  # keeps a bigram apart from the word of the same letters
UNITS = "words+characters+bigrams"  # recorded with the model; a change here needs a new model

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_SAYS_SOMETHING = re.compile(r"[\u4e00-\u9fffa-z0-9]")


def encoder_tokens(text: str) -> list[str]:
    """Search words, Han characters and Han bigrams of `text`, each once.

    Empty when the text holds no letter or digit. Characters and bigrams stand in for words that the dictionary or the model does not know.
    """
    folded = fold_case(text[:MAX_ENCODED_CHARS])
    tokens = dict.fromkeys(word for word in segmenter().search_words(folded) if _SAYS_SOMETHING.search(word))
    for run in _HAN.findall(folded):
        tokens.update(dict.fromkeys(run))
        tokens.update(dict.fromkeys(BIGRAM_MARK + run[i : i + 2] for i in range(len(run) - 1)))
    return list(tokens)


def words_digest() -> str:
    """SHA-256 of the words laid over the segmenter's dictionary."""
    lines = "\n".join(f"{word}\t{frequency}" for word, frequency in domain_words())
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
