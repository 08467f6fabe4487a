"""The arrow of ARCHITECTURE.md holds: a stage imports earlier stages only, and no modules import in a circle."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOUNDATION = {"errors", "clock", "config", "domain"}
"""Parts of `matcher` that any part may import; the domain itself imports errors alone."""

MAY_IMPORT = {
    "errors": set(),
    "clock": {"errors"},
    "config": {"errors"},
    "domain": {"errors"},
    "lexicon": FOUNDATION,
    "text": FOUNDATION | {"lexicon"},
    "compliance": FOUNDATION | {"lexicon", "text"},
    "imports": FOUNDATION | {"lexicon", "text"},
    "encoding": FOUNDATION | {"lexicon", "text"},
    "retrieval": FOUNDATION | {"lexicon", "text", "encoding"},
    "ranking": FOUNDATION | {"lexicon", "text", "encoding", "retrieval"},
    "delivery": FOUNDATION | {"imports"},
    "allocation": FOUNDATION,
    "store": FOUNDATION | {"lexicon", "text"},
    "regions": FOUNDATION,
    "outcome": FOUNDATION | {"regions"},
    "policy": FOUNDATION,
}
"""For each stage, what it may import beside itself."""

OUTERMOST = {"services", "demo", "cli", "__main__"}
PURE_TEXT = {"matcher.text.normalise", "matcher.text.segment"}
"""Foldings and cutting without a table of their own: the lexicon is written with them."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def trees(package: str) -> dict[str, ast.Module]:
    """Syntax tree of every module of a package, by name."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def named_by(node: ast.AST) -> set[str]:
    """Dotted names of one import statement; `from a import b` names a.b."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: relative imports hide the arrow"
        return {f"{node.module}.{alias.name}" for alias in node.names}
    return set()


def all_imports(tree: ast.Module) -> set[str]:
    """Everything imported anywhere, inside functions and for types as well."""
    return set().union(*(named_by(node) for node in ast.walk(tree)))


def first_imports(tree: ast.Module) -> set[str]:
    """What runs while the module is being loaded: not in functions, not for types only."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting.extend(node.orelse)
            continue
        found |= named_by(node)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def modules_of(names: set[str], known: set[str]) -> set[str]:
    """The known module of each name: the name itself or the longest beginning of it."""
    found = set()
    for name in names:
        while name and name not in known:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {""}


def breaches(allowed: dict[str, set[str]]) -> list[str]:
    """Imports inside `matcher` against the table: "module imports module"."""
    found = []
    for name, tree in trees("matcher").items():
        stage = name.split(".")[1] if "." in name else ""
        if stage not in allowed:
            continue
        for other in sorted(modules_of(all_imports(tree), set(trees("matcher")))):
            other_stage = other.split(".")[1] if "." in other else ""
            if other_stage and other_stage != stage and other_stage not in allowed[stage]:
                found.append(f"{name} imports {other}")
    return found


def test_every_part_of_matcher_has_its_place_on_the_arrow() -> None:
    parts = {name.split(".")[1] for name in trees("matcher") if "." in name}
    assert parts <= set(MAY_IMPORT) | OUTERMOST, (
        "a new part: give it a row in MAY_IMPORT and in ARCHITECTURE.md"
    )


def test_a_stage_never_imports_a_later_one() -> None:
    found = [
        line
        for line in breaches(MAY_IMPORT)
        if not (line.startswith("matcher.lexicon.") and line.split()[-1] in PURE_TEXT)
    ]
    assert found == []


def test_matcher_imports_neither_the_api_nor_the_training_recipes() -> None:
    outside = {"api", "models", "benchmarks", "tests", "notebooks", "fastapi", "starlette"}
    found = [
        f"{name} imports {other}"
        for name, tree in trees("matcher").items()
        for other in all_imports(tree)
        if other.split(".")[0] in outside
    ]
    assert found == []


def test_the_training_recipes_and_the_api_do_not_know_each_other() -> None:
    for package, other in (("api", "models"), ("models", "api")):
        found = [
            name
            for name, tree in trees(package).items()
            if any(module.split(".")[0] == other for module in all_imports(tree))
        ]
        assert found == [], f"{package} imports {other}"


def test_only_services_and_the_command_line_import_services() -> None:
    found = [
        name
        for name, tree in trees("matcher").items()
        if name.split(".")[1:2] not in (["services"], ["cli"], ["demo"])
        and any(module.startswith("matcher.services") for module in all_imports(tree))
    ]
    assert found == []


def test_services_do_not_import_the_command_line() -> None:
    found = [
        name
        for name, tree in trees("matcher").items()
        if not name.startswith(("matcher.cli", "matcher.__main__"))
        and any(module.startswith("matcher.cli") for module in all_imports(tree))
    ]
    assert found == []


@pytest.mark.parametrize("package", ["matcher", "api", "models"])
def test_modules_do_not_import_each_other_in_a_circle(package: str) -> None:
    names = set(trees(package))
    graph = {name: modules_of(first_imports(tree), names) - {name} for name, tree in trees(package).items()}
    assert circle(graph) == []


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle of the graph, its first node repeated at the end; empty when there is none."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            node, leaving = waiting.pop()
            if leaving:
                path.pop()
                done.add(node)
            elif node in path:
                return [*path[path.index(node) :], node]
            elif node not in done:
                path.append(node)
                waiting.append((node, True))
                waiting.extend((other, False) for other in sorted(graph[node]))
    return []


def test_the_guard_itself_sees_a_circle_and_a_late_import() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    tree = ast.parse("import a\nif TYPE_CHECKING:\n    import b\ndef f():\n    from c import d\n")
    assert first_imports(tree) == {"a"}
    assert all_imports(tree) == {"a", "b", "c.d"}
    assert modules_of({"a.b.c", "d"}, {"a", "a.b"}) == {"a.b"}
