"""Ranking tasks on postings nobody labelled, and their figures (评测任务).

The whole catalogue is ranked, never a sample of it. Of near-duplicates one stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import sparse

from matcher.text.normalise import fold_case
from models.encoder.corpus import Corpus

SYNONYM_QUERIES = Path(__file__).with_name("synonym_queries.tsv")
TOP = 10
DEPTH = 100

_HAN = re.compile(r"[\u4e00-\u9fff]+")


@dataclass
class Task:
    """Queries against documents.

    documents: corpus rows ranked. relevant, ignored: per query, positions in `documents`; ignored ones are taken
    out of the ranking. query_rows: corpus rows whose title is the query, None when `phrases` are.
    whole: documents show their title and tags. blue: (queries,) bool, blue-collar segment.
    queries, heads, bodies: token counts, None until bound to a vocabulary.
    """

    name: str
    documents: np.ndarray
    relevant: list[set[int]]
    ignored: list[set[int]]
    blue: np.ndarray
    query_rows: np.ndarray | None = None
    phrases: list[str] = field(default_factory=list)
    whole: bool = False
    queries: sparse.csr_matrix | None = None
    heads: sparse.csr_matrix | None = None
    bodies: sparse.csr_matrix | None = None

    def bind(
        self, matrices: Mapping[str, sparse.csr_matrix], queries: sparse.csr_matrix | None = None
    ) -> Task:
        """Attach token counts; `queries` is needed when the queries are phrases."""
        self.queries = queries if self.query_rows is None else matrices["title"][self.query_rows]
        self.heads = (matrices["title"] + matrices["tags"])[self.documents] if self.whole else None
        self.bodies = (matrices["duties"] + matrices["requirements"])[self.documents]
        return self


@dataclass(frozen=True)
class SynonymQuery:
    """phrase: worker's words. pattern: what the title of a relevant posting matches. blue: segment."""

    phrase: str
    pattern: re.Pattern[str]
    blue: bool


def synonym_queries() -> list[SynonymQuery]:
    """The hand-written queries of synonym_queries.tsv."""
    lines = SYNONYM_QUERIES.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [
        SynonymQuery(phrase, re.compile(pattern), segment == "blue") for phrase, pattern, segment in cells
    ]


def own_text(corpus: Corpus, rows: np.ndarray, name: str) -> Task:
    """Title → the posting's own text, the title cut out of it; one right answer."""
    own = [{number} for number in range(len(rows))]
    return Task(name, rows, own, [set()] * len(rows), corpus.blue[rows], query_rows=rows)


def same_position(corpus: Corpus, rows: np.ndarray, name: str) -> Task:
    """Title → texts of other postings of the same position (weak label); each distinct title asks once."""
    rows = one_of_each_group(corpus, rows)
    members: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        if corpus.position[row]:
            members[corpus.position[row]].add(number)
    asked: dict[str, int] = {}
    for number, row in enumerate(rows):
        if len(members.get(corpus.position[row], ())) > 1:
            asked.setdefault(str(corpus.rows[row].get("title") or "").strip().lower(), number)
    numbers = list(asked.values())
    relevant = [members[corpus.position[rows[number]]] - {number} for number in numbers]
    queries = rows[numbers]
    return Task(
        name, rows, relevant, [{number} for number in numbers], corpus.blue[queries], query_rows=queries
    )


def synonyms(corpus: Corpus, rows: np.ndarray, name: str) -> Task:
    """Workers' words → postings whose title shares no word or bigram with them; titles shown to the ranker."""
    rows = one_of_each_group(corpus, rows)
    titles = [fold_case(str(corpus.rows[row].get("title") or "")) for row in rows]
    letters = [bigrams(title) for title in titles]
    phrases, relevant, ignored, blue = [], [], [], []
    for query in synonym_queries():
        own = bigrams(query.phrase)
        hits = {
            number for number, row in enumerate(rows) if query.pattern.search(corpus.rows[row]["title"] or "")
        }
        overlapping = {number for number in hits if letters[number] & own}
        if hits - overlapping:
            phrases.append(query.phrase)
            relevant.append(hits - overlapping)
            ignored.append(overlapping)
            blue.append(query.blue)
    return Task(name, rows, relevant, ignored, np.array(blue), phrases=phrases, whole=True)


def dev_tasks(corpus: Corpus, matrices: Mapping[str, sparse.csr_matrix]) -> list[Task]:
    """The tasks that stop training early: the dev source only, never the synonyms."""
    rows = corpus.rows_of("dev")
    if not len(rows):
        return []
    tasks = [own_text(corpus, rows, "own"), same_position(corpus, rows, "position")]
    return [task.bind(matrices) for task in tasks if task.relevant]


def one_of_each_group(corpus: Corpus, rows: np.ndarray) -> np.ndarray:
    """Rows without near-duplicates, in their order."""
    first = np.unique(corpus.group[rows], return_index=True)[1]
    return np.asarray(rows[np.sort(first)])


def bigrams(text: str) -> set[str]:
    """Han bigrams of a text."""
    return {run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)}


def dense_scores(table: np.ndarray, task: Task) -> np.ndarray:
    """(queries, documents) cosines; a document with a head is the mean direction of head and body."""
    if task.queries is None or task.bodies is None:
        raise ValueError(f"task {task.name} is not bound to a vocabulary")
    documents = unit(task.bodies @ table)
    if task.heads is not None:
        documents = unit(documents + unit(task.heads @ table))
    return np.asarray(unit(task.queries @ table) @ documents.T)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows at length one; zero rows stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9))


def hits_of(scores: np.ndarray, task: Task) -> list[np.ndarray]:
    """Per query, whether each of the best DEPTH documents is relevant; ties by document order."""
    found = []
    for row, relevant, ignored in zip(scores, task.relevant, task.ignored, strict=True):
        kept = np.where(np.isin(np.arange(len(row)), list(ignored)), -np.inf, row) if ignored else row
        best = np.argsort(-kept, kind="stable")[:DEPTH]
        found.append(np.isin(best, list(relevant)))
    return found


def ndcg(scores: np.ndarray, task: Task) -> np.ndarray:
    """(queries,) nDCG@10 with binary gains."""
    discounts = 1 / np.log2(np.arange(2, TOP + 2))
    return np.array(
        [
            (hits[:TOP] * discounts[: len(hits[:TOP])]).sum() / discounts[: min(TOP, len(relevant))].sum()
            for hits, relevant in zip(hits_of(scores, task), task.relevant, strict=True)
        ]
    )


def figures(scores: np.ndarray, task: Task) -> dict[str, np.ndarray]:
    """Per query: R@10 (of what ten places can hold), MRR (to depth 100), nDCG@10, hit in the first ten."""
    found = hits_of(scores, task)
    first = [np.flatnonzero(hits) for hits in found]
    return {
        "R@10": np.array(
            [hits[:TOP].sum() / min(TOP, len(r)) for hits, r in zip(found, task.relevant, strict=True)]
        ),
        "MRR": np.array([1 / (places[0] + 1) if len(places) else 0.0 for places in first]),
        "nDCG@10": ndcg(scores, task),
        "hit@10": np.array([float(hits[:TOP].any()) for hits in found]),
    }


def interval(
    values: Sequence[float] | np.ndarray, *, seed: int = 0, draws: int = 2_000
) -> tuple[float, float]:
    """Bootstrap 95 % interval of the mean over queries; of differences it is the paired one."""
    rng = np.random.default_rng(seed)
    values = np.asarray(values)
    means = values[rng.integers(0, len(values), (draws, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
