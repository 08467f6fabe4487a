"""Between `matcher.domain.Posting` and a row of `postings`, without loss (岗位映射)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.domain.posting import AgeLimit, Posting
from matcher.domain.posting_terms import PayUnit, PublishState, ReviewState
from matcher.domain.values import Pay, Place
from matcher.errors import InvalidInput
from matcher.store.column_types import checked_region_code
from matcher.store.plain_json import as_json, storable_text

SAME_NAME = (
    "posting_id",
    "title",
    "duties",
    "requirements",
    "source",
    "employer_name",
    "industry",
    "tags",
    "kind",
    "form",
    "occupations",
    "skills",
    "settlement",
    "shifts",
    "hours_per_day",
    "days_per_month",
    "benefits",
    "transport",
    "insurance",
    "education",
    "experience_years",
    "certificates",
    "load",
    "friendly_to",
    "headcount",
    "headcount_left",
    "start_at",
    "need_by",
    "valid_from",
    "valid_to",
    "verified_at",
)
"""Fields that the domain type and the table call alike and hold alike."""

_EXPANDED = (
    "employer_id",
    "pay_unit",
    "pay_min_fen",
    "pay_max_fen",
    "pay_base_fen",
    "pay_months",
    "pay_negotiable",
    "pay_commission",
    "place_name",
    "region_code",
    "lat",
    "lng",
    "age_low",
    "age_high",
    "age_basis",
    "quarantined",
)
MATCHED_COLUMNS = (*SAME_NAME, *_EXPANDED)
"""The columns that `row_to_posting` reads."""

EXTRA_COLUMNS = (
    "external_id",
    "posting_no",
    "short_no",
    "work_conditions",
    "payer",
    "pay_channel",
    "fees_fen",
    "end_at",
    "emergency",
    "contract_months",
    "contract_open_ended",
    "tools_provided",
    "site_name",
    "address",
    "door_address",
    "education_reason",
    "age_document",
    "gender_requirement",
    "referral_ratio",
    "referral_cap",
    "contact_name",
    "contact_phone",
    "source_channel",
    "reposted_from",
    "published_at",
    "verified_by",
    "verify_method",
    "review_state",
    "publish_state",
)
"""What a caller may add to a posting: facts about the record that never decide a match."""

_STATES = {"review_state": ReviewState.PENDING, "publish_state": PublishState.UNPUBLISHED}
NOT_CONTENT = frozenset({"posting_id", "source", "external_id", "verified_at", "headcount_left", *_STATES})
"""Not compared on re-import: keys, office decisions, the live count, and the day it was last seen."""


def pay_columns(pay: Pay | None) -> dict[str, Any]:
    """Pay as columns; no pay at all leaves pay_unit NULL, which `Pay()` does not."""
    if pay is None:
        return dict.fromkeys(
            ("pay_unit", "pay_min_fen", "pay_max_fen", "pay_base_fen", "pay_months", "pay_negotiable",
             "pay_commission")
        )  # fmt: skip
    return {
        "pay_unit": pay.unit,
        "pay_min_fen": pay.min_fen,
        "pay_max_fen": pay.max_fen,
        "pay_base_fen": pay.base_fen,
        "pay_months": pay.months,
        "pay_negotiable": pay.negotiable,
        "pay_commission": pay.commission,
    }


def columns_pay(row: Mapping[str, Any]) -> Pay | None:
    """Inverse of `pay_columns`."""
    unit: PayUnit | None = row["pay_unit"]
    if unit is None:
        return None
    return Pay(
        row["pay_min_fen"],
        row["pay_max_fen"],
        unit,
        row["pay_months"],
        bool(row["pay_negotiable"]),
        bool(row["pay_commission"]),
        row["pay_base_fen"],
    )


def place_columns(place: Place | None) -> dict[str, Any]:
    """A place as columns; no place leaves place_name NULL. Raises InvalidInput for a wrong region code."""
    if place is None:
        return {"place_name": None, "region_code": None, "lat": None, "lng": None}
    if place.region_code is not None:
        checked_region_code(place.region_code)
    return {
        "place_name": place.name,
        "region_code": place.region_code,
        "lat": place.lat,
        "lng": place.lng,
    }


def columns_place(row: Mapping[str, Any]) -> Place | None:
    """Inverse of `place_columns`."""
    name = row["place_name"]
    return None if name is None else Place(name, row["region_code"], row["lat"], row["lng"])


def posting_to_row(posting: Posting, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Column values of one posting, for `PostingRepository.upsert`.

    extra: values for EXTRA_COLUMNS; external_id defaults to the posting's own id, the states to 待审 and 未发布.
    Raises InvalidInput for an unknown extra column or a wrong region code.
    """
    extra = extra or {}
    unknown = set(extra).difference(EXTRA_COLUMNS)
    if unknown:
        raise InvalidInput(
            f"岗位没有这些字段：{'、'.join(sorted(unknown))}；可用：{'、'.join(EXTRA_COLUMNS)}"
        )
    row: dict[str, Any] = {name: getattr(posting, name) for name in SAME_NAME}
    row.update(pay_columns(posting.pay))
    row.update(place_columns(posting.place))
    age = posting.age
    row.update(
        employer_id=posting.employer_id or None,
        occupation_code=posting.occupations[0].code if posting.occupations else None,
        age_low=age.low if age else None,
        age_high=age.high if age else None,
        age_basis=age.basis if age else None,
        quarantined=posting.quarantined or None,
    )
    row.update(dict.fromkeys(EXTRA_COLUMNS), **_STATES)
    row.update(extra)
    row["external_id"] = row["external_id"] or posting.posting_id
    return row


def row_to_posting(row: Mapping[str, Any]) -> Posting:
    """The posting a row holds; `row` needs the keys of MATCHED_COLUMNS."""
    age = None if row["age_basis"] is None else AgeLimit(row["age_low"], row["age_high"], row["age_basis"])
    return Posting(
        employer_id=row["employer_id"] or "",
        pay=columns_pay(row),
        place=columns_place(row),
        age=age,
        quarantined=row["quarantined"] or {},
        **{name: row[name] for name in SAME_NAME},
    )


CONTENT_COLUMNS = tuple(
    name for name in dict.fromkeys((*MATCHED_COLUMNS, *EXTRA_COLUMNS)) if name not in NOT_CONTENT
)


def content_text(row: Mapping[str, Any]) -> str:
    """What the source says, as one text whose keyed hash tells a changed row from an unchanged one.

    Raises InvalidInput for text that a database cannot hold.
    """
    return storable_text(as_json([row[name] for name in CONTENT_COLUMNS]), f"岗位 {row['external_id']}")
