"""Our own system, as it runs, in the shape of the peers' runs (本系统)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.documents import Documents
from benchmarks.quality.measures import Run
from matcher.encoding.encoder import Encoder
from matcher.ranking.score import Scorer
from matcher.retrieval.candidates import Query, retrieve, wanted_affinity
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.columns import PostingColumns
from matcher.retrieval.tokens import lexical_tokens, worker_tokens, worker_wish
from matcher.services.indexing import empty_posting_catalogue, index_postings
from matcher.services.matching import MatchingService
from matcher.text.occupation import code_occupation
from matcher.text.worker_reader import worker_from_row

DEPTH = 100
NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Ours:
    """Catalogue, encoder and scorer over one set of documents."""

    def __init__(self, documents: Documents, encoder: Encoder, scorer: Scorer) -> None:
        self._encoder = encoder
        self._service = MatchingService(encoder, scorer)
        self._catalogue: Catalogue[PostingColumns] = empty_posting_catalogue(encoder.dim)
        index_postings(self._catalogue, documents.postings, encoder)
        self._number = {posting.posting_id: n for n, posting in enumerate(documents.postings)}

    def titles(self, titles: Sequence[str]) -> Run:
        """Candidate retrieval for titles."""
        queries = [self._title_query(title) for title in titles]
        return self._retrieved(queries)

    def every_score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, documents) fused scores of all documents, none left out."""
        found = np.zeros((len(texts), len(self._number)), np.float32)
        for number, query in enumerate(map(self._title_query, texts)):
            every = np.ones(len(self._catalogue.ids), np.bool_)
            whole = retrieve(self._catalogue, query, every, k=len(every))
            found[number, [self._number[self._catalogue.ids[row]] for row in whole.rows]] = whole.fused
        return found

    def sentences(self, sentences: Sequence[str]) -> Run:
        """Candidate retrieval for worker sentences: constraints parsed out, no filter applied."""
        queries = []
        for number, sentence in enumerate(sentences):
            worker = worker_from_row({"id": str(number), "text": sentence}, now=NOW)
            queries.append(
                Query(
                    vector=self._encoder.encode([worker_wish(worker)])[0],
                    tokens=dict.fromkeys(worker_tokens(worker), 1.0),
                    affinity=wanted_affinity(worker.occupations),
                )
            )
        return self._retrieved(queries)

    def matches(self, sentences: Sequence[str]) -> Run:
        """The whole service for worker sentences: parsing, eligibility, retrieval, ranking, one of each group."""
        run = np.full((len(sentences), DEPTH), -1, np.int64)
        for number, sentence in enumerate(sentences):
            worker = worker_from_row({"id": str(number), "text": sentence}, now=NOW)
            answer = self._service.jobs_for_worker(worker, self._catalogue, top=DEPTH, now=NOW)
            for place, match in enumerate(answer.matches):
                run[number, place] = self._number[match.posting_id]
        return run

    def _title_query(self, title: str) -> Query:
        return Query(
            vector=self._encoder.encode([title])[0],
            tokens=dict.fromkeys(lexical_tokens(title), 1.0),
            affinity=wanted_affinity(code_occupation(title)),
        )

    def _retrieved(self, queries: Sequence[Query]) -> Run:
        every = np.ones(len(self._catalogue.ids), np.bool_)
        run = np.full((len(queries), DEPTH), -1, np.int64)
        for number, query in enumerate(queries):
            rows = retrieve(self._catalogue, query, every, k=DEPTH).rows
            run[number, : len(rows)] = [self._number[self._catalogue.ids[row]] for row in rows]
        return run
