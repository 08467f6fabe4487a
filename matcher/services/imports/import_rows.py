"""From a raw row to what the store takes, in whatever process it runs (导入行)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import SourceChannel
from matcher.imports.mapping import Kind
from matcher.imports.plan import content_digest, identity_text
from matcher.imports.problems import Problem
from matcher.imports.rows import RawRow
from matcher.imports.validate import Record, RowReader
from matcher.services.imports.import_workers import worker_entry
from matcher.services.review.reviewing import posting_findings
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.text.column_values import Cells
from matcher.text.column_values import Problem as ParserProblem
from matcher.text.posting_reader import posting_from_row

SEALED_CONTACTS = ("contact_name", "contact_phone")


@dataclass(slots=True)
class ReadRow:
    """One row, read and parsed.

    key: the row's own number or the one an earlier import gave it; identity: what else tells it from others,
    personal, "" when there is a key; person: the ID number, "" for postings; digest: changes when the content does; payload: what the store takes, None
    when the row is set aside; raw: as in the file; record: kept only when there are problems;
    refused: the person said no to the use of their data; findings: what the compliance rules found in a posting.
    """

    number: int
    source: str
    key: str
    identity: str
    person: str
    digest: bytes
    payload: dict[str, Any] | WorkerEntry | None
    raw: RawRow
    record: Record | None
    refused: bool = False
    findings: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChunkReader:
    """Reads chunks of rows; picklable, so that other processes can do it.

    now: moment that dates without a year are counted from; publish: whether new postings go live at once;
    consent_header, statutory_duty: see `import_workers.worker_entry`.
    """

    reader: RowReader
    kind: Kind
    now: datetime
    publish: bool
    consent_header: str = ""
    statutory_duty: bool = True

    def __call__(self, rows: list[RawRow]) -> list[ReadRow]:
        """The rows in order, parsed."""
        return [self._read(raw) for raw in rows]

    def _read(self, raw: RawRow) -> ReadRow:
        record = self.reader.read(raw)
        values = record.values
        key = str(values.get("external_id") or record.record_key)
        identity = "" if key or not values else identity_text(self.kind, values)
        digest = content_digest(values)
        findings: list[dict[str, Any]] = []
        payload = None if record.set_aside else self._payload(record, findings)
        return ReadRow(
            record.number,
            str(values.get("source") or self.reader.source),
            key,
            identity,
            str(values.get("id_number") or "") if self.kind is Kind.WORKERS else "",
            digest,
            payload,
            raw,
            record if record.problems else None,
            values.get("consent") == [],
            findings,
        )

    def _payload(self, record: Record, findings: list[dict[str, Any]]) -> dict[str, Any] | WorkerEntry:
        found: list[ParserProblem] = []
        payload: dict[str, Any] | WorkerEntry
        if self.kind is Kind.WORKERS:
            if self.consent_header and "consent" not in record.values:
                found.append(ParserProblem("consent", "", "没有填写是否同意，暂不参与匹配", "填“是”或“否”"))
            payload = worker_entry(
                record.values,
                found,
                self.now,
                consent_header=self.consent_header,
                statutory_duty=self.statutory_duty,
            )
        else:
            posting = posting_from_row(record.values, now=self.now, problems=found)
            payload = posting_payload(posting, record.values, found, publish=self.publish)
            findings += posting_findings(posting)
        record.problems += parser_problems(record, found)
        return payload


def posting_payload(
    posting: Posting, values: Mapping[str, object], found: list[ParserProblem], *, publish: bool
) -> dict[str, Any]:
    """Column values of a posting for the store; cells that could not be understood are added to `found`."""
    extra: dict[str, Any] = {name: values.get(name) for name in SEALED_CONTACTS}
    cells = Cells(values, found)
    extra |= {
        "external_id": values.get("external_id"),
        "address": cells.text("address") or None,
        "work_conditions": cells.text("work_conditions") or None,
        "reposted_from": cells.text("reposted_from") or None,
        "published_at": cells.moment("published_at"),
        "source_channel": SourceChannel.FILE,
        "review_state": ReviewState.PASSED if publish else ReviewState.PENDING,
        "publish_state": PublishState.LIVE if publish else PublishState.UNPUBLISHED,
    }
    return posting_to_row(posting, extra)


def parser_problems(record: Record, found: Sequence[ParserProblem]) -> list[Problem]:
    """The parsers' problems under the headers of the file; a cell already reported is not named twice."""
    reported = {problem.key for problem in record.problems}
    problems = []
    for one in found:
        if one.field not in reported:
            column = record.headers.get(one.field, "")
            problems.append(
                Problem(
                    record.number, column, one.field, one.value, f"unread_{one.field}", one.reason, one.fix
                )
            )
            reported.add(one.field)
    return problems


def derived_key(kind: Kind, identity: str, hash_of: Any, earlier: int) -> str:
    """The key of a row without a number: the keyed hash of its identity, and which of several it is."""
    digest = hash_of(f"import_{kind.value}", identity) if kind is Kind.WORKERS else _plain_hash(identity)
    return f"auto-{digest[:24]}" + (f"-{earlier + 1}" if earlier else "")


def _plain_hash(identity: str) -> str:
    return hashlib.sha256(identity.encode("utf-8", "backslashreplace")).hexdigest()
