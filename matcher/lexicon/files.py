"""Data files of the lexicon: reading, caching, hot reload and version (词典文件).

Every loader is wrapped by `loaded`: it reads its files once and keeps the result until `reload()` sees
that a file changed. A broken edit never replaces a working table: `reload()` then raises and keeps the old one.

A county adds its own places without touching the shipped files: the file that MATCHER_GAZETTEER names is read
after gazetteer.csv, in the same format, and counts in the version.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import RLock
from typing import Generic, TypeVar, cast

from matcher.errors import InvalidInput

DATA = Path(__file__).parent / "data"
LOCAL_GAZETTEER = "MATCHER_GAZETTEER"

T = TypeVar("T")
_Stamp = tuple[tuple[str, int, int], ...]


class Loaded(Generic[T]):
    """A zero-argument loader whose result is kept until the data files change."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._kept: list[T] = []
        self.__doc__ = load.__doc__
        self.__name__ = load.__name__
        _LOADERS.append(cast("Loaded[object]", self))

    def __call__(self) -> T:
        if not self._kept:
            with _LOCK:
                if not self._kept:
                    _note_stamp()
                    self._kept = [self._load()]
        return self._kept[0]

    def cache_clear(self) -> None:
        """Forget the result; the next call reads the files again."""
        self._kept = []

    def swap(self, kept: list[T]) -> list[T]:
        """Put `kept` in place of the result and return what was there."""
        old, self._kept = self._kept, kept
        return old


_LOADERS: list[Loaded[object]] = []
_LISTENERS: list[Callable[[], None]] = []
_LOCK = RLock()
_SEEN: dict[str, object] = {}


def loaded(load: Callable[[], T]) -> Loaded[T]:
    """Decorator: keep the result of a zero-argument loader until `reload()` sees a changed file."""
    return Loaded(load)


def on_reload(listener: Callable[[], None]) -> None:
    """Call `listener` after every reload that changed something, for caches built outside this package."""
    _LISTENERS.append(listener)


def data_files() -> list[Path]:
    """The data files, sorted by name, and the county's own gazetteer where there is one."""
    shipped = sorted(path for path in DATA.iterdir() if path.suffix in {".csv", ".tsv"})
    local = local_gazetteer()
    return [*shipped, local] if local else shipped


def local_gazetteer() -> Path | None:
    """The county's own gazetteer; raises InvalidInput when it is named but not there."""
    name = os.environ.get(LOCAL_GAZETTEER)
    if not name:
        return None
    path = Path(name).absolute()
    if not path.is_file():
        raise InvalidInput(f"{LOCAL_GAZETTEER} 指的文件不存在：{name}；请改正路径或去掉这个设置")
    return path


def use_gazetteer(path: Path) -> None:
    """Read the county's own places from `path` from now on; without such a file all stays as it was.

    Told by the environment, so that reading processes see it too.
    """
    if path.is_file():
        os.environ[LOCAL_GAZETTEER] = str(path)
    reload()


def _stamp() -> _Stamp:
    return tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in data_files())


def _digest() -> str:
    total = hashlib.sha256()
    for path in data_files():
        total.update(path.name.encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def _note_stamp() -> None:
    if "stamp" not in _SEEN:
        _SEEN["stamp"], _SEEN["digest"] = _stamp(), _digest()


def version() -> str:
    """Sixteen hex digits over all data files as they were when last loaded; stored with each result."""
    with _LOCK:
        _note_stamp()
        return str(_SEEN["digest"])


def reload() -> bool:
    """Read again what changed on disk; True when the content differs from what is loaded.

    Raises InvalidInput and keeps the old tables when a changed file cannot be read.
    """
    with _LOCK:
        _note_stamp()
        stamp = _stamp()
        if stamp == _SEEN["stamp"]:
            return False
        digest = _digest()
        if digest == _SEEN["digest"]:
            _SEEN["stamp"] = stamp
            return False
        old = [(loader, loader.swap([])) for loader in _LOADERS]
        try:
            for loader, kept in old:
                if kept:
                    loader()
        except Exception:
            for loader, kept in old:
                loader.swap(kept)
            raise
        _SEEN["stamp"], _SEEN["digest"] = stamp, digest
    for listener in _LISTENERS:
        listener()
    return True


def read_table(name: str | Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV file with their line number; lines that start with `#` are comments.

    name: of a shipped file, or the path of another.
    Raises InvalidInput naming the file and row when a column is missing.
    """
    path = DATA / name
    with path.open(encoding="utf-8", newline="") as source:
        numbered = (
            (n, line) for n, line in enumerate(source, 1) if line.strip() and not line.startswith("#")
        )
        numbers: list[int] = []

        def lines() -> Iterator[str]:
            for number, line in numbered:
                numbers.append(number)
                yield line

        reader = csv.DictReader(lines())
        missing = set(columns) - set(reader.fieldnames or ())
        if missing:
            raise InvalidInput(f"{name} 缺少列：{'、'.join(sorted(missing))}；请按 FORMAT.md 补上表头")
        for row in reader:
            if any(row[column] is None for column in columns):
                raise InvalidInput(f"{name} 第{numbers[-1]}行列数不够；请补齐逗号")
            yield numbers[-1], {column: row[column].strip() for column in columns}


def number(text: str, *, name: str, row: int, column: str) -> float:
    """A number from a table cell; raises InvalidInput naming file, row and column."""
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"{name} 第{row}行 {column}“{text[:20]}”不是数字；请改正") from None
