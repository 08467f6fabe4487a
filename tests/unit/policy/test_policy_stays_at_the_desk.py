"""What a person may be entitled to is for their caseworker alone: no other page, channel or score knows of it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
MAY_KNOW = {
    "matcher.policy": {"matcher/services/desk/county_plan.py", "matcher/services/desk/policy_view.py"},
    "matcher.services.desk.county_plan": {"matcher/services/desk/policy_view.py"},
    "matcher.services.desk.policy_view": {"api/pages/desk/person.py"},
}


def importers(module: str) -> set[str]:
    found = set()
    for path in [*(ROOT / "matcher").rglob("*.py"), *(ROOT / "api").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name == module or name.startswith(f"{module}.") for name in names):
                found.add(path.relative_to(ROOT).as_posix())
    return {one for one in found if not one.startswith("matcher/policy/")}


def test_only_the_desk_knows_of_policies() -> None:
    assert {module: importers(module) for module in MAY_KNOW} == MAY_KNOW


def test_the_guard_sees_an_import() -> None:
    assert "matcher/services/desk/today.py" in importers("matcher.services.accounts.sight")
