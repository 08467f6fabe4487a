"""The rules in force: read again when a file changes, kept when the change is broken (规则热更新)."""

from __future__ import annotations

from pathlib import Path
from threading import RLock

from matcher.compliance.rules import RULE_FILES, RULE_FOLDER, RuleBook, load_rules
from matcher.errors import InvalidInput

_Stamp = tuple[tuple[int, int], ...]


class RuleShelf:
    """The newest usable rules of a folder.

    INVARIANT: a broken file never replaces working rules; `fault` then says where the error is.
    """

    def __init__(self, folder: Path = RULE_FOLDER) -> None:
        self.fault = ""
        self._folder = folder
        self._lock = RLock()
        self._stamp: _Stamp = ()
        self._kept: RuleBook | None = None

    def book(self) -> RuleBook:
        """The rules as the files are now, or as they last were when they cannot be used.

        Raises InvalidInput when there have been no usable rules yet.
        """
        stamp = self._stamp_now()
        kept = self._kept
        if kept is not None and stamp == self._stamp:
            return kept
        with self._lock:
            return self._read_again(stamp)

    def _read_again(self, stamp: _Stamp) -> RuleBook:
        if self._kept is not None and stamp == self._stamp:
            return self._kept
        try:
            kept = load_rules(self._folder)
        except InvalidInput as error:
            if self._kept is None:
                raise
            self.fault, self._stamp = error.message, stamp
            return self._kept
        self.fault, self._stamp, self._kept = "", stamp, kept
        return kept

    def _stamp_now(self) -> _Stamp:
        """Time and size of each file; (0, 0) for one that is gone."""
        stamps = []
        for name in RULE_FILES:
            try:
                status = (self._folder / name).stat()
            except OSError:
                stamps.append((0, 0))
            else:
                stamps.append((status.st_mtime_ns, status.st_size))
        return tuple(stamps)


_SHELF = RuleShelf()


def rule_book() -> RuleBook:
    """The shipped rules as they are on disk now."""
    return _SHELF.book()


def rule_fault() -> str:
    """What is wrong with the rule files on disk, in one line; "" when they are in force."""
    _SHELF.book()
    return _SHELF.fault


def version() -> str:
    """Version of the rule files, with a digest of their content; stored with every result."""
    return rule_book().version


def ground_label(ground: str) -> str:
    """Chinese name of a ground, for instance 性别 for sex."""
    return rule_book().grounds[ground]


def is_risk(ground: str) -> bool:
    """Whether a ground is a sign of fraud or cost to the applicant (risk.toml), not an unlawful limit."""
    return ground in rule_book().risks
