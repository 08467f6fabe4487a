"""Learn the ranker from the office's own outcomes, and keep the old model unless the new one is better (重训排序).

The answers are split by time: the earlier ones teach, beside simulated counties; on the later ones the new model
(challenger) must order grades better than the one in use (champion). A tie keeps the champion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoding.encoder import Encoder
from matcher.errors import InvalidInput
from matcher.ranking.artifact import write_artifact
from matcher.ranking.contest import Contest, contest
from matcher.ranking.feature_table import Head
from matcher.ranking.fitting import Answers
from matcher.ranking.learning import INTERESTED, Graded, answer_weights, learn, split_by_time
from matcher.ranking.propensity import effective_count
from matcher.ranking.score import Scorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.trained_scorer import Blend, TrainedScorer
from matcher.services.learning.graded_pairs import graded_pairs
from matcher.services.learning.simulated_answers import simulated_examples
from matcher.services.learning.training_examples import GradedExample
from matcher.services.live_index import Progress
from matcher.services.whole_files import whole_file
from matcher.store.database import Database

TREE_SEEDS, BLEND_SEEDS = tuple(range(401, 409)), tuple(range(501, 505))
COUNTY_WORKERS, COUNTY_POSTINGS = 400, 800
LATER_SHARE = 0.25
LEAST_ANSWERS = 100  # of the earlier part
LEAST_EACH = 20  # better and worse answers, in either part
SEED = 7
CARD = "card.md"
Base = Mapping[Head, tuple[Answers, Answers]]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What came of a training.

    outcome: the contest on the later answers. model_id: of the challenger when it was put in place, else None.
    used: real answers each head learnt from; 0 = too few of one kind. effective: how many equally weighted answers say
    as much as the weighted ones. left_out: examples whose person or posting is gone.
    """

    outcome: Contest
    model_id: str | None
    used: dict[Head, int]
    effective: float
    left_out: int

    @property
    def replaced(self) -> bool:
        """Whether the challenger was put in place."""
        return self.model_id is not None


def simulated_base(encoder: Encoder, progress: Progress | None = None) -> Base:
    """(grow, hold) of both heads from simulated counties; `progress` hears of each county."""
    grow, hold = (
        simulated_examples(seeds, COUNTY_WORKERS, COUNTY_POSTINGS, encoder, progress)
        for seeds in (TREE_SEEDS, BLEND_SEEDS)
    )
    return {head: (grow.answers(head), hold.answers(head)) for head in Head}


def train_from_examples(
    database: Database,
    encoder: Encoder,
    examples: Iterable[GradedExample],
    *,
    champion: Scorer,
    base: Callable[[], Base],
    out: Path,
) -> TrainingReport:
    """Join the examples with people and postings and train; see `train_ranker`."""
    with database.reading() as session:
        joined = graded_pairs(session, encoder, examples)
        today = session.now().date()
    return train_ranker(
        joined.graded,
        champion=champion,
        base=base,
        out=out,
        encoder_id=encoder.model_id,
        today=today,
        left_out=joined.left_out,
    )


def train_ranker(
    graded: Graded,
    *,
    champion: Scorer,
    base: Callable[[], Base],
    out: Path,
    encoder_id: str,
    today: date,
    left_out: int = 0,
) -> TrainingReport:
    """Learn from the earlier answers, compare on the later ones, and write the new model to `out` if it wins.

    base: makes `simulated_base`, called only once there is enough to learn from.
    Raises InvalidInput when there are too few answers to learn from or to compare on.
    """
    earlier, later = split_by_time(graded, LATER_SHARE)
    _require_enough(earlier, later)
    trees, blends, used = learn(base(), earlier, until=today.toordinal(), seed=SEED)
    challenger = TrainedScorer(
        trees, {head: Blend(**blends[head]) for head in Head}, "challenger", encoder_id
    )
    outcome = _compare(champion, challenger, graded, later)
    effective = effective_count(answer_weights(earlier)[earlier.answered])
    if not outcome.challenger_wins:
        return TrainingReport(outcome, None, used, effective, left_out)
    figures = _figures(outcome, used, effective, champion)
    _write_card(out, figures, earlier, later)
    trained_on = {"data": "simulated counties and answers of this office", "encoder": encoder_id, **_days(earlier)}
    model_id = write_artifact(out, trees, blends, trained_on=trained_on, figures=figures)
    return TrainingReport(outcome, model_id, used, effective, left_out)


