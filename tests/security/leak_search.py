"""Looks for planted values in whatever comes out: texts, files, archives, in the spellings they may take (泄露检索)."""

from __future__ import annotations

import gzip
import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from ahocorasick_rs import AhoCorasick

from tests.security.planted_people import Planted

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Allowed:
    """A place where some kinds of values may stand. where: matches the whole name of the place."""

    where: str
    kinds: frozenset[Planted]
    why: str


@dataclass
class LeakSearch:
    """Finds values and sorts what it finds into allowed and leaked. seen: characters looked at for each place."""

    values: Mapping[str, Planted]
    allowed: tuple[Allowed, ...]
    leaks: Counter[tuple[str, Planted]] = field(default_factory=Counter)
    granted: Counter[tuple[str, Planted]] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._search = AhoCorasick(list(self.values))

    def found_in(self, text: str) -> set[str]:
        """Every planted value that stands in the text, in any spelling."""
        spelt = {text, unquote(text), html.unescape(text), _ESCAPE.sub(lambda one: chr(int(one[1], 16)), text)}
        return {value for one in spelt for value in self._search.find_matches_as_strings(one)}

    def look(self, where: str, content: str | bytes, *, own: str = "") -> set[str]:
        """Search one thing that came out. own: what whoever gets it had typed, and so knows. The leaked values."""
        known = self.found_in(own) if own else set()
        leaked = set()
        for text in texts_of(content):
            self.seen[where] += len(text)
            for value in self.found_in(text) - known:
                kind = self.values[value]
                fine = any(re.fullmatch(one.where, where) and kind in one.kinds for one in self.allowed)
                (self.granted if fine else self.leaks)[where, kind] += 1
                if not fine:
                    leaked.add(value)
        return leaked

    def look_in_folder(self, folder: Path) -> None:
        """Search every file below a folder, by its path in it."""
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            self.look(f"file {path.relative_to(folder)}", path.read_bytes())


def texts_of(content: str | bytes) -> Iterator[str]:
    """The content as text, and what is packed in it."""
    if isinstance(content, str):
        yield content
        return
    yield content.decode("utf-8", "ignore")
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from texts_of(archive.read(name))
    elif content.startswith(b"\x1f\x8b"):
        yield from texts_of(gzip.decompress(content))
