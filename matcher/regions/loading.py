"""Reading a region pack from its file and those it extends (区域包读取)."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matcher.errors import InvalidInput, NotFound
from matcher.regions.figures import FIGURES, text
from matcher.regions.pack import Note, RegionPack

PACKS = Path(__file__).parent / "packs"
DEFAULT = "default"
OWN_FILE = "region.toml"
_HEAD = {"code", "name", "extends"}
_FIGURE_PARTS = {"value", "source", "expires"}


def load_pack(code: str | None = None, folder: Path | None = None) -> RegionPack:
    """The pack of one county.

    code:   name of a shipped pack; None = the county's own file, or the default pack where there is none.
    folder: where the county's own `region.toml` lies; it may extend a shipped pack.
    Raises NotFound for an unknown code, InvalidInput that names file, key and fix for a faulty file.
    """
    own = folder / OWN_FILE if folder else None
    if own is not None and own.is_file():
        content = _read(own)
        if code is None or content.get("code") == code:
            return _build(own, content)
    path = _shipped(code or DEFAULT)
    return _build(path, _read(path))


def shipped_codes() -> tuple[str, ...]:
    """Codes of the packs that come with the program."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.toml")))


def _shipped(code: str) -> Path:
    if code not in shipped_codes():
        raise NotFound(f"没有区域包“{code[:40]}”；可用：{'、'.join(shipped_codes())}")
    return PACKS / f"{code}.toml"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidInput(f"{path.name} 不是 UTF-8 文字；请另存为 UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path.name} 写法有误，无法读出：{error}") from None


def _build(path: Path, content: dict[str, Any]) -> RegionPack:
    values, notes = _resolved(path, content)
    missing = [key for key in FIGURES if key not in values]
    if missing:
        raise InvalidInput(f'{path.name} 缺少：{"、".join(missing)}；请补上，或写 extends = "{DEFAULT}"')
    if values["ceiling"] < values["floor"]:
        raise InvalidInput(f"{path.name} 的 ceiling 不能小于 floor；请改大 ceiling")
    if values["internship"].age_high < values["internship"].age_low:
        raise InvalidInput(f"{path.name} 的 internship.age_high 不能小于 age_low")
    code, name = (_head(path, content, key) for key in ("code", "name"))
    return RegionPack(code=code, name=name, notes=notes, version=f"{code}-{_digest(values)}", **values)


def _resolved(path: Path, content: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Note]]:
    """Values and notes of a file on top of those it extends."""
    values: dict[str, Any] = {}
    notes: dict[str, Note] = {}
    base = content.get("extends")
    if base is not None:
        below = _shipped(str(base))
        values, notes = _resolved(below, _read(below))
    for key, figure in content.items():
        if key not in _HEAD:
            values[key], notes[key] = _figure(path, key, figure)
    return values, notes


def _figure(path: Path, key: str, figure: Any) -> tuple[Any, Note]:
    if key not in FIGURES:
        raise InvalidInput(f"{path.name} 不认识“{key}”；可用：{'、'.join(FIGURES)}")
    if not isinstance(figure, dict) or not {"value", "source"} <= set(figure) <= _FIGURE_PARTS:
        raise InvalidInput(f"{path.name} 的“{key}”应写成表，含 value、source，可加 expires（到期日）")
    expires = figure.get("expires")
    if expires is not None and type(expires) is not date:
        raise InvalidInput(f"{path.name} 的“{key}”：expires 应为日期，如 2025-12-31（不加引号）")
    try:
        return FIGURES[key](figure["value"]), Note(text(figure["source"]), expires)
    except InvalidInput as error:
        raise InvalidInput(f"{path.name} 的“{key}”：{error.message}") from None


def _head(path: Path, content: dict[str, Any], key: str) -> str:
    try:
        return text(content.get(key))
    except InvalidInput as error:
        raise InvalidInput(f"{path.name} 的“{key}”：{error.message}") from None


def _digest(values: dict[str, Any]) -> str:
    plain = json.dumps(values, default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return sorted(value)
