"""What the pages of the sample events share: who acts, how a moment is told, where the templates are (样例活动页)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from matcher.clock import SHANGHAI

ACTOR = "样例经办"


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One event. told: what came of it, for the screen; page: where one reads more."""

    name: str
    told: str
    page: Path


def clock_text(moment: datetime) -> str:
    """6月2日 06:00 by the clock of Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def event_page(name: str) -> Any:
    """A template of the sample events; every value is escaped."""
    environment = Environment(
        loader=PackageLoader("matcher.demo", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