def verdict(report: TrainingReport) -> str:
    """One sentence with both figures and their intervals, for a person."""
    new, old, difference = report.outcome.challenger, report.outcome.champion, report.outcome.difference
    figures = (
        f"新模型排序一致率 {_spoken(new)}，现用模型 {_spoken(old)}，相差 {difference[0]:+.3f}"
        f"（95% 区间 {difference[1]:+.3f} 到 {difference[2]:+.3f}），按后期 {report.outcome.answers} 条答复比较"
    )
    return f"已换用新模型：{figures}" if report.replaced else f"新模型没有胜出，保留现用模型：{figures}"


def _spoken(figure: tuple[float, float, float]) -> str:
    return f"{figure[0]:.3f}（{figure[1]:.3f}–{figure[2]:.3f}）"


def _require_enough(earlier: Graded, later: Graded) -> None:
    for name, part, least in (("前期", earlier, LEAST_ANSWERS), ("后期", later, 2 * LEAST_EACH)):
        good = int((part.grade >= INTERESTED).sum())
        answers = int(part.answered.sum())
        if answers < least or min(good, answers - good) < LEAST_EACH:
            raise InvalidInput(
                f"答复太少，还不能重训：{name}有 {answers} 条答复（需 {least}），其中有意向 {good} 条、"
                f"不合适 {answers - good} 条（各需 {LEAST_EACH}）"
            )


def _compare(champion: Scorer, challenger: Scorer, graded: Graded, later: Graded) -> Contest:
    """On the later answers, weighted by propensities from all pushes up to then."""
    border = int(later.day.min())
    weight = answer_weights(graded)[graded.day >= border]
    rows = later.answered
    old, new = (_scores(scorer, later.x[rows]) for scorer in (champion, challenger))
    return contest(old, new, later.grade[rows], later.person[rows], weight[rows])


def _scores(scorer: Scorer, x: NDArray[np.float32]) -> NDArray[np.float64]:
    return surplus_score(*scorer.probabilities(x))


def _days(part: Graded) -> dict[str, str]:
    return {
        "first_day": date.fromordinal(int(part.day.min())).isoformat(),
        "last_day": date.fromordinal(int(part.day.max())).isoformat(),
    }


def _figures(outcome: Contest, used: Mapping[Head, int], effective: float, champion: Scorer) -> dict[str, Any]:
    return {
        "champion": champion.model_id,
        "in_order_champion": outcome.champion,
        "in_order_challenger": outcome.challenger,
        "difference": outcome.difference,
        "later_answers": outcome.answers,
        "answers_used": {head.value: count for head, count in used.items()},
        "effective_answers": round(effective, 1),
    }


def _write_card(out: Path, figures: Mapping[str, Any], earlier: Graded, later: Graded) -> None:
    """The model card beside the model, in Chinese, for whoever asks what it was learnt from."""
    out.mkdir(parents=True, exist_ok=True)
    learnt, judged = _days(earlier), _days(later)
    used = figures["answers_used"]
    with whole_file(out / CARD) as file:
        file.write(
            "# 本地排序模型\n\n"
            f"- 学习用：{learnt['first_day']} 至 {learnt['last_day']} 的推送答复，另加模拟县数据；"
            f"本人一侧 {used['worker']} 条，单位一侧 {used['employer']} 条（0 表示太少，未用）。\n"
            f"- 按渠道、位置、分数、名次估计答复概率后加权，折合等权 {figures['effective_answers']} 条。\n"
            f"- 比较用：{judged['first_day']} 至 {judged['last_day']} 的 {figures['later_answers']} 条答复。\n"
            f"- 排序一致率：本模型 {_spoken(figures['in_order_challenger'])}，"
            f"原模型 {figures['champion']} {_spoken(figures['in_order_champion'])}。\n"
            "- 没有答复的推送不当作拒绝。性别、民族、户籍、婚姻、残疾、低保不是输入。\n"
            "- 局限：没有随机推送，推送之外的岗位没有答复可学；人和岗位的资料按现在所存，不是推送当时。\n"
        )
