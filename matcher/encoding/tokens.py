"""Token units of the shipped encoder (编码单元).

Which units, and how many, was settled by experiment: models/encoder/experiments.md.
"""

from __future__ import annotations

import hashlib
import re

from matcher.lexicon.words import domain_words
from matcher.text.segment import segmenter

MAX_ENCODED_CHARS = 800  # 96 % of postings are shorter; the rest is mostly benefits and company history
UNITS = "words+characters+bigrams/2"  # recorded with the model; a change here needs a new model

_HAN = re.compile(r"[\u4e00-\u9fff]+")


def encoder_tokens(text: str) -> list[str]:
    """Search words, Han characters and Han bigrams of `text`, each once, in a fixed order.

    A bigram and a word of two letters are the same token, so that a cut made elsewhere changes little.
    Characters and bigrams stand in for words that the dictionary or the model does not know. Empty when the
    text holds no letter or digit.
    """
    text = text[:MAX_ENCODED_CHARS]
    words = segmenter().search_words(text)
    tokens = dict.fromkeys([word for word in words if word[0].isalnum() or word[-1].isalnum()])
    for run in _HAN.findall(text):
        tokens.update(dict.fromkeys(run))
        tokens.update(dict.fromkeys(map(str.__add__, run, run[1:])))
    return list(tokens)


def words_digest() -> str:
    """SHA-256 of the words laid over the segmenter's dictionary."""
    lines = "\n".join(f"{word}\t{frequency}" for word, frequency in domain_words())
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
