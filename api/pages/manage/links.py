"""Addresses of the rows behind a figure (明细链接)."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.services.overview.view import Dimension, View


@dataclass(frozen=True, slots=True)
class Links:
    """Links of one view, for templates."""

    view: View

    def rows(self, key: str, **parts: str) -> str:
        """The rows of a figure, narrowed: rows("short", cause="crowded")."""
        view = self.view
        for name, value in parts.items():
            view = view.within(Dimension(name), value)
        return f"/manage/rows/{key}?{view.query()}"

    def at(self, region: str) -> str:
        """The overview of another place."""
        month = f"month={self.view.month.first:%Y-%m}"
        return f"/manage?{month}" + (f"&region={region}" if region else "")
