"""Train the reader of work words: `python -m models.skills.train [--without SET] [--out FOLDER]` (训练).

`--without postings_eighth` leaves a gold set out, scores the reader on it and writes figures.json beside this file; no
artifact is written then. Without it the reader is fitted on everything and shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors
from tqdm import tqdm

from benchmarks.skill_spans import overlap_counts
from matcher.text.sealed_weights import write_sealed
from matcher.text.work_words import BEGINS, FORMAT, LISTED, SHIPPED, WorkReader
from models.skills.student import BITS, LAYERS, WIDE, Lesson, Student, fit_student, student_tensors
from models.skills.teacher import Teacher, chances, fit_teacher
from models.skills.texts import Marked, gold_texts, own_texts, real_texts, unmarked_texts

READ_BY_TEACHER = 14_000  # real postings without marks
COPIES = 3  # of each marked text among them
BY_HAND = 0.5  # share of the mark in what is learned of a marked text; the rest is the teacher's
SURE = 0.973
AT_ONCE = 32
LEAN = 0.0
SEED = 5


def lessons_of(teacher: Teacher, index: dict[str, int], marked: Sequence[Marked]) -> list[Lesson]:
    """What the teacher says of unmarked postings, and of marked ones together with their marks."""
    pieces = [(text, cut) for text in unmarked_texts(READ_BY_TEACHER, SEED) for cut in text.pieces()]
    pieces.sort(key=lambda piece: len(piece[0].text[piece[1]]))
    lessons: list[Lesson] = []
    for start in tqdm(range(0, len(pieces), AT_ONCE), desc="teacher reads"):
        batch = pieces[start : start + AT_ONCE]
        for (text, cut), said in zip(batch, chances(teacher, index, batch), strict=True):
            lessons.append(Lesson(text, cut, said, np.ones(len(said), dtype=np.float32)))
    certain = np.full((3, 3), (1 - SURE) / 2, dtype=np.float32)
    np.fill_diagonal(certain, SURE)
    for one in tqdm(marked, desc="marked texts"):
        for cut in one.text.pieces():
            (said,) = chances(teacher, index, [(one.text, cut)])
            mixed = BY_HAND * certain[one.tags[cut]] + (1 - BY_HAND) * said
            lessons += [Lesson(one.text, cut, mixed.astype(np.float32), one.counted[cut])] * COPIES
    return lessons


def sealed(student: Student) -> tuple[dict[str, Any], bytes]:
    """Manifest and weights, the large ones in half precision."""
    tensors = student_tensors(student)
    data = save_tensors({name: values.astype(np.float16) for name, values in tensors.items()})
    manifest = {
        "format": FORMAT,
        "model_id": f"work-{hashlib.sha256(data).hexdigest()[:8]}",
        "file": "work_words.safetensors",
        "bits": BITS,
        "wide": WIDE,
        "layers": [list(layer) for layer in LAYERS],
        "lean": LEAN,
    }
    return manifest, data


def scored(reader: WorkReader, held: Sequence[Marked]) -> dict[str, float]:
    """Precision, recall and F1 over labelled words of texts the reader has not seen; the word list alone beside it."""
    counts = {"reader": np.zeros(3, dtype=int), "word list": np.zeros(3, dtype=int)}
    for one in held:
        text = one.text
        listed = _listed_spans(one)
        found = [(item.start, item.end) for item in reader.read(text.text, int(text.title.sum()), listed)]
        for name, spans in (("reader", found), ("word list", listed)):
            counts[name] += overlap_counts(text.text, spans, one.labels)
    figures: dict[str, float] = {}
    for name, (hits, extra, missed) in counts.items():
        figures |= {
            f"{name}: precision": round(hits / (hits + extra), 4),
            f"{name}: recall": round(hits / (hits + missed), 4),
            f"{name}: F1": round(2 * hits / (2 * hits + extra + missed), 4),
        }
    return figures


def _listed_spans(one: Marked) -> list[tuple[int, int]]:
    marks = one.text.listed
    begins = np.flatnonzero(marks > LISTED).tolist()
    ends = [next((end for end in range(start + 1, len(marks)) if marks[end] != LISTED), len(marks)) for start in begins]
    return list(zip(begins, ends, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", help="name of a gold set to leave out and to score")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    torch.set_num_threads(2)
    everything = [*gold_texts(), *own_texts(), *real_texts()]
    marked = [one for one in everything if one.source != options.without]
    words = {source: sum(int((one.tags == BEGINS).sum()) for one in marked if one.source == source)
             for source in sorted({one.source for one in marked})}  # fmt: skip
    print(words, flush=True)
    teacher, index = fit_teacher(marked)
    manifest, data = sealed(fit_student(lessons_of(teacher, index, marked)))
    if options.without is None:
        write_sealed(options.out, manifest, data)
        print("written:", manifest["model_id"])
        return
    held = [one for one in everything if one.source == options.without]
    figures: dict[str, Any] = {"without": options.without, "postings": len(held), "marked words": words}
    figures |= scored(WorkReader(load_tensors(data), manifest), held)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (Path(__file__).parent / "figures.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
