"""Postings with their work words marked: development gold sets, own postings, real training postings (标注文本).

`marked.tsv` holds spans of real postings by id, no text; `own.jsonl` holds postings written for this reader.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import POSTINGS
from benchmarks.shared_postings import shared_rows
from matcher.text.joined_texts import JoinedTexts
from matcher.text.normalise import fold_case
from matcher.text.posting_fields.certificate_needs import read_certificate_needs
from matcher.text.posting_parser import listed_words
from matcher.text.work_words import BEGINS, GOES_ON, Span, listed_marks

HERE = Path(__file__).parent
GOLD = Path(__file__).parents[2] / "tests" / "gold"
PARTS = {"t": "title", "d": "duties", "r": "requirements"}
WEIGHTS = {"postings": 0.5, "postings_more": 0.15, "postings_third": 0.4, "postings_fourth": 0.4, "postings_fifth": 0.6}
"""Earlier sets label fewer of the words that stand there."""
PLAIN, TECHNICAL = 0.8, 0.12  # share of the other postings, and of software ones, that the teacher reads beside all blue-collar ones
LONGEST, STEP = 300, 260  # characters read at once, and from one piece to the next


@dataclass(frozen=True, slots=True)
class Text:
    """A posting as the reader gets it. listed: marks of listed words; title: True in the title; all (characters,)."""

    text: str
    listed: NDArray[np.int64]
    title: NDArray[np.int64]

    def pieces(self) -> Iterator[slice]:
        """The text in overlapping pieces of at most LONGEST characters."""
        for start in range(0, len(self.text), STEP):
            yield slice(start, start + LONGEST)
            if start + LONGEST >= len(self.text):
                return


@dataclass(frozen=True, slots=True)
class Marked:
    """tags: BEGINS, GOES_ON or 0; counted: 0 for further mentions of a marked word; labels: the words, folded."""

    source: str
    text: Text
    tags: NDArray[np.int64]
    counted: NDArray[np.float32]
    labels: tuple[str, ...]


def text_of(row: Mapping[str, Any]) -> tuple[Text, JoinedTexts]:
    """A row with title, duties and requirements as `parse_posting` would hand it to the reader."""
    joined = JoinedTexts({part: row[part] or "" for part in PARTS.values()})
    title = row["title"] or ""
    spans = [(f.start, f.end) for f in listed_words(joined, title, read_certificate_needs(joined.text))]
    in_title = (np.arange(len(joined.text)) < len(title)).astype(np.int64)
    return Text(joined.text, listed_marks(len(joined.text), spans), in_title), joined


def gold_texts() -> Iterator[Marked]:
    """The development sets of whole postings, where their work words are labelled."""
    for path in sorted(GOLD.glob("postings*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "skills" in row.get("labelled", ("skills",)):
                yield _labelled(row, row["labels"].get("skills", []), path.stem)


def own_texts() -> Iterator[Marked]:
    """Postings written for this reader, every work word labelled."""
    for line in (HERE / "own.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield _labelled(row, row["skills"], "own")


def real_texts() -> Iterator[Marked]:
    """Real training postings, every work word labelled by reading."""
    rows = {row["id"]: row for row in training_rows()}
    with (HERE / "marked.tsv").open(encoding="utf-8") as file:
        for posting, spans in list(csv.reader(file, delimiter="\t"))[1:]:
            text, joined = text_of(rows[posting])
            starts = dict(zip(joined.names, joined.starts, strict=True))
            found = []
            for part, start, end in re.findall(r"([tdr])(\d+)-(\d+)", spans):
                found.append((starts[PARTS[part]] + int(start), starts[PARTS[part]] + int(end)))
            yield _marked(text, found, "real")


@cache
def training_rows() -> list[dict[str, Any]]:
    """Real training postings with the names of the parts."""
    return [{**row, "duties": row["description"], "title": row["title"] or ""} for row in shared_rows("train")]


def unmarked_texts(count: int, seed: int) -> list[Text]:
    """Real training postings for the teacher to mark: blue-collar ones whole, few of software."""
    with (POSTINGS.parent / "postings_aux.csv").open(encoding="utf-8") as file:
        known = {row["id"]: row for row in csv.DictReader(file)}
    draw = random.Random(seed)
    drawn = []
    for row in training_rows():
        about = known[row["id"]]
        share = TECHNICAL if "IT" in about["occ_l1"] else PLAIN
        if about["blue_collar"] == "1" or draw.random() < share:
            drawn.append(row)
    draw.shuffle(drawn)
    return [text for row in drawn[:count] if (text := text_of(row)[0]).text]


def _labelled(row: Mapping[str, Any], words: Iterable[str], source: str) -> Marked:
    """Each word at its first free mention, outside the title where it stands there too; longer words first."""
    text, joined = text_of(row)
    body = joined.starts[1] if len(joined.starts) > 1 and row["title"] else 0
    taken: list[Span] = []
    labels = tuple(dict.fromkeys(fold_case(word) for word in words))
    for word in sorted(labels, key=len, reverse=True):
        mentions = [match.span() for match in re.finditer(re.escape(word), text.text)]
        free = [(a, b) for a, b in mentions if not any(a < d and c < b for c, d in taken)]
        taken += sorted(free, key=lambda span: span[0] < body)[:1]
    return _marked(text, taken, source, labels)


def _marked(text: Text, spans: list[Span], source: str, labels: tuple[str, ...] = ()) -> Marked:
    tags = np.zeros(len(text.text), dtype=np.int64)
    counted = np.full(len(text.text), WEIGHTS.get(source, 1.0), dtype=np.float32)
    for word in {text.text[start:end] for start, end in spans}:
        for match in re.finditer(re.escape(word), text.text):
            counted[match.start() : match.end()] = 0
    for start, end in spans:
        tags[start:end] = GOES_ON
        tags[start] = BEGINS
        counted[start:end] = WEIGHTS.get(source, 1.0)
    return Marked(source, text, tags, counted, labels)
