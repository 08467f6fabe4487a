"""What is asked of every system (评测任务): queries, documents and the right answers.

a  own_text          title → the posting's own text, the title cut out of it; one right answer
b  same_position     title → texts of other postings of the same position (weak label), near-duplicates once
c  worker_sentences  sentences in workers' own words → postings, graded 0–3 by readers (see judged.py)
e  synonyms          workers' words → postings whose title shares no bigram with them
Reverse (the other side of the match): a and b with the text as the query and titles as documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.documents import SHORT_TEXT, Documents, corpus, documents
from benchmarks.quality.judged import Sentence, qrels
from benchmarks.quality.peers import full_texts
from models.encoder import tasks as weak

Grades = list[dict[int, int]]


@dataclass
class QualityTask:
    """One ranking task.

    queries: texts. grades: per query, document number → grade 1..3. ignored: per query, numbers taken out of a run.
    segments: name → (queries,) bool. query_rows: corpus rows whose title is the query, None for sentences.
    """

    name: str
    queries: list[str]
    documents: Documents
    grades: Grades
    ignored: list[set[int]]
    relevant: int
    segments: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    query_rows: NDArray[np.int64] | None = None

    @property
    def sentences(self) -> bool:
        """Whether the queries are people's words, not titles."""
        return self.query_rows is None


def own_text(*splits: str) -> QualityTask:
    """Task a."""
    rows = corpus().rows_of(*splits)
    return _titled(weak.own_text(corpus(), rows, "_".join(("own_text", *splits))))


def same_position(*splits: str) -> QualityTask:
    """Task b."""
    rows = corpus().rows_of(*splits)
    return _titled(weak.same_position(corpus(), rows, "_".join(("same_position", *splits))))


def synonyms(*splits: str) -> QualityTask:
    """Task e."""
    task = weak.synonyms(corpus(), corpus().rows_of(*splits), "_".join(("synonyms", *splits)))
    return QualityTask(
        task.name,
        task.phrases,
        documents(task.documents, titles_shown=True),
        [dict.fromkeys(numbers, 1) for numbers in task.relevant],
        task.ignored,
        relevant=1,
        segments={"blue-collar": task.blue},
    )


def worker_sentences(asked: Sequence[Sentence], name: str) -> QualityTask:
    """Task c over dev and dev_in together, for those of `asked` that have a right answer among the postings."""
    judged = qrels()
    shown = ranked_for_sentences()
    number = {_key(row): n for n, row in enumerate(shown.rows)}
    kept, grades = [], []
    for sentence in asked:
        found = {number[key]: grade for key, grade in judged.get(sentence.number, {}).items() if grade}
        if any(grade >= 2 for grade in found.values()):
            kept.append(sentence)
            grades.append(found)
    segments = {
        segment: np.array([sentence.segment == segment for sentence in kept])
        for segment in sorted({sentence.segment for sentence in kept})
    }
    return QualityTask(
        name,
        [sentence.text for sentence in kept],
        shown,
        grades,
        [set() for _ in kept],
        relevant=2,
        segments=segments,
    )


def ranked_for_sentences() -> Documents:
    """The postings that worker sentences are asked of: dev and dev_in, one of each near-duplicate group."""
    rows = weak.one_of_each_group(corpus(), corpus().rows_of("dev", "dev_in"))
    return documents(rows, titles_shown=True)


def reversed_task(task: QualityTask) -> QualityTask:
    """The other side of a title task: the texts ask, the titles answer."""
    if task.query_rows is None:
        raise ValueError(f"{task.name} asks no titles")
    titles = documents(task.query_rows, titles_shown=True)
    bare = [replace(posting, duties="", requirements="") for posting in titles.postings]
    answers: dict[int, dict[int, int]] = {}
    for title, right in enumerate(task.grades):
        for text, grade in right.items():
            answers.setdefault(text, {})[title] = grade
    texts = sorted(answers)
    own = {int(row): title for title, row in enumerate(task.query_rows)}
    own_title = [own.get(int(task.documents.rows[text])) for text in texts]
    return QualityTask(
        f"{task.name}_reversed",
        [task.documents.bodies[text] for text in texts],
        Documents(task.query_rows, bare, titles_shown=True),
        [answers[text] for text in texts],
        [set() if title is None else {title} - set(answers[text]) for title, text in zip(own_title, texts, strict=True)],
        task.relevant,
        query_rows=task.documents.rows[texts],
    )


def _titled(task: weak.Task) -> QualityTask:
    if task.query_rows is None:
        raise ValueError(f"{task.name} has no titles")
    rows = [corpus().rows[row] for row in task.query_rows]
    return QualityTask(
        task.name,
        [str(row.get("title") or "") for row in rows],
        documents(task.documents, titles_shown=False),
        [dict.fromkeys(numbers, 1) for numbers in task.relevant],
        task.ignored,
        relevant=1,
        segments=_segments(task, rows),
        query_rows=task.query_rows,
    )


def _segments(task: weak.Task, rows: list[dict[str, Any]]) -> dict[str, NDArray[np.bool_]]:
    """Groups of queries that are reported apart."""
    lengths = np.array([len(str(row.get("description") or "")) for row in rows])
    cities = [str(row.get("city") or "") for row in rows]
    largest = {"北京市", "上海市", "广州市", "深圳市"}
    families = corpus().family[task.query_rows]
    segments = {
        "blue-collar": task.blue,
        "short text": lengths < SHORT_TEXT,
        "four largest cities": np.array([city in largest for city in cities]),
        "other cities": np.array([city not in largest for city in cities]),
    }
    names, counts = np.unique(families[families != ""], return_counts=True)
    for name in names[np.argsort(-counts, kind="stable")[:6]]:
        segments[f"group {name}"] = families == name
    return segments


def _key(row: int) -> tuple[str, str]:
    record = corpus().rows[row]
    return str(record["source"]), str(record["id"])


def train_texts() -> list[str]:
    """Head and body of every posting of the train split, one of each near-duplicate group."""
    rows = weak.one_of_each_group(corpus(), corpus().rows_of("train"))
    return full_texts(documents(rows, titles_shown=True))
