"""Local words for the closed fields, set against the national codes (代码表)."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import Education, EmploymentForm, PayUnit, PostingKind, Settlement
from matcher.domain.service_terms import EmployerKind
from matcher.domain.worker_terms import (
    ContactPreference,
    JobStatus,
    Literacy,
    PhoneOwner,
    WorkerCategory,
)
from matcher.text.normalise import fold_case

CLOSED: dict[str, type[Labelled]] = {
    "settlement": Settlement,
    "pay_unit": PayUnit,
    "kind": PostingKind,
    "form": EmploymentForm,
    "employer_kind": EmployerKind,
    "education": Education,
    "job_status": JobStatus,
    "phone_owner": PhoneOwner,
    "contact_pref": ContactPreference,
    "literacy": Literacy,
    "categories": WorkerCategory,
}
UNSAID = ""
"""What `code_of` gives for a word that states no value: 不限, 面议, 其他."""


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {key: {} for key in CLOSED}
    text = (files("matcher.imports") / "data" / "values.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        tables[row["key"]][fold_case(row["text"])] = row["code"]
    for key, terms in CLOSED.items():
        for member in terms:
            tables[key][fold_case(member.value)] = member.value
            tables[key][fold_case(member.label)] = member.value
    return tables


def code_of(key: str, text: str) -> str | None:
    """The code for a word that is known as a whole, UNSAID when it states no value, None otherwise."""
    return _words()[key].get(fold_case(text).strip())


def mentioned_code(key: str, text: str) -> str | None:
    """The code of the longest known word in `text`, UNSAID when that word states no value, None without one."""
    folded = fold_case(text)
    words = [word for word in _words()[key] if not word.isascii() and word in folded]
    return _words()[key][max(words, key=len)] if words else None


def mentions_code(key: str, text: str) -> bool:
    """Whether a known word stands somewhere in `text`, so that the parsers later can make sense of it."""
    folded = fold_case(text)
    return any(word in folded for word in _words()[key] if not word.isascii())


def allowed_codes(key: str) -> str:
    """The allowed codes with their labels, for a message."""
    return "、".join(f"{member.value}({member.label})" for member in CLOSED[key])
