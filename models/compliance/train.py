"""Train the second reader and write its artifact: `python -m models.compliance.train [--out FOLDER]` (训练).

What the three models count for and the thresholds come from sets of authors left out: whoever judges them has seen
neither their cases nor copies of them. The artifact is then fitted on everything. Figures go to figures.json beside
this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from matcher.compliance.cue_pairs import CuePairs
from matcher.compliance.second_reader import FORMAT, NET, SHIPPED
from matcher.text.sealed_weights import write_sealed
from models.compliance.examples import (
    GROUNDS,
    Example,
    all_hand_made,
    background,
    filled_forms,
    gold_examples,
    gold_sets,
    swapped,
    word_groups,
)
from models.compliance.fit import (
    CUE_SHARE,
    Table,
    Weights,
    fit_weights,
    text_logits,
    window_labels,
    window_logits,
    window_table,
)
from models.compliance.fit_passages import (
    PassageModels,
    fit_linear,
    fit_network,
    linear_logits,
    net_logits,
    network_tensors,
)
from models.compliance.weigh import Held, earlier_thresholds, figures, joint_chances, shares, thresholds

RECENT = ("sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twentyfirst")
"""Sets of eight authors who had seen neither the rules nor earlier sets; they count twice in the network."""
FOLDS = (RECENT[::2], RECENT[1::2])
"""Sets left out together."""
FORM_COPIES, SWAP_COPIES, BACKGROUND = 6, 1, 14_000
GATE_QUANTILE = 0.004  # of the breaching windows may stay behind the gate
GATE_MARGIN = 0.3
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Fitted:
    """Everything fitted on some examples."""

    windows: Weights
    gate_least: float
    passages: PassageModels


def all_examples(groups: Mapping[str, Sequence[str]]) -> list[Example]:
    """Everything the reader learns from, copies behind their originals."""
    originals = [*(e for name in gold_sets() for e in gold_examples(name)), *all_hand_made()]
    return [
        *originals,
        *filled_forms(groups, copies=FORM_COPIES, seed=1),
        *background(BACKGROUND, seed=2),
        *swapped(originals, groups, copies=SWAP_COPIES, seed=3),
    ]


def sources(fold: Sequence[str]) -> frozenset[str]:
    """Sources of the examples of some sets."""
    return frozenset(f"compliance_{name}" for name in fold)


def fitted_without(fold: Sequence[str]) -> tuple[Fitted, Held]:
    """The models fitted on all but the sets of `fold`, and how they judge these."""
    torch.set_num_threads(1)
    groups = word_groups()
    cues = CuePairs(list(groups.values()))
    everything = all_examples(groups)
    examples = [example for example in everything if example.source not in sources(fold)]
    held = [e for e in everything if e.source in sources(fold) and e.weight == 1.0]
    table = window_table(examples, cues)
    labels, weights = window_labels(examples, table)
    windows = fit_weights(table, labels, weights, gate=not fold)
    least = gate_least(table, labels, windows)
    print("windows fitted without", *fold, flush=True)
    runs, bias = fit_linear(examples)
    print("passages fitted without", *fold, flush=True)
    originals = [example for example in examples if example.weight == 1.0 or example.source == "forms"]
    network, characters = fit_network(originals, groups, twice=sources(RECENT))
    fitted = Fitted(windows, least, PassageModels(runs, bias, network, characters))
    return fitted, judged(fitted, held, cues)


def judged(fitted: Fitted, cases: list[Example], cues: CuePairs) -> Held:
    """What each of the three models says of some cases."""
    if not cases:
        return Held([], np.zeros((0, 3, len(GROUNDS)), dtype=np.float32))
    table = window_table(cases, cues)
    by_window = text_logits(table, window_logits(table, fitted.windows), len(cases))
    passages = fitted.passages
    by_model = [by_window, linear_logits(passages, cases), net_logits(passages, cases, cues)]
    return Held(cases, np.stack(by_model, axis=1))


def write_artifact(
    folder: Path,
    fitted: Fitted,
    weighed: NDArray[np.float32],
    groups: Mapping[str, Sequence[str]],
    more: Mapping[str, Any],
) -> str:
    """Write weights and manifest; returns the model id."""
    windows, passages = fitted.windows, fitted.passages
    halves = {
        "gate": windows.gate,
        "runs": windows.runs,
        "cues": windows.cues * CUE_SHARE,
        "passage": passages.runs,
        **{NET + name: values for name, values in network_tensors(passages.network).items()},
    }
    data = save_tensors(
        {
            **{name: values.astype(np.float16) for name, values in halves.items()},
            "bias": windows.bias,
            "passage_bias": passages.bias,
            "shares": weighed,
        }
    )
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "model_id": f"reader-{hashlib.sha256(data).hexdigest()[:8]}",
        "file": "reader.safetensors",
        "grounds": list(GROUNDS),
        "groups": list(groups.values()),
        "characters": passages.characters,
        "gate_bias": windows.gate_bias,
        "gate_least": fitted.gate_least,
        **more,
    }
    write_sealed(folder, manifest, data)
    return str(manifest["model_id"])


def gate_least(table: Table, labels: NDArray[np.int8], weights: Weights) -> float:
    """The gate's logit that all but a few breaching windows pass."""
    breach = np.flatnonzero((labels == 1).any(axis=1))
    logits = table.gate[breach] @ weights.gate + weights.gate_bias
    return float(np.quantile(logits, GATE_QUANTILE)) - GATE_MARGIN


def all_fitted() -> tuple[Fitted, Held]:
    """The models fitted on everything, and how those of the folds judge the sets they have not seen."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        *folds, (fitted, _) = pool.map(fitted_without, [*FOLDS, ()])
    cases = [case for _, held in folds for case in held.cases]
    return fitted, Held(cases, np.concatenate([held.by_model for _, held in folds]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    out = parser.parse_args().out
    fitted, held = all_fitted()
    weighed = shares(held)
    least = thresholds(held.truth, joint_chances(held.by_model, weighed))
    bar = np.array([least[ground] for ground in GROUNDS], dtype=np.float32)
    earlier = earlier_thresholds(held, weighed, bar)
    model_id = write_artifact(out, fitted, weighed, word_groups(), {"thresholds": least, **earlier})
    result = {
        "model_id": model_id,
        "thresholds": least,
        "shares": {ground: np.round(weighed[:, c], 3).tolist() for c, ground in enumerate(GROUNDS)},
        "left_out": figures(held, [name for fold in FOLDS for name in sorted(sources(fold))]),
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    (Path(__file__).parent / "figures.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
