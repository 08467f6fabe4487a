"""The systems we are compared with, each trained or indexed on the same postings in the same run (同场对照).

Every system maps queries to a (queries, documents) score matrix. Trained ones (LSA, fastText, doc2vec) learn from the
train split only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import bm25s
import numpy as np
from gensim.models import Doc2Vec, FastText
from gensim.models.doc2vec import TaggedDocument
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.quality.documents import Documents
from matcher.encoding.encoder import Encoder
from matcher.encoding.postings import mean_direction
from matcher.retrieval.tokens import TITLE_REPEATS, lexical_tokens
from matcher.text.normalise import fold_case
from matcher.text.segment import segmenter

Scores = NDArray[np.float32]
DIMENSIONS = 128
THREADS = 2
PRETRAINED = "MATCHER_PEER_ENCODER"


class Peer(Protocol):
    """A way of ranking documents for texts."""

    def scores(self, queries: Sequence[str], documents: Documents) -> Scores: ...


def words(text: str) -> list[str]:
    """Search words of the project's dictionary, in lower case."""
    return [word for word in segmenter().search_words(fold_case(text)) if len(word) > 1]


def full_texts(documents: Documents) -> list[str]:
    """Head, as often as our own index counts it, and body."""
    pairs = zip(documents.heads, documents.bodies, strict=True)
    return [f"{head}\n" * TITLE_REPEATS + body for head, body in pairs]


@dataclass(frozen=True)
class Bm25:
    """bm25s, Lucene variant, default parameters."""

    tokens: Callable[[str], list[str]]

    def scores(self, queries: Sequence[str], documents: Documents) -> Scores:
        index = bm25s.BM25(method="lucene")
        index.index([self.tokens(text) for text in full_texts(documents)], show_progress=False)
        found = np.zeros((len(queries), len(documents)), np.float32)
        for number, query in enumerate(queries):
            known = [token for token in dict.fromkeys(self.tokens(query)) if token in index.vocab_dict]
            if known:
                found[number] = index.get_scores(known)
        return found


@dataclass(frozen=True)
class TfIdf:
    """Cosine of TF-IDF vectors over words, or over one to three characters."""

    characters: bool

    def scores(self, queries: Sequence[str], documents: Documents) -> Scores:
        vectors = (
            TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
            if self.characters
            else TfidfVectorizer(analyzer=words, sublinear_tf=True)
        )
        matrix = vectors.fit_transform([fold_case(text) for text in full_texts(documents)])
        asked = vectors.transform([fold_case(query) for query in queries])
        return np.asarray((asked @ matrix.T).toarray(), np.float32)


class Embedded:
    """Cosine of vectors that some trained model gives to a text."""

    def __init__(self, vectors: Callable[[Sequence[str]], NDArray[np.float32]]) -> None:
        self._vectors = vectors

    def scores(self, queries: Sequence[str], documents: Documents) -> Scores:
        return np.asarray(
            unit(self._vectors(queries)) @ unit(self._vectors(full_texts(documents))).T, np.float32
        )


class Dense:
    """An encoder alone: a document is the mean direction of head and body, as in our index."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def scores(self, queries: Sequence[str], documents: Documents) -> Scores:
        vectors = mean_direction(self._encoder, documents.heads, documents.bodies)
        return np.asarray(self._encoder.encode(list(queries)) @ vectors.T, np.float32)


def lsa(train: Sequence[str], *, seed: int) -> Embedded:
    """Latent semantic analysis: truncated SVD of TF-IDF over words."""
    vectors = TfidfVectorizer(analyzer=words, sublinear_tf=True, min_df=3)
    matrix = vectors.fit_transform(train)
    reduced = TruncatedSVD(DIMENSIONS * 2, random_state=seed).fit(matrix)
    return Embedded(lambda texts: np.asarray(reduced.transform(vectors.transform(texts)), np.float32))


def fast_text(train: Sequence[str], *, seed: int) -> Embedded:
    """gensim fastText on the same words; a text is the mean of its words' unit vectors."""
    model = FastText(
        [words(text) for text in train],
        vector_size=DIMENSIONS,
        min_n=1,
        max_n=2,
        min_count=3,
        bucket=200_000,
        epochs=5,
        seed=seed,
        workers=THREADS,
    )

    def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array(
            [
                model.wv.get_mean_vector(words(text) or [" "], pre_normalize=True, ignore_missing=True)
                for text in texts
            ],
            np.float32,
        )

    return Embedded(vectors)


def doc2vec(train: Sequence[str], *, seed: int) -> Embedded:
    """gensim doc2vec (distributed bag of words) on the same words."""
    tagged = [TaggedDocument(words(text), [number]) for number, text in enumerate(train)]
    model = Doc2Vec(
        tagged, vector_size=DIMENSIONS, dm=0, min_count=3, epochs=10, seed=seed, workers=THREADS
    )

    def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([model.infer_vector(words(text), epochs=20) for text in texts], np.float32)

    return Embedded(vectors)


def lexical_peers() -> dict[str, Peer]:
    """Systems that need the words themselves."""
    return {
        "bm25s words": Bm25(words),
        "bm25s words + bigrams": Bm25(lexical_tokens),
        "TF-IDF words": TfIdf(characters=False),
        "TF-IDF characters": TfIdf(characters=True),
    }


def trained_peers(train: Sequence[str], *, seed: int) -> dict[str, Peer]:
    """Systems that learn from the train split, and whatever pretrained encoder a user has (MATCHER_PEER_ENCODER)."""
    peers: dict[str, Peer] = {
        "LSA": lsa(train, seed=seed),
        "fastText": fast_text(train, seed=seed),
        "doc2vec": doc2vec(train, seed=seed),
    }
    if folder := os.environ.get(PRETRAINED):
        peers["plugged-in encoder"] = Dense(Encoder.load(Path(folder)))
    return peers


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows at length one; zero rows stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
