"""Claim: the shipped encoder ranks real postings better than lexical search where words differ, and a blend of
both is better than either. `python -m models.encoder.evaluate --postings FILE [--model FOLDER] [--out FILE]`.

The blend's weight is tuned on `dev_in` and used unchanged on `dev` and on the synonym queries.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from tqdm import tqdm

from matcher.encoding.encoder import Encoder
from matcher.encoding.postings import mean_direction
from matcher.retrieval.tokens import TITLE_REPEATS, lexical_tokens
from matcher.text.normalise import fold_case
from models.encoder.corpus import Corpus, field_text, load_corpus
from models.encoder.tasks import Task, figures, interval, own_text, same_position, synonyms

WEIGHTS = np.round(np.arange(0.0, 1.01, 0.05), 2)
RRF_K = 60
LEXICAL = ("bm25s words", "bm25s words+bigrams", "TF-IDF characters")
BLEND = "blend"
Scores = dict[str, np.ndarray]


def texts_of(corpus: Corpus, task: Task) -> tuple[list[str], list[str], list[str]]:
    """Queries, heads ('' when hidden) and bodies of a task as text."""
    rows = [corpus.rows[row] for row in task.documents]
    bodies = [f"{field_text(row, 'duties')}\n{field_text(row, 'requirements')}" for row in rows]
    heads = [f"{field_text(row, 'title')} {field_text(row, 'tags')}" if task.whole else "" for row in rows]
    if task.query_rows is None:
        return task.phrases, heads, bodies
    return [field_text(corpus.rows[row], "title") for row in task.query_rows], heads, bodies


def system_scores(corpus: Corpus, task: Task, encoder: Encoder) -> Scores:
    """Name -> (queries, documents) scores of every peer and of the encoder."""
    queries, heads, bodies = texts_of(corpus, task)
    full = [f"{head}\n" * TITLE_REPEATS + body for head, body in zip(heads, bodies, strict=True)]
    vectors = mean_direction(encoder, heads, bodies)
    characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    documents = characters.fit_transform([fold_case(text) for text in full])
    asked = characters.transform([fold_case(query) for query in queries])
    return {
        "bm25s words": _bm25(queries, full, words_only),
        "bm25s words+bigrams": _bm25(queries, full, lexical_tokens),
        "TF-IDF characters": (asked @ documents.T).toarray(),
        "dense": encoder.encode(queries) @ vectors.T,
    }


def words_only(text: str) -> list[str]:
    """`lexical_tokens` without its marked bigrams."""
    return [token for token in lexical_tokens(text) if not (token[0] == "2" and len(token) == 3)]


def _bm25(queries: Sequence[str], texts: Sequence[str], tokens: Callable[[str], list[str]]) -> np.ndarray:
    index = bm25s.BM25(method="lucene")
    index.index([tokens(text) for text in texts], show_progress=False)
    scores = np.zeros((len(queries), len(texts)), np.float32)
    for number, query in enumerate(queries):
        known = [token for token in dict.fromkeys(tokens(query)) if token in index.vocab_dict]
        if known:
            scores[number] = index.get_scores(known)
    return scores


def blended(scores: Scores, weight: float) -> np.ndarray:
    """weight × dense + (1 − weight) × best lexical peer, each stretched to [0, 1] per query."""
    return np.asarray(
        weight * _stretched(scores["dense"]) + (1 - weight) * _stretched(scores["bm25s words+bigrams"])
    )


def _stretched(scores: np.ndarray) -> np.ndarray:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return np.asarray((scores - low) / np.maximum(high - low, 1e-9))


def reciprocal_ranks(scores: Scores) -> np.ndarray:
    """RRF of dense and the best lexical peer."""
    total = np.zeros_like(scores["dense"])
    for name in ("dense", "bm25s words+bigrams"):
        ranks = np.argsort(np.argsort(-scores[name], axis=1, kind="stable"), axis=1)
        total += 1 / (RRF_K + 1 + ranks)
    return total


def tuned_weight(tasks: Sequence[tuple[Task, Scores]]) -> float:
    """The blend weight with the best mean nDCG@10 over the given tasks."""
    means = [
        np.mean([figures(blended(scores, weight), task)["nDCG@10"].mean() for task, scores in tasks])
        for weight in WEIGHTS
    ]
    return float(WEIGHTS[int(np.argmax(means))])


def report(task: Task, scores: Scores, weight: float) -> dict[str, Any]:
    """Figures of every system on one task, with intervals, and paired differences to the best lexical peer."""
    systems = {**scores, "RRF": reciprocal_ranks(scores), BLEND: blended(scores, weight)}
    found = {name: figures(matrix, task) for name, matrix in systems.items()}
    best = max(LEXICAL, key=lambda name: found[name]["nDCG@10"].mean())
    table: dict[str, Any] = {}
    for name, values in found.items():
        table[name] = {
            metric: {"mean": round(float(v.mean()), 4), "ci": [round(x, 4) for x in interval(v)]}
            for metric, v in values.items()
        }
        if task.blue.any():
            table[name]["blue-collar nDCG@10"] = round(float(values["nDCG@10"][task.blue].mean()), 4)
        difference = {metric: v - found[best][metric] for metric, v in values.items()}
        table[name]["minus best lexical"] = {
            metric: {"mean": round(float(v.mean()), 4), "ci": [round(x, 4) for x in interval(v)]}
            for metric, v in difference.items()
        }
    return {
        "documents": len(task.documents),
        "queries": len(task.relevant),
        "blue_queries": int(task.blue.sum()),
        "best lexical": best,
        "systems": table,
    }


def evaluate(corpus: Corpus, encoder: Encoder) -> dict[str, Any]:
    """All tasks; the blend weight comes from the `dev_in` ones."""
    inside, dev = corpus.rows_of("dev_in"), corpus.rows_of("dev")
    both = corpus.rows_of("dev", "dev_in")
    tuning = [
        own_text(corpus, inside, "own text, dev_in"),
        same_position(corpus, inside, "same position, dev_in"),
    ]
    judged = [
        own_text(corpus, dev, "own text, dev"),
        same_position(corpus, dev, "same position, dev"),
        synonyms(corpus, both, "synonyms, dev + dev_in"),
    ]
    tuned = [(task, system_scores(corpus, task, encoder)) for task in tuning]
    weight = tuned_weight(tuned)
    tasks = [*tuned, *((task, system_scores(corpus, task, encoder)) for task in judged)]
    return {
        "model_id": encoder.model_id,
        "blend weight of dense": weight,
        "tasks": {task.name: report(task, scores, weight) for task, scores in tasks},
    }


def as_text(result: dict[str, Any]) -> str:
    """The figures as Markdown tables."""
    lines = [f"model {result['model_id']}, blend weight of dense {result['blend weight of dense']}"]
    for name, task in result["tasks"].items():
        lines += [
            "",
            f"**{name}** ({task['queries']} queries, {task['blue_queries']} blue-collar; "
            f"{task['documents']} documents; best lexical: {task['best lexical']})",
            "",
            "| system | R@10 | MRR | nDCG@10 [95 % CI] | minus best lexical, nDCG@10 | blue-collar nDCG@10 |",
            "|---|---|---|---|---|---|",
        ]
        for system, cells in task["systems"].items():
            gain, main = cells["minus best lexical"]["nDCG@10"], cells["nDCG@10"]
            lines.append(
                f"| {system} | {cells['R@10']['mean']:.3f} | {cells['MRR']['mean']:.3f} | {main['mean']:.3f} "
                f"[{main['ci'][0]:.3f}, {main['ci'][1]:.3f}] | {gain['mean']:+.3f} "
                f"[{gain['ci'][0]:+.3f}, {gain['ci'][1]:+.3f}] | {cells.get('blue-collar nDCG@10', float('nan')):.3f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, evaluate, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="another model folder; the shipped one by default")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    options = parser.parse_args()
    corpus = load_corpus(options.postings, None, lambda rows: tqdm(rows, unit="posting"))
    result = evaluate(corpus, Encoder.load(options.model))
    print(as_text(result))
    if options.out:
        options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
