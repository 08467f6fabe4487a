"""Train the shipped encoder on postings alone: `python -m models.encoder.train --postings FILE --out FOLDER`.

No pretrained weights. Works the same on a county's own postings: any .jsonl or .jsonl.gz with `title`,
`description` and `requirements`. Without a `dev` split there is no early stop.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from scipy import sparse
from tqdm import tqdm

from matcher.encoding.tokens import encoder_tokens
from matcher.text.segment import segmenter
from models.encoder.contrastive import Schedule, Share, fit
from models.encoder.corpus import FIELDS, Corpus, count_matrix, field_text, load_corpus
from models.encoder.export import export_model
from models.encoder.initial import initial_table
from models.encoder.reduction import shortened
from models.encoder.supervision import (
    AliasAndAlias,
    AliasAndPosting,
    Aliases,
    RelatedAliases,
    Source,
    TitleAndText,
    WishAndText,
)
from models.encoder.tasks import Task, dense_scores, dev_tasks, ndcg, synonym_queries

MIN_POSTINGS = 3  # a token in fewer postings has no company to learn from
MIN_POSTINGS_LOOSE_BIGRAM = 30  # a bigram that the dictionary does not know must earn its row
VOCABULARY_LIMIT = 50_000  # 50,000 × 320 half floats are 32 MB, which a repository can still carry
STEPS_BETWEEN_CHECKS = 20


@dataclass(frozen=True)
class Recipe:
    """What was chosen by experiment; see experiments.md."""

    dim: int = 320
    trained_dim: int = 768
    rounds: float = 4.0
    batch: int = 1024
    peak_rate: float = 3e-3
    sharpness: float = 12.0
    random_share: float = 2.0
    wish_text: float = 0.5
    alias_posting: float = 0.3
    alias_alias: float = 0.5
    related: float = 0.1
    side_batch: int = 512


@dataclass(frozen=True)
class Trained:
    """tokens: (n,) vocabulary. table: (n, dim) float32. history: (step, nDCG@10 on each dev task)."""

    tokens: list[str]
    table: np.ndarray
    history: list[tuple[int, dict[str, float]]]


def train(
    corpus: Corpus, recipe: Recipe, *, seed: int, held_out: Collection[str] = (), quiet: bool = False
) -> Trained:
    """Train on the rows whose split is 'train', keeping the table that does best on the 'dev' source.

    held_out: phrases that no alias in training may contain or be contained in (for an honest synonym test).
    """
    rows = corpus.rows_of("train")
    tokens = encoder_vocabulary(corpus, rows)
    index = {token: number for number, token in enumerate(tokens)}
    matrices = {field: count_matrix(corpus.tokens[field], index) for field in FIELDS}
    whole = sum(matrices[field] for field in FIELDS)[rows].tocsr()
    whole.sort_indices()
    table = initial_table(whole, recipe.trained_dim, random_share=recipe.random_share, seed=seed)

    titles = matrices["title"][rows]
    texts = _merged(matrices["duties"], matrices["requirements"])[rows]
    heads = _merged(matrices["title"], matrices["tags"])[rows]
    names = [str(corpus.rows[row].get("title") or "").strip().lower() for row in rows]
    groups = corpus.group[rows]
    aliases = Aliases(index, held_out=held_out)
    sides: list[tuple[float, Callable[[], Source]]] = [
        (recipe.wish_text, lambda: WishAndText(heads, texts, names, groups, aliases)),
        (recipe.alias_posting, lambda: AliasAndPosting(titles, texts, names, aliases)),
        (recipe.alias_alias, lambda: AliasAndAlias(aliases)),
        (recipe.related, lambda: RelatedAliases(aliases)),
    ]
    shares = [Share(TitleAndText(titles, texts, names, groups), 1.0, recipe.batch)]
    shares += [Share(made(), weight, recipe.side_batch) for weight, made in sides if weight]

    steps = max(1, int(recipe.rounds * len(rows) / recipe.batch))
    watch = Watch(dev_tasks(corpus, matrices), steps, quiet=quiet)
    schedule = Schedule(steps, recipe.peak_rate, recipe.sharpness)
    last = fit(table, shares, schedule, seed=seed, after_step=watch.after_step)
    best = last if watch.best is None else watch.best
    shorter = shortened(best, [titles, texts, aliases.everything()], recipe.dim, seed=seed)
    return Trained(tokens, shorter, watch.history)


def _merged(*fields: sparse.csr_matrix) -> sparse.csr_matrix:
    """The fields as one text: every token at most once."""
    whole = sum(fields).tocsr()
    whole.data[:] = 1
    return whole


def encoder_vocabulary(corpus: Corpus, rows: np.ndarray) -> list[str]:
    """Tokens of the training rows worth a vector, most frequent first."""
    counts: Counter[str] = Counter()
    words: set[str] = set()
    for row in rows:
        counts.update({token for field in FIELDS for token in corpus.tokens[field][row]})
        for field in FIELDS:
            words.update(segmenter().search_words(field_text(corpus.rows[row], field)))
    worth = [
        token
        for token, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if n >= MIN_POSTINGS and (len(token) == 1 or token in words or n >= MIN_POSTINGS_LOOSE_BIGRAM)
    ]
    return worth[:VOCABULARY_LIMIT]


class Watch:
    """Follows the dev source, remembers the best table, shows a progress bar."""

    def __init__(self, tasks: list[Task], steps: int, *, quiet: bool) -> None:
        self._tasks = tasks
        self._bar = tqdm(total=steps, unit="step", disable=quiet, file=sys.stderr)
        self._steps = steps
        self._best_mean = -1.0
        self.best: np.ndarray | None = None
        self.history: list[tuple[int, dict[str, float]]] = []

    def after_step(self, step: int, loss: float, table_now: Callable[[], np.ndarray]) -> bool:
        """Look at the dev tasks now and then; always go on, the schedule ends the run."""
        self._bar.update()
        at_end = step + 1 == self._steps
        if self._tasks and ((step + 1) % STEPS_BETWEEN_CHECKS == 0 or at_end):
            table = table_now()
            figures = {task.name: float(ndcg(dense_scores(table, task), task).mean()) for task in self._tasks}
            self.history.append((step + 1, figures))
            shown = " ".join(f"{name} {figure:.3f}" for name, figure in figures.items())
            self._bar.set_postfix_str(f"loss {loss:.2f} {shown}")
            mean = float(np.mean(list(figures.values())))
            if mean > self._best_mean:
                self._best_mean, self.best = mean, table
        if at_end:
            self._bar.close()
        return True


def main() -> None:
    """Read the arguments, train, write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=Path, required=True, help=".jsonl or .jsonl.gz")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder to replace, e.g. models/encoder/artifact"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--hold-out-synonyms", action="store_true", help="keep the test's phrases out of training"
    )
    for field in fields(Recipe):
        kind = type(field.default)
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    started = time.monotonic()
    corpus = load_corpus(options.postings, encoder_tokens, lambda rows: tqdm(rows, unit="posting"))
    recipe = Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})
    held_out = [query.phrase for query in synonym_queries()] if options.hold_out_synonyms else []
    trained = train(corpus, recipe, seed=options.seed, held_out=held_out)
    identity = export_model(options.out, trained.tokens, trained.table)
    print(
        f"{len(trained.tokens)} tokens, model {identity}, {time.monotonic() - started:.0f} s -> {options.out}"
    )


if __name__ == "__main__":
    main()
