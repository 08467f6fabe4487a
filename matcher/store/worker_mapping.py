"""Between `matcher.domain.Worker` and its rows: facts, today's intention, certificates (劳动者映射)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.domain.values import HeldCertificate
from matcher.domain.worker import Worker
from matcher.errors import InvalidInput
from matcher.store.posting_mapping import columns_pay, columns_place, pay_columns, place_columns

SAME_IN_WORKER = (
    "worker_id",
    "skills",
    "constraints",
    "education",
    "experience_years",
    "birth_date",
    "no_certificates",
)
SAME_IN_INTENT = (
    "occupations",
    "refused_occupations",
    "kinds",
    "forms",
    "settlements",
    "shifts",
    "refused_shifts",
    "needs",
    "max_minutes",
    "out_of_town",
    "earliest_start",
    "group_size",
    "travel_mode",
    "near_home",
)
WORKER_COLUMNS = (*SAME_IN_WORKER, "stated_age", "place_name", "region_code", "lat", "lng")
INTENT_COLUMNS = (
    *SAME_IN_INTENT,
    "text",
    "wish_text",
    "pay_unit",
    "pay_min_fen",
    "pay_max_fen",
    "pay_base_fen",
    "pay_months",
    "pay_negotiable",
    "pay_commission",
)
EXTRA_COLUMNS = (
    "person_no",
    "skill_level",
    "major",
    "job_status",
    "unemployed_since",
    "unemployment_registered_on",
    "no_phone",
    "contact_preference",
    "literacy",
    "dialect",
    "training_wish",
    "venture_wish",
    "available_until",
    "caseworker_id",
    "last_contact_at",
)
"""What a caller may add to a worker: facts about the record that never decide a match."""

OFFICE_COLUMNS = frozenset({"caseworker_id", "last_contact_at"})
"""Those that the office alone keeps; a later import leaves them as they are."""


@dataclass(slots=True)
class WorkerRows:
    """Column values of one worker in `workers`, `worker_intents` (seq 0) and `worker_certificates`."""

    worker: dict[str, Any]
    intent: dict[str, Any]
    certificates: list[dict[str, Any]]


def worker_to_rows(worker: Worker, extra: Mapping[str, Any] | None = None) -> WorkerRows:
    """Rows of one worker.

    extra: values for EXTRA_COLUMNS. Raises InvalidInput for an unknown extra column or a wrong region code.
    """
    extra = extra or {}
    unknown = set(extra).difference(EXTRA_COLUMNS)
    if unknown:
        raise InvalidInput(
            f"劳动者没有这些字段：{'、'.join(sorted(unknown))}；可用：{'、'.join(EXTRA_COLUMNS)}"
        )
    facts: dict[str, Any] = {name: getattr(worker, name) for name in SAME_IN_WORKER}
    facts.update(place_columns(worker.place), stated_age=worker.age)
    facts.update(dict.fromkeys(EXTRA_COLUMNS))
    facts.update(extra)
    intent: dict[str, Any] = {name: getattr(worker, name) for name in SAME_IN_INTENT}
    intent.update(pay_columns(worker.pay_floor))
    intent.update(worker_id=worker.worker_id, seq=0, text=worker.text, wish_text=worker.wish_text)
    certificates = [
        {
            "worker_id": worker.worker_id,
            "seq": seq,
            "code": held.code,
            "valid_to": held.valid_to,
            "checked": held.checked,
            "level": held.level,
        }
        for seq, held in enumerate(worker.certificates)
    ]
    return WorkerRows(facts, intent, certificates)


def rows_to_worker(
    worker: Mapping[str, Any], intent: Mapping[str, Any] | None, certificates: Sequence[Mapping[str, Any]]
) -> Worker:
    """The worker its rows hold; without an intention the wishes stay unknown. certificates: by seq."""
    wishes: dict[str, Any] = {}
    if intent is not None:
        wishes = {name: intent[name] for name in SAME_IN_INTENT}
        wishes.update(
            text=intent["text"] or "", wish_text=intent["wish_text"] or "", pay_floor=columns_pay(intent)
        )
    return Worker(
        age=worker["stated_age"],
        place=columns_place(worker),
        certificates=tuple(
            HeldCertificate(row["code"], row["valid_to"], row["checked"], row["level"])
            for row in certificates
        ),
        **{name: worker[name] for name in SAME_IN_WORKER},
        **wishes,
    )
