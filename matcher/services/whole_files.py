"""Result files that appear whole or not at all (结果文件)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from matcher.errors import InvalidInput


def existing_folder_of(out: Path) -> None:
    """Raises InvalidInput when the folder that `out` is to be written to does not exist."""
    if not out.parent.is_dir():
        raise InvalidInput(f"结果文件的目录不存在：{out.parent}；请先建好目录或改 --out")


def beside(out: Path, ending: str) -> Path:
    """The file of the same name with another ending: O.jsonl → O.errors.jsonl."""
    return out.with_name(f"{out.name.removesuffix('.jsonl')}.{ending}")


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file to write; `path` is replaced when the block ends well and left alone otherwise."""
    making = path.with_name(f"{path.name}.making.{os.getpid()}")
    try:
        with making.open("w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)


def whole_bytes(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all; an older one is replaced."""
    making = path.with_name(f"{path.name}.making.{os.getpid()}")
    try:
        with making.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)


def write_rows(file: TextIO, rows: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line."""
    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_or_remove(path: Path, rows: list[dict[str, Any]]) -> Path | None:
    """Write the rows; without any, remove what an earlier run left and return None."""
    if not rows:
        path.unlink(missing_ok=True)
        return None
    with whole_file(path) as file:
        write_rows(file, rows)
    return path
