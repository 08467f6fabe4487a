"""Claim: our candidate retrieval finds a posting by its title more often than bm25s or TF-IDF alone.

Data: the `dev` source of the shared postings (1,879, never trained on), whole catalogue ranked, no sampling.
Task: the title is the query; the posting's own text, its title cut out of it, is the only right answer.
Peers run in the same process on the same tokens. CIs: paired bootstrap over queries.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.measure import POSTINGS, write_result
from benchmarks.shared_postings import read_shared_postings
from matcher.domain.posting import Posting
from matcher.encoding.encoder import Encoder
from matcher.retrieval.candidates import Blend, Query, retrieve, wanted_affinity
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.tokens import lexical_tokens
from matcher.services.indexing import empty_posting_catalogue, index_postings
from matcher.text.occupation import code_occupation

DEPTH = 100
BOOTSTRAP = 2_000
SEED = 7

Ranker = Callable[[str], NDArray[np.int64]]


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


def ours(catalogue: Catalogue[Any], encoder: Encoder, blend: Blend) -> Ranker:
    """Candidate retrieval with the given weights."""
    every = np.ones(len(catalogue.ids), np.bool_)

    def rank(title: str) -> NDArray[np.int64]:
        query = Query(
            vector=encoder.encode([title])[0],
            tokens=dict.fromkeys(lexical_tokens(title), 1.0),
            affinity=wanted_affinity(code_occupation(title)),
        )
        return retrieve(catalogue, query, every, k=DEPTH, blend=blend).rows

    return rank


def bm25s_peer(texts: list[str], tokens: Callable[[str], list[str]]) -> Ranker:
    """bm25s alone, Lucene variant, its default parameters."""
    index = bm25s.BM25(method="lucene")
    index.index([tokens(text) for text in texts], show_progress=False)

    def rank(title: str) -> NDArray[np.int64]:
        known = [token for token in tokens(title) if token in index.vocab_dict]
        if not known:
            return np.zeros(0, np.int64)
        scores = index.get_scores(known)
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return best[scores[best] > 0]

    return rank


def tfidf_peer(texts: list[str], **options: Any) -> Ranker:
    """TF-IDF cosine alone."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, **options)
    matrix = vectorizer.fit_transform(texts).T.tocsr()

    def rank(title: str) -> NDArray[np.int64]:
        scores = (vectorizer.transform([title]) @ matrix).toarray()[0]
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return best[scores[best] > 0]

    return rank


def words_only(text: str) -> list[str]:
    """Search words without the bigrams."""
    return [token for token in lexical_tokens(text) if not token.startswith("2")]


def reciprocal_ranks(rank: Ranker, titles: list[str]) -> tuple[NDArray[np.float64], float]:
    """1 / rank of the right row for every query (0 beyond DEPTH), and milliseconds a query."""
    found = np.zeros(len(titles))
    start = time.perf_counter()
    for row, title in enumerate(titles):
        place = np.flatnonzero(rank(title) == row)
        if len(place):
            found[row] = 1 / (place[0] + 1)
    return found, (time.perf_counter() - start) / len(titles) * 1000


def interval(values: NDArray[np.float64]) -> list[float]:
    """95 % bootstrap interval of a mean."""
    draws = np.random.default_rng(SEED).integers(0, len(values), (BOOTSTRAP, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def main() -> None:
    if not POSTINGS.exists():
        print("the shared postings are not here; nothing to compare")
        return
    whole = read_shared_postings(split="dev")
    titles = [posting.title for posting in whole]
    postings = [without_title(posting) for posting in whole]
    texts = [f"{p.duties}\n{p.requirements}" for p in postings]
    encoder = Encoder.load()
    catalogue = empty_posting_catalogue(encoder.dim)
    index_postings(catalogue, postings, encoder)
    systems: dict[str, Ranker] = {
        "ours": ours(catalogue, encoder, Blend()),
        "ours, dense alone": ours(catalogue, encoder, Blend(1, 0, 0)),
        "ours, lexical alone": ours(catalogue, encoder, Blend(0, 1, 0)),
        "bm25s words + bigrams": bm25s_peer(texts, lexical_tokens),
        "bm25s words": bm25s_peer(texts, words_only),
        "TF-IDF characters 2-3": tfidf_peer(texts, analyzer="char", ngram_range=(2, 3)),
        "TF-IDF words": tfidf_peer(texts, analyzer=words_only),
    }
    figures: dict[str, Any] = {"queries": len(titles)}
    per_query: dict[str, NDArray[np.float64]] = {}
    for name, rank in systems.items():
        per_query[name], milliseconds = reciprocal_ranks(rank, titles)
        hits = (per_query[name] >= 0.1).astype(float)
        figures[name] = {
            "R@10": round(float(hits.mean()), 4),
            "R@10_ci": interval(hits),
            "MRR": round(float(per_query[name].mean()), 4),
            "MRR_ci": interval(per_query[name]),
            "ms_per_query": round(milliseconds, 2),
        }
        print(f"  {name}: {figures[name]}", flush=True)
    best = max((n for n in systems if not n.startswith("ours")), key=lambda n: figures[n]["MRR"])
    figures["best_peer"] = best
    figures["MRR_gain_over_best_peer_ci"] = interval(per_query["ours"] - per_query[best])
    write_result("peers", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
