"""The small tagger that is shipped, fitted on what the teacher says of many postings (学生模型).

The same sums are taken without torch by `matcher.text.work_words`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from tqdm import trange

from matcher.text.work_words import GRAMS, LISTED_BEGINS, gram_buckets
from models.skills.teacher import ALIKE, rows_of
from models.skills.texts import Text

BITS, WIDE = 15, 24
LAYERS = ((5, 1), (5, 2))  # characters a convolution sees, and the step between them
ROUNDS, BATCH, RATE, WARM = 3, 64, 4e-3, 100
DROP = 0.1
SEED = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A piece of a posting with the chances (characters, 3) to learn; counted (characters,)."""

    text: Text
    cut: slice
    chances: NDArray[np.float32]
    counted: NDArray[np.float32]


class Student(nn.Module):
    """Scores of neither, begins and goes on for each character, from hashed runs and two gated convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.grams = nn.EmbeddingBag(GRAMS << BITS, WIDE, mode="sum")
        self.listed, self.part = nn.Embedding(LISTED_BEGINS + 1, WIDE), nn.Embedding(2, WIDE)
        for table in (self.grams, self.listed, self.part):
            nn.init.normal_(table.weight, 0, 0.05)
        self.mixes = nn.ModuleList(
            nn.Conv1d(WIDE, 2 * WIDE, reach, dilation=step, padding=step * (reach // 2)) for reach, step in LAYERS
        )
        self.drop, self.out = nn.Dropout(DROP), nn.Linear(WIDE, 3)

    def forward(self, grams: Tensor, listed: Tensor, title: Tensor, inside: Tensor) -> Tensor:
        """grams: (batch, places, GRAMS); the others: (batch, places), inside 1 on the text. (batch, places, 3)."""
        batch, places, runs = grams.shape
        x = self.grams(grams.view(batch * places, runs)).view(batch, places, WIDE)
        x = self.drop(x + self.listed(listed) + self.part(1 - title)) * inside.unsqueeze(-1)
        x = x.transpose(1, 2)
        for mix in self.mixes:
            value, gate = mix(x).chunk(2, 1)
            x = (x + torch.tanh(value) * torch.sigmoid(gate)) * inside.unsqueeze(1)
        scores: Tensor = self.out(self.drop(x.transpose(1, 2)))
        return scores


def grams_of(text: str) -> NDArray[np.int64]:
    """(characters, GRAMS) rows of the table of runs."""
    return (gram_buckets(text, BITS) + (np.arange(GRAMS) << BITS)[:, None]).T


def fit_student(lessons: Sequence[Lesson]) -> Student:
    """The tagger fitted on chances."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    student = Student()
    optimiser = torch.optim.Adam(student.parameters(), lr=RATE)
    grams = {id(lesson.text): grams_of(lesson.text.text) for lesson in lessons}
    ordered, per_round = list(lessons), -(-len(lessons) // BATCH)
    batches: list[list[Lesson]] = []
    for step in trange(per_round * ROUNDS, desc="student"):
        if step % per_round == 0:
            ordered.sort(key=lambda lesson: len(lesson.counted) + ALIKE * draw.random())
            batches = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
            draw.shuffle(batches)
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM) * max(0.02, 1 - step / (per_round * ROUNDS))
        batch = batches[step % per_round]
        inputs = [rows_of([rows[lesson.cut] for lesson, rows in pairs]) for pairs in (
            [(lesson, grams[id(lesson.text)]) for lesson in batch],
            [(lesson, lesson.text.listed) for lesson in batch],
            [(lesson, lesson.text.title) for lesson in batch],
        )]  # fmt: skip
        inside = rows_of([np.ones(len(lesson.counted), dtype=np.float32) for lesson in batch])
        wanted, counted = rows_of([lesson.chances for lesson in batch]), rows_of([lesson.counted for lesson in batch])
        scores = student(*inputs, inside)
        losses = -(wanted * functional.log_softmax(scores, -1)).sum(-1)
        loss = (losses * counted).sum() / counted.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return student.eval()


def student_tensors(student: Student) -> dict[str, NDArray[np.float32]]:
    """The weights under the names of `work_words.tensor_shapes`."""
    tensors = {"grams": student.grams.weight, "listed": student.listed.weight, "part": student.part.weight}
    tensors |= {"out.weight": student.out.weight.T, "out.bias": student.out.bias}
    for number, mix in enumerate(student.mixes):
        tensors[f"{number}.weight"], tensors[f"{number}.bias"] = mix.weight.permute(2, 1, 0), mix.bias
    return {name: np.ascontiguousarray(weights.detach().float().numpy()) for name, weights in tensors.items()}
