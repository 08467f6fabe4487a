"""Where pairs of like meaning come from without anyone labelling them (自监督样本).

Every source gives batches: two matrices of token counts whose rows with the same number mean the same, and
keys; two rows that share a key may mean the same too and are never held against each other. Nor are those that `kin`
marks. With `targets` a left row is asked for a whole distribution over the right ones instead of for its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy import sparse

from matcher.encoding.tokens import encoder_tokens
from matcher.lexicon.files import read_table
from matcher.lexicon.occupations import alias_rows, occupation_phrases
from matcher.retrieval.codebook import lexicon_codebook
from matcher.text.occupation import code_occupation
from models.encoder.corpus import count_matrix

SURE = 0.5  # an occupation read with less confidence than this teaches nothing
TITLE_SHOWN = 0.5  # share of postings that keep their title in an alias pair
DRESSED = 0.5  # share of aliases that are put into a worker's sentence
WORDS_KEPT = 0.6  # share of the words of title and tags that a made-up wish still says
KIN = 0.6  # occupations as related as this are no rivals
RELATED = 0.3  # relatedness below this counts as none
PHRASES_PER_LINE = 40  # a line of things and actions may combine to hundreds; they say little more than these
TEMPLATES = Path(__file__).with_name("worker_templates.txt")


@dataclass
class Batch:
    """left, right: (n, vocabulary) token counts. keys: arrays of (n,); equal in one of them = maybe the same.

    kin: (n, n) bool, never rivals. targets: (n, n) float32, rows sum to 1.
    """

    left: sparse.csr_matrix
    right: sparse.csr_matrix
    keys: list[np.ndarray] = field(default_factory=list)
    kin: np.ndarray | None = None
    targets: np.ndarray | None = None


class Source(Protocol):
    """Something that gives pairs."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """At most `size` pairs."""


class TitleAndText:
    """A posting's title and its own text, every posting once a round."""

    def __init__(
        self, titles: sparse.csr_matrix, texts: sparse.csr_matrix, names: Sequence[str], groups: np.ndarray
    ) -> None:
        """titles, texts: (n, vocabulary). names: (n,) titles. groups: (n,) near-duplicate groups."""
        self._titles, self._texts, self._groups = titles, texts, groups
        self._names = np.unique(np.array(names), return_inverse=True)[1]
        self._order = np.zeros(0, dtype=np.int64)

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        if len(self._order) < size:
            self._order = rng.permutation(self._titles.shape[0])
        rows, self._order = self._order[:size], self._order[size:]
        return Batch(self._titles[rows], self._texts[rows], [self._names[rows], self._groups[rows]])


class WishAndText:
    """A made-up worker's wish, some words of a title and its tags in a worker's sentence, and the posting's text."""

    def __init__(
        self,
        heads: sparse.csr_matrix,
        texts: sparse.csr_matrix,
        names: Sequence[str],
        groups: np.ndarray,
        aliases: Aliases,
    ) -> None:
        """heads: (n, vocabulary) title and tags. texts: (n, vocabulary). names, groups: as for TitleAndText."""
        self._heads, self._texts, self._groups, self._aliases = heads, texts, groups, aliases
        self._names = np.unique(np.array(names), return_inverse=True)[1]

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        rows = rng.integers(0, self._heads.shape[0], size)
        said = self._heads[rows]
        said.data = (rng.random(len(said.data)) < WORDS_KEPT).astype(np.float32)
        wishes = _once(said + self._aliases.frames(size, rng))
        return Batch(wishes, self._texts[rows], [self._names[rows], self._groups[rows]])


class AliasAndPosting:
    """Any everyday name of an occupation, bare or in a worker's sentence, and a posting of that occupation."""

    def __init__(
        self,
        titles: sparse.csr_matrix,
        texts: sparse.csr_matrix,
        names: Sequence[str],
        aliases: Aliases,
    ) -> None:
        """titles, texts: (n, vocabulary). names: (n,) titles, read for their occupation."""
        self._titles, self._texts, self._aliases = titles, texts, aliases
        rows: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(names):
            found = code_occupation(name)
            if found and found[0].confidence >= SURE and found[0].code in aliases.of_code:
                rows[found[0].code].append(row)
        self._codes = sorted(rows)
        self._rows = [np.array(rows[code]) for code in self._codes]
        # The root keeps software, more than half of the postings, from drowning the trades.
        weights = np.sqrt([len(found) for found in self._rows])
        self._weights = weights / weights.sum()

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        codes = rng.choice(len(self._codes), size, p=self._weights)
        names = [rng.choice(self._aliases.of_code[self._codes[code]]) for code in codes]
        rows = np.array([rng.choice(self._rows[code]) for code in codes])
        shown = sparse.diags((rng.random(size) < TITLE_SHOWN).astype(np.float32))
        return Batch(
            self._aliases.dressed(np.array(names), rng),
            _once(self._texts[rows] + shown @ self._titles[rows]),
            [codes],
            kin=self._aliases.relatedness([self._codes[code] for code in codes]) >= KIN,
        )


