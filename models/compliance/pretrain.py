"""Teach the encoder Chinese before it is taught grounds: `python -m models.compliance.pretrain` (预训练).

It fills in hidden characters of sentences of real training postings and of the texts of this folder. Writes
`pretrained.safetensors` beside this file: weights and the list of characters, no sentence. Needed again only when
the network's shape or its characters change; `train` starts from the file.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.shared_postings import shared_rows
from matcher.compliance.passage_net import FIRST, WIDE, character_index
from matcher.text.normalise import fold_case
from models.compliance.examples import all_hand_made, gold_examples, gold_sets
from models.compliance.network import CharacterEncoder, hidden, id_rows

PRETRAINED = Path(__file__).parent / "pretrained.safetensors"
STEPS, BATCH, RATE, WARM = 4_000, 80, 2e-3, 200
LEAST_SEEN = 4  # times a character is met to get a row
OWN_SHARE = 5  # of one of our texts, in sentences of postings, when characters are counted
LONGEST, JOINED = 96, 46  # characters of a text; short ones are joined up to JOINED
PLAIN, TECHNICAL = 40_000, 6_000  # sentences of postings in a round
HIDDEN, NEIGHBOUR, KEPT = 0.09, 0.7, 0.15  # share hidden, then of their right neighbours, then left readable
SEED = 17
_TECHNICAL = re.compile("软件|开发|java|算法|前端|后端|架构|python|数据|[a-z]{3}|程序|系统|接口|代码")


def posting_sentences() -> list[str]:
    """Sentences of real training postings, each once."""
    found: dict[str, None] = {}
    for row in shared_rows("train"):
        for text in (row["title"], row["description"], row["requirements"]):
            for part in re.split(r"[。;\n]", fold_case(text or "")):
                if 6 <= len(part.strip()) <= 160:
                    found[part.strip()] = None
    return list(found)


def known_characters(sentences: Sequence[str], own: Sequence[str]) -> str:
    """Characters met often enough, the commonest first."""
    counts = Counter("".join(sentences))
    counts.update("".join(own) * OWN_SHARE)
    return "".join(character for character, count in counts.most_common() if count >= LEAST_SEEN)


def batches(sentences: Sequence[str], own: Sequence[str], draw: random.Random) -> Iterator[list[str]]:
    """Texts of about the same length, without end."""
    plain = [sentence for sentence in sentences if not _TECHNICAL.search(sentence)]
    technical = [sentence for sentence in sentences if _TECHNICAL.search(sentence)]
    while True:
        pool = [*draw.sample(plain, min(PLAIN, len(plain))), *draw.sample(technical, min(TECHNICAL, len(technical)))]
        texts = _joined([*pool, *own, *own], draw)
        for start in range(0, len(texts) - 2_000, 2_000):
            alike = sorted(texts[start : start + 2_000], key=len)
            yield from draw.sample([alike[i : i + BATCH] for i in range(0, len(alike), BATCH)], 25)


def _joined(pool: list[str], draw: random.Random) -> list[str]:
    """Short texts one behind the other, so that the encoder meets neighbours."""
    draw.shuffle(pool)
    texts: list[str] = []
    for text in pool:
        if texts and len(texts[-1]) + len(text) < JOINED:
            texts[-1] += draw.choice(",。") + text
        else:
            texts.append(text[:LONGEST])
    return texts


def hidden_places(ids: Tensor) -> Tensor:
    """Which characters are to be guessed: single ones and short runs."""
    first = torch.rand(ids.shape) < HIDDEN
    second = torch.roll(first & (torch.rand(ids.shape) < NEIGHBOUR), 1, 1)
    return (first | second) & (ids >= FIRST)


def pretrained(sentences: Sequence[str], own: Sequence[str], characters: str, steps: int) -> CharacterEncoder:
    """An encoder that has filled in `steps` batches."""
    torch.manual_seed(SEED)
    index = character_index(characters)
    encoder = CharacterEncoder(len(characters) + FIRST, drop=0.05)
    guess, bias = nn.Linear(WIDE, WIDE), nn.Parameter(torch.zeros(len(characters) + FIRST))
    weights = [*encoder.parameters(), *guess.parameters(), bias]
    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    stream = batches(sentences, own, random.Random(SEED))
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM) * max(0.02, 1 - step / steps)
        ids = id_rows(next(stream), index)
        places = hidden_places(ids)
        seen = hidden(ids, places & (torch.rand(ids.shape) >= KEPT))
        with torch.autocast("cpu", torch.bfloat16):
            vectors, _ = encoder(seen)
            logits = functional.gelu(guess(vectors[places])) @ encoder.table.weight.T + bias
        loss = functional.cross_entropy(logits.float(), ids[places])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if step % 200 == 0:
            print(step, round(loss.item(), 3), flush=True)
    return encoder


def read_pretrained(drop: float) -> tuple[CharacterEncoder, str]:
    """The encoder of the file and its characters."""
    with safe_open(PRETRAINED, framework="pt") as file:
        characters = str(file.metadata()["characters"])
        state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    encoder = CharacterEncoder(len(characters) + FIRST, drop)
    encoder.load_state_dict(state)
    return encoder, characters


def main() -> None:
    torch.set_num_threads(1)
    own = sorted({e.text for e in (*(e for name in gold_sets() for e in gold_examples(name)), *all_hand_made())})
    sentences = posting_sentences()
    characters = known_characters(sentences, own)
    encoder = pretrained(sentences, own, characters, STEPS)
    state = {name: tensor.half().contiguous() for name, tensor in encoder.state_dict().items()}
    save_file(state, PRETRAINED, metadata={"characters": characters})


if __name__ == "__main__":
    main()
