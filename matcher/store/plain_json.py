"""JSON of column values: codes, UTC times, days and the small domain values (列值转 JSON)."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, date, datetime
from typing import Any

from matcher.errors import InvalidInput


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        # by hand: dataclasses.asdict copies deeply, which costs more than everything else here
        return {name: getattr(value, name) for name in _names(type(value))}
    raise TypeError(f"no JSON form for {type(value).__name__}")


_NAMES: dict[type[Any], tuple[str, ...]] = {}


def _names(kind: type[Any]) -> tuple[str, ...]:
    """Field names of a dataclass, asked for once: an import writes hundreds of thousands of values."""
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(field.name for field in dataclasses.fields(kind))
    return names


_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # an odd number of backslashes: not somebody's own "\u0000"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def as_json(value: Any) -> str:
    """Compact JSON with Chinese left readable."""
    return _ENCODER.encode(value)


def storable_text(text: str, what: str) -> str:
    """`text` itself, when every database can hold it.

    text: made by `as_json`. Raises InvalidInput, naming `what`, for NUL characters and half surrogates.
    """
    if "\\u0000" in text and _NUL.search(text):
        raise InvalidInput(f"{what} 的文字里有空字符(NUL)；请删除后重新导入")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{what} 的文字编码不完整；请用UTF-8重新导出") from None
    return text