class AliasAndAlias:
    """Two names of one occupation."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._codes = sorted(code for code, rows in aliases.of_code.items() if len(rows) > 1)
        weights = np.sqrt([len(aliases.of_code[code]) for code in self._codes])
        self._weights = weights / weights.sum()

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        codes = rng.choice(len(self._codes), size, p=self._weights)
        pairs = np.array(
            [rng.choice(self._aliases.of_code[self._codes[code]], 2, replace=False) for code in codes]
        )
        return Batch(
            self._aliases.dressed(pairs[:, 0], rng),
            self._aliases.plain(pairs[:, 1]),
            [codes],
            kin=self._aliases.relatedness([self._codes[code] for code in codes]) >= KIN,
        )


class RelatedAliases:
    """A name of one occupation, and names of others, each as near as its work is related."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._codes = sorted(aliases.of_code)

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        codes = [self._codes[n] for n in rng.permutation(len(self._codes))[:size]]
        pairs = np.array([rng.choice(self._aliases.of_code[code], 2) for code in codes])
        related = self._aliases.relatedness(codes)
        wanted = np.where(related >= RELATED, related, 0) ** 2
        return Batch(
            self._aliases.dressed(pairs[:, 0], rng),
            self._aliases.plain(pairs[:, 1]),
            targets=wanted / wanted.sum(axis=1, keepdims=True),
        )


class Aliases:
    """Names of occupations and of skills as token counts. of_code: code -> rows; a skill is its own code."""

    def __init__(self, index: dict[str, int], *, held_out: Collection[str] = ()) -> None:
        """index: token -> column. held_out: phrases; a name inside one, or around one, is left out."""
        named = [(name, code) for name, code in _names() if len(name) > 1]
        named = [(name, code) for name, code in named if not any(name in q or q in name for q in held_out)]
        found: dict[str, list[int]] = defaultdict(list)
        for number, (_, code) in enumerate(named):
            found[code].append(number)
        self.of_code = {code: np.array(numbers) for code, numbers in found.items()}
        self._plain = count_matrix([encoder_tokens(name) for name, _ in named], index)
        lines = TEMPLATES.read_text(encoding="utf-8").splitlines()
        frames = [line.replace("{}", " ") for line in lines if line and not line.startswith("#")]
        self._frames = count_matrix([encoder_tokens(frame) for frame in frames], index)

    def __len__(self) -> int:
        return int(self._plain.shape[0])

    def plain(self, rows: np.ndarray) -> sparse.csr_matrix:
        """(len(rows), vocabulary) names as they are."""
        return self._plain[rows]

    def everything(self) -> sparse.csr_matrix:
        """(len(self), vocabulary) all names as they are."""
        return self._plain

    def frames(self, size: int, rng: np.random.Generator) -> sparse.csr_matrix:
        """(size, vocabulary) workers' sentences with nothing filled in."""
        return self._frames[rng.integers(0, self._frames.shape[0], size)]

    def dressed(self, rows: np.ndarray, rng: np.random.Generator) -> sparse.csr_matrix:
        """As `plain`, some of them inside a worker's sentence."""
        worn = sparse.diags((rng.random(len(rows)) < DRESSED).astype(np.float32))
        return _once(self._plain[rows] + worn @ self.frames(len(rows), rng))

    def relatedness(self, codes: Sequence[str]) -> np.ndarray:
        """(n, n) float32 of how far each can do the other's work; a skill is related to itself alone."""
        book = lexicon_codebook()
        rows = np.array([book.occupation_row(code) for code in codes])
        found: np.ndarray = book.relatedness()[np.ix_(rows, rows)].copy()
        found[rows < 0] = 0
        found[:, rows < 0] = 0
        np.fill_diagonal(found, 1)
        return found


def _names() -> Iterator[tuple[str, str]]:
    """(name, code): aliases of occupations, things with actions in both orders, and names of skills."""
    for row in alias_rows():
        yield row.alias, row.code
    for phrase in occupation_phrases():
        orders = [f(t, a) for t, a in product(phrase.things, phrase.actions) for f in (_forth, _back)]
        for name in orders[:: -(-len(orders) // PHRASES_PER_LINE)]:
            yield name, phrase.code
    for _, row in read_table("skills.csv", ("name", "aliases", "kind")):
        if row["name"] != "-":
            for name in (row["name"], *filter(None, row["aliases"].split("|"))):
                yield name, f"skill:{row['name']}"


def _forth(thing: str, action: str) -> str:
    return thing + action


def _back(thing: str, action: str) -> str:
    return action + thing


def _once(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Every token at most once, as `encoder_tokens` gives them."""
    matrix = matrix.tocsr()
    matrix.eliminate_zeros()
    matrix.data[:] = 1
    return matrix
