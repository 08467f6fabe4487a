"""The coverage page of a batch (批次覆盖页): one HTML file that needs nothing else, for the head of an office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from matcher.clock import SHANGHAI
from matcher.domain.population import PopulationQuery
from matcher.services.planning.batch_charts import (
    count_chart,
    employer_chart,
    lorenz_chart,
    score_chart,
    town_chart,
)
from matcher.services.planning.push_shortfalls import town_name
from matcher.store.database import Database
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.push_plans import PushPlanRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchRow, PushShortfallRow

MOST_NAMED = 200
SHOWN_TOWNS = 20
SHOWN_VILLAGES = 12


@dataclass(frozen=True, slots=True)
class NamedShortfall:
    """One short person as staff see them by default: masked name, town, numbers, never a category."""

    name: str
    town: str
    found: int
    missing: int
    text: str
    changes: tuple[str, ...]
    action: str


def batch_page(database: Database, batch_id: int) -> str:
    """The page as HTML. Raises NotFound."""
    with database.reading() as session:
        batch = PushBatchRepository(session).get(batch_id)
        named = _named(session, batch)
    figures = _complete(batch.figures or {})
    environment = Environment(
        loader=PackageLoader("matcher.services.planning", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda value: f"{value:,}"
    environment.filters["percent"] = lambda value: f"{100 * value:.1f}%"
    return environment.get_template("batch.html").render(
        batch=batch,
        made_at=(batch.run_at or batch.created_at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        who=_who(PopulationQuery.from_json(batch.population)),
        figures=figures,
        proof=batch.certificate or {},
        pictures=_pictures(figures, batch.min_per_person),
        named=named,
        shown_towns=SHOWN_TOWNS,
        shown_villages=SHOWN_VILLAGES,
    )


def _named(session: StoreSession, batch: PushBatchRow) -> list[NamedShortfall]:
    rows = PushBatchRepository(session).shortfalls(batch.id, limit=MOST_NAMED)
    regions = PushPlanRepository(session).regions(batch.id, [row.worker_id for row in rows])
    workers = WorkerRepository(session)
    return [_line(row, workers.masked_identity(row.worker_id).name, regions[row.worker_id]) for row in rows]


def _line(row: PushShortfallRow, name: str, region: str | None) -> NamedShortfall:
    return NamedShortfall(
        name=name or "（未登记姓名）",
        town=town_name(region),
        found=row.found,
        missing=row.missing,
        text=row.text or "",
        changes=tuple(str(one["text"]) for one in row.blocking or ()),
        action=row.action.label if row.action else "",
    )


def _who(query: PopulationQuery) -> str:
    """The population in words; groups are named because the office chose them, people are not."""
    parts = ["、".join(one.label for one in query.categories) or "不限类别"]
    statuses = [one.label for one in query.statuses] + (["就业状况未登记"] if query.unknown_status else [])
    parts.append("、".join(statuses) or "不限就业状况")
    if query.regions:
        parts.append("区划 " + "、".join(query.regions))
    if query.zero_employment:
        parts.append("零就业家庭")
    if query.not_pushed_days:
        parts.append(f"最近 {query.not_pushed_days} 天未推送")
    if query.worker_ids:
        parts.append(f"指定 {len(query.worker_ids)} 人")
    return "；".join(parts)


def _complete(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures, with nothing where a batch was planned by other means."""
    return {**_NO_FIGURES, **figures}


def _pictures(figures: Mapping[str, Any], floor: int) -> dict[str, Markup]:
    """Pictures by name; matplotlib escapes every text that it draws, so its SVG is safe to inline."""
    even, short = figures["fairness"], figures["shortfall"]
    causes = [(one["label"], one["people"]) for one in short["by_cause"].values()]
    actions = [(one["label"], one["people"]) for one in short["by_action"].values()]
    drawn = {
        "towns": town_chart(figures["places"], floor),
        "employers": employer_chart(figures["employers"]),
        "lorenz": lorenz_chart(even["lorenz"], even["gini"]),
        "scores": score_chart(figures["scores"]["bins"]),
        "causes": count_chart("缺口原因", causes),
        "actions": count_chart("补足办法", actions),
    }
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704


_NO_FIGURES: dict[str, Any] = {
    "coverage": {"people": 0, "enough": 0, "some": 0, "none": 0, "pushes": 0},
    "places": [],
    "groups": [],
    "employers": [],
    "scores": {"mean": None, "bins": []},
    "shortfall": {"people": 0, "missing": 0, "by_cause": {}, "by_action": {}},
    "fairness": {"lorenz": [], "gini": 0.0, "coverage": 0.0, "top1_share": 0.0, "congestion": 0, "openings": 0},
    "closing": {"collect": [], "training": [], "wishes": [], "crowded_places": 0},
    "excluded": {},
    "widened_people": 0,
}
