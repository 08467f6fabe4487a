"""Collect what readers must grade: `python -m benchmarks.quality.pool FOLDER` (待评分材料).

The best DEEP of every system for every sentence, in random order and without saying which system found what. The files
hold texts of postings and stay outside the project; grades come back with `--collect` as ids and numbers.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.quality.documents import corpus
from benchmarks.quality.judged import QRELS, qrels, sentences, write_qrels
from benchmarks.quality.measures import Run
from benchmarks.quality.peers import lexical_peers, trained_peers
from benchmarks.quality.runs import runs_of
from benchmarks.quality.tasks import QualityTask, ranked_for_sentences, train_texts
from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.encoding.encoder import Encoder
from matcher.ranking.score import load_scorer
from matcher.services.runtime import SHIPPED_RANKER

DEEP = 20
SHOWN_CHARS = 110
SEED = 11


def pooled(folder: Path) -> int:
    """Write one file a sentence group for readers; pairs that are graded already are left out."""
    shown = ranked_for_sentences()
    asked = sentences()
    task = QualityTask("pool", [s.text for s in asked], shown, [{} for _ in asked], [set() for _ in asked], 2)
    peers = lexical_peers() | trained_peers(train_texts(), seed=0)
    runs = runs_of(task, peers, Encoder.load(), load_scorer(SHIPPED_RANKER))
    known = qrels() if QRELS.exists() else {}
    folder.mkdir(parents=True, exist_ok=True)
    shuffler = random.Random(SEED)
    total = 0
    with (folder / "to_grade.jsonl").open("w", encoding="utf-8") as file:
        for number, sentence in enumerate(asked):
            graded = known.get(sentence.number, {})
            found = [d for d in _pool(runs, number) if _key(shown.rows[d]) not in graded]
            shuffler.shuffle(found)
            items = [_item(int(shown.rows[d]), shown.postings[d]) for d in found]
            total += len(items)
            row = {"sentence": sentence.number, "text": sentence.text, "postings": items}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return total


def collected(folder: Path) -> int:
    """Join `grades*.tsv` of the folder (sentence, corpus row, grade) to the grades that are kept."""
    rows = [
        (sentence, source, posting, grade)
        for sentence, grades in (qrels() if QRELS.exists() else {}).items()
        for (source, posting), grade in grades.items()
    ]
    known = {row[:3] for row in rows}
    for path in sorted(folder.glob("grades*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            sentence, row_number, grade = (int(cell) for cell in line.split("\t"))
            key = (sentence, *_key(row_number))
            if key not in known:
                known.add(key)
                rows.append((*key, grade))
    return write_qrels(rows)


def _pool(runs: dict[str, Run], query: int) -> Iterator[int]:
    seen: set[int] = set()
    for run in runs.values():
        for document in run[query, :DEEP].tolist():
            if document >= 0 and document not in seen:
                seen.add(document)
                yield document


def _item(row: int, posting: Posting) -> dict[str, Any]:
    text = " ".join(f"{posting.duties} {posting.requirements}".split())[:SHOWN_CHARS]
    place = posting.place.name if posting.place else ""
    return {"row": row, "title": posting.title, "place": place, "pay": pay_label(posting.pay), "text": text}


def _key(row: int) -> tuple[str, str]:
    record = corpus().rows[row]
    return str(record["source"]), str(record["id"])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--collect", action="store_true")
    arguments = parser.parse_args()
    if arguments.collect:
        print(f"{collected(arguments.folder)} grades kept")
    else:
        print(f"{pooled(arguments.folder)} pairs to grade")


if __name__ == "__main__":
    main()
