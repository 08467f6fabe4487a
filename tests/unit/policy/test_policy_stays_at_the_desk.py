"""What a person may be entitled to is for their caseworker alone: no other page, channel or score knows of it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
MAY_KNOW = {
    "matcher.policy": {"matcher/services/desk/county_plan.py", "matcher/services/desk/policy_view.py"},
    "matcher.services.desk.county_plan": {"matcher/services/desk/policy_view.py"},
    "matcher.services.desk.policy_view": {"api/pages/desk/person.py"},
}


@cache
def imports() -> dict[str, set[str]]:
    """Path → the modules it names in its imports."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "matcher").rglob("*.py"), *(ROOT / "api").rglob("*.py")]:
        named = found.setdefault(path.relative_to(ROOT).as_posix(), set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                named.add(node.module or "")
            elif isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
    return found


def importers(module: str) -> set[str]:
    return {
        path
        for path, named in imports().items()
        if not path.startswith("matcher/policy/")
        and any(name == module or name.startswith(f"{module}.") for name in named)
    }


def test_only_the_desk_knows_of_policies() -> None:
    assert {module: importers(module) for module in MAY_KNOW} == MAY_KNOW


def test_the_guard_sees_an_import() -> None:
    assert "matcher/services/desk/today.py" in importers("matcher.services.accounts.sight")
