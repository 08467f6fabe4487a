"""Token units of the shipped encoder (编码单元).

Which units, and how many, was settled by experiment: models/encoder/experiments.md.
"""

from __future__ import annotations

import hashlib
import re
from operator import add

from matcher.lexicon.words import domain_words
from matcher.text.segment import segmenter

MAX_ENCODED_CHARS = 600  # nine postings in ten are shorter; the rest is mostly benefits and company history
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
    runs = " ".join(_HAN.findall(text))
    tokens.update(dict.fromkeys(runs))
    tokens.update(dict.fromkeys(map(add, runs, runs[1:])))
    # What bridges two runs is no bigram; dropping it here is faster than going run by run.
    return [token for token in tokens if " " not in token]


def words_digest() -> str:
    """SHA-256 of the words laid over the segmenter's dictionary."""
    lines = "\n".join(f"{word}\t{frequency}" for word, frequency in domain_words())
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
