"""The trained scorer (训练模型打分): two gradient-boosted heads read from an artifact folder.

The folder holds `manifest.json` and one skops file a head. A file is opened only after its SHA-256 matches
the manifest, and skops may build one type beyond its own safe list: scikit-learn's TreePredictor.

Log-odds of a head = gain · trees(features) + prior · rules(features) + Σ slope · text score + intercept, with
no negative factor. The rules carry what the training data never showed, the straight text terms keep the fine
order that binned trees would merge. A rising line through a few knots then maps these log-odds to observed
ones; both were fitted on people and postings that the trees never saw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped, unused-ignore]

from matcher.errors import Unavailable
from matcher.ranking.feature_table import Head, feature_columns, features, head_columns
from matcher.ranking.rule_scorer import RuleScorer

MANIFEST = "manifest.json"
FORMAT = 1
TRUSTED_TYPES = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)
STRAIGHT_TERMS = ("dense", "lexical")
# Below this, waking a second thread for each of hundreds of trees costs more than it saves, above all when
# the other core is busy: then every tree waits for it.
ONE_THREAD_ROWS = 10_000


@lru_cache(maxsize=1)
def _threads() -> ThreadpoolController:
    """Found once: looking through the loaded libraries takes milliseconds."""
    return ThreadpoolController()


@dataclass(frozen=True)
class Blend:
    """How trees, rules and text scores make the head's log-odds.

    unknown: what an unknown text score counts as. raw, observed: knots of the calibration, both strictly
    rising, so that no two scores fall together; beyond the ends it goes on with slope 1.
    """

    gain: float
    prior: float
    intercept: float
    slopes: Mapping[str, float]
    unknown: Mapping[str, float]
    raw: Sequence[float]
    observed: Sequence[float]

    def log_odds(
        self, trees: NDArray[np.float64], rules: NDArray[np.float64], matrix: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """(k,) from tree and rule log-odds (k,) and the full feature matrix (k, features)."""
        total = self.gain * trees + self.prior * rules + self.intercept
        for name in STRAIGHT_TERMS:
            values = matrix[:, feature_columns()[name]].astype(np.float64)
            total += self.slopes[name] * np.where(np.isnan(values), self.unknown[name], values)
        return self._calibrated(total)

    def _calibrated(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        inside = np.interp(z, self.raw, self.observed)
        beyond = np.minimum(z - self.raw[0], 0) + np.maximum(z - self.raw[-1], 0)
        calibrated: NDArray[np.float64] = inside + beyond
        return calibrated


class TrainedScorer:
    """Scores with the two heads of one artifact."""

    degraded = False

    def __init__(
        self, heads: Mapping[Head, Any], blends: Mapping[Head, Blend], model_id: str, encoder_id: str = ""
    ) -> None:
        """heads: fitted HistGradientBoostingClassifier over `head_columns(head)`.

        encoder_id: the encoder whose text scores were learnt, "" when that was not recorded.
        """
        self._heads = dict(heads)
        self._blends = dict(blends)
        self._rules = RuleScorer()
        self._columns = {head: np.array(head_columns(head)) for head in Head}
        self.model_id = model_id
        self.encoder_id = encoder_id

    def probabilities(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(p_worker, p_employer), each (k,), of a feature matrix (k, features)."""
        worker, employer = (expit(self.log_odds(matrix, head)) for head in Head)
        return worker, employer

    def log_odds(self, matrix: NDArray[np.float32], head: Head) -> NDArray[np.float64]:
        """(k,) calibrated log-odds of one head."""
        if len(matrix) == 0:
            return np.zeros(0)
        known = matrix[:, self._columns[head]]
        if len(matrix) <= ONE_THREAD_ROWS:
            with _threads().limit(limits=1, user_api="openmp"):
                trees = self._heads[head].decision_function(known)
        else:
            trees = self._heads[head].decision_function(known)
        return self._blends[head].log_odds(trees, self._rules.log_odds(matrix, head), matrix)

    @classmethod
    def load(cls, folder: Path) -> TrainedScorer:
        """Read an artifact; Unavailable when it is absent, changed, untrusted or of other features."""
        manifest = _manifest(folder)
        heads, blends = {}, {}
        for head in Head:
            entry = manifest["heads"][head.value]
            heads[head] = _safe_load(folder / entry["file"], entry["sha256"])
            blends[head] = Blend(**{name: entry[name] for name in Blend.__dataclass_fields__})
        encoder_id = str(manifest.get("trained_on", {}).get("encoder", ""))
        return cls(heads, blends, str(manifest["model_id"]), encoder_id)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unavailable("排序模型清单缺失或损坏，请重新训练或恢复模型文件", detail=str(error)) from error
    if manifest.get("format") != FORMAT or manifest.get("features") != [f.name for f in features()]:
        raise Unavailable("排序模型与当前特征表不一致，请重新训练模型")
    return cast(dict[str, Any], manifest)


def _safe_load(path: Path, sha256: str) -> Any:
    import skops.io  # here, not above: it takes three seconds and only a trained model needs it

    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unavailable("排序模型文件缺失，请恢复模型文件", detail=str(error)) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Unavailable(f"排序模型文件 {path.name} 与清单的校验值不符，已拒绝加载")
    untrusted = set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED_TYPES)
    if untrusted:
        message = f"排序模型文件 {path.name} 含有不允许的类型，已拒绝加载"
        raise Unavailable(message, detail=str(sorted(untrusted)))
    return skops.io.loads(data, trusted=list(TRUSTED_TYPES))
