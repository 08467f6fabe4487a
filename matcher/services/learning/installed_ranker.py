"""The ranker that an installation uses (排序模型选择): its own, if it fits this program, else the shipped one."""

from __future__ import annotations

from pathlib import Path

import structlog

from matcher.config import REPOSITORY, Config
from matcher.errors import Unavailable
from matcher.ranking.score import Scorer, load_scorer
from matcher.ranking.trained_scorer import MANIFEST, TrainedScorer

# Resolved as a path, not as an import: `models` may import `matcher`, never the other way.
SHIPPED_RANKER = REPOSITORY / "models" / "ranker" / "artifact"
_log = structlog.get_logger()


def installed_scorer(config: Config, encoder_id: str) -> Scorer:
    """The model of MATCHER_HOME/ranker when its digests, features and encoder match, else the shipped one.

    One that does not match is left where it is and named in the log: after an upgrade the service must go on, and
    the next `matcher train-ranker` makes it anew. Raises Unavailable when the shipped one is damaged.
    """
    own = _own(config.ranker_folder, encoder_id)
    return load_scorer(SHIPPED_RANKER) if own is None else own


def _own(folder: Path, encoder_id: str) -> TrainedScorer | None:
    if not (folder / MANIFEST).exists():
        return None
    try:
        found = TrainedScorer.load(folder)
    except Unavailable as error:
        _log.warning("own_ranker_refused", reason=error.message)
        return None
    if found.encoder_id != encoder_id:
        _log.warning("own_ranker_refused", reason="本地排序模型按另一编码模型训练，请重新训练")
        return None
    return found
