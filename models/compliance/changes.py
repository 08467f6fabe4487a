"""Changed copies of labelled texts: other words, other neighbours, another order (变换)."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from models.compliance.examples import Example

SWAPPED, SHUFFLED, BESIDE, JOINED, STOPLESS = 0.3, 0.1, 0.35, 0.06, 0.2  # share of texts
LONG = 60  # two breaches are joined only below this
MARKS = ",,。 \n"


class WordSwaps:
    """Changes words for others of their group."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._of_word = {word: words for words in groups.values() for word in words if len(word) > 1}
        self._pattern = re.compile("|".join(sorted(map(re.escape, self._of_word), key=len, reverse=True)))

    def changed(self, text: str, draw: random.Random) -> str:
        """About half of the words of a group changed."""

        def other(found: re.Match[str]) -> str:
            return draw.choice(self._of_word[found.group()]) if draw.random() < 0.5 else found.group()

        return self._pattern.sub(other, text)


def changed_copy(
    example: Example, swaps: WordSwaps, lawful: Sequence[str], others: Sequence[Example], draw: random.Random
) -> Example:
    """An example as it might stand elsewhere; lawful clauses or another example may stand beside it."""
    text, grounds, unsure = example.text, example.grounds, example.unsure
    if draw.random() < SWAPPED:
        text = swaps.changed(text, draw)
    if draw.random() < SHUFFLED:
        text = _shuffled(text, draw)
    if draw.random() < BESIDE:
        for _ in range(draw.choice([1, 1, 2])):
            beside, mark = draw.choice(lawful), draw.choice(MARKS)
            text = beside + mark + text if draw.random() < 0.5 else text + mark + beside
    if draw.random() < JOINED and len(text) < LONG:
        other = draw.choice(others)
        text, grounds, unsure = text + draw.choice(",。") + other.text, grounds | other.grounds, unsure | other.unsure
    if draw.random() < STOPLESS:
        text = text.rstrip("。") or text
    return replace(example, text=text, grounds=grounds, unsure=unsure - grounds)


def _shuffled(text: str, draw: random.Random) -> str:
    clauses = re.split("[,。;]", text)
    if len(clauses) < 2:
        return text
    draw.shuffle(clauses)
    return ",".join(clauses)
