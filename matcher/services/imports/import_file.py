"""Bring a file of postings or workers into the store: all of it or nothing (导入文件).

Reading and parsing happen first, in parallel and outside the transaction, so that a large file does not lock
others out; then everything is written in one transaction.

INVARIANTS
- A file killed at any moment before the commit leaves the store as it was.
- The same file twice changes nothing: (source, external id) tells rows apart, and rows without a number keep
  the key made from their identity.
- Every row is accounted for: new + changed + unchanged + repeated + set aside = rows read.
- Nothing is withdrawn unless the file is said to be the full list of its source and every row has a key.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matcher.clock import local_date
from matcher.domain.record_terms import Severity
from matcher.domain.service_terms import ConsentPurpose
from matcher.errors import InvalidInput
from matcher.imports.chunks import packed_results, unpacked
from matcher.imports.corrections import write_corrections
from matcher.imports.mapping import Kind, SourceMapping
from matcher.imports.plan import Earlier, ImportReading, Progress, RepeatWatch, read_records
from matcher.imports.problems import Problem
from matcher.imports.validate import Record
from matcher.services.imports.import_rows import ChunkReader, ReadRow, derived_key
from matcher.services.imports.import_workers import active_keys, people_met_again
from matcher.services.review.registry_signs import contexts, read_registry
from matcher.services.review.reviewing import sign_findings
from matcher.store.database import SYSTEM_ACTOR, Database, StoreSession
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.imports import ImportRepository, RowError, note_sightings
from matcher.store.repositories.posting_upsert import RowOutcome, RowStatus
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository

READING_SHARE = 0.8  # of the progress bar; the rest is writing
ROW_ERRORS_AT_MOST = 20_000
BLOCK_BYTES = 1 << 20

Meets = Callable[[StoreSession, Sequence[str]], None]
"""Called with a session and the ids that people have or will have."""


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """One kind of problem in a file. reason and fix as for its first row; fatal: those rows are set aside."""

    code: str
    reason: str
    fix: str
    rows: int
    first_row: int
    fatal: bool


@dataclass(slots=True)
class ImportReport:
    """What became of one file.

    Counts are rows; `*_ids` are external ids. repeated: rows that repeat an earlier one to the letter.
    blocked: postings of the file that a finding keeps out of every output; to_rewrite: those that are shown but
    go back to their employer.
    corrections: the workbook to put right and import again, None when nothing is wrong.
    """

    job_id: int
    kind: Kind
    source: str
    rows_read: int
    new_ids: list[str] = field(default_factory=list)
    changed_ids: list[str] = field(default_factory=list)
    withdrawn_ids: list[str] = field(default_factory=list)
    unchanged: int = 0
    repeated: int = 0
    set_aside: int = 0
    blocked: int = 0
    to_rewrite: int = 0
    problems: list[ProblemCount] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    corrections: Path | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Counts by name, as kept with the import job."""
        return {
            "new": len(self.new_ids),
            "changed": len(self.changed_ids),
            "unchanged": self.unchanged,
            "withdrawn": len(self.withdrawn_ids),
            "repeated": self.repeated,
            "failed": self.set_aside,
        }


def import_file(
    database: Database,
    path: Path,
    *,
    corrections_folder: Path,
    kind: Kind | str | None = None,
    mapping: SourceMapping | None = None,
    source: str = "",
    sheet: str = "",
    full: bool = False,
    publish: bool = True,
    statutory_duty: bool = True,
    actor: str = SYSTEM_ACTOR,
    progress: Progress | None = None,
    processes: int | None = None,
    meets: Meets | None = None,
) -> ImportReport:
    """Import one file in one transaction.

    corrections_folder: private folder for the correction workbook. full: the file is the whole list of its
    source, what is not in it is withdrawn. publish: new postings pass review and go live at once, otherwise
    they wait as 待审. statutory_duty: a file of people without a consent column rests on
    the office's statutory duty for matching; otherwise they wait for their consent.
    progress: called with rows and share done. processes: for parsing, default one a core.
    meets: called with the people a part of the file is about before they are written; what it raises keeps the
    whole file out.
    Raises InvalidInput when the file as a whole cannot be used, Conflict or Unavailable from the store; the
    store is then as before.
    """
    now = database.clock.now()
    share = None if progress is None else _scaled(progress, 0.0, READING_SHARE)
    with read_records(
        path, kind, mapping, share, source=source, sheet=sheet, today=local_date(now)
    ) as reading:
        if full and reading.is_correction:
            raise InvalidInput("更正表只含有问题的行，不能当作完整名单导入；请去掉“完整名单”选项")
        consent = _header_of(reading, "consent") if reading.kind is Kind.WORKERS else ""
        reader = ChunkReader(reading.reader, reading.kind, now, publish, consent, statutory_duty)
        chunks = list(packed_results(reading.raw_rows(), reader, processes=processes))
    accounts = _Accounts(reading)
    if reading.kind is Kind.WORKERS and not consent:
        ground = "按“履行法定职责”登记，参与匹配" if statutory_duty else "取得同意之前不参与匹配"
        accounts.report.notices.append(f"文件没有“是否同意”一列：这些人{ground}")
    plans = [accounts.settle(_rows(chunk), database) for chunk in chunks]
    if full and not accounts.sources:
        raise InvalidInput("文件里没有读到一条记录，不能当作完整名单：那会撤回这个来源的全部记录。请检查文件")
    report = accounts.report
    workbook = _corrections(reading, accounts, corrections_folder)
    try:
        with database.writing(actor) as session:
            imports = ImportRepository(session)
            report.job_id = imports.start(
                entity=reading.kind.value,
                source=reading.source,
                file_name=path.name,
                file_sha256=_sha256(path),
                full=full,
                mapping=_mapping_json(mapping),
            )
            found: dict[str, list[dict[str, Any]]] = {}
            for done, (chunk, plan) in enumerate(zip(chunks, plans, strict=True), start=1):
                found |= _write_chunk(session, report, _rows(chunk), plan, meets)
                if progress is not None:
                    progress(reading.rows_read, READING_SHARE + (1 - READING_SHARE) * done / len(chunks))
            if full:
                _withdraw(session, report, accounts)
            _store_findings(session, report, found)
            imports.add_errors(report.job_id, list(accounts.row_errors()))
            imports.progress(report.job_id, reading.rows_read, report.counts)
            imports.finish(report.job_id, report.counts)
            if workbook is not None:
                report.corrections = corrections_folder / f"corrections-{report.job_id}.xlsx"
                workbook.replace(report.corrections)
    except BaseException:
        if workbook is not None:
            workbook.unlink(missing_ok=True)
            if report.corrections is not None:
                report.corrections.unlink(missing_ok=True)
        raise
    return report


class _Accounts:
    """Gives every row its key, finds repeats, and keeps what has a problem."""

    def __init__(self, reading: ImportReading) -> None:
        self.report = ImportReport(0, reading.kind, reading.source, reading.rows_read)
        self.report.notices = [*reading.notices]
        if reading.rows_read == 0:
            self.report.notices.append("文件里只有表头，没有数据行，什么也没有导入")
        self.kind = reading.kind
        self.records: list[Record] = []
        self.keys: dict[int, str] = {}
        self.sources: dict[str, set[str]] = {}
        self.rows_without_key = 0
        self._repeats = RepeatWatch()
        self._people = RepeatWatch()
        self._of_identity: dict[tuple[str, str], list[bytes]] = {}

    def settle(self, rows: Sequence[ReadRow], database: Database) -> list[str]:
        """The external id for each row to be written, "" for those that are not."""
        return [self._settle(row, database) for row in rows]

    def _settle(self, row: ReadRow, database: Database) -> str:
        key = row.key or self._derived(row, database)
        if not key and row.payload is not None:
            self.report.repeated += 1
            return ""
        record = row.record
        earlier = self._met_before(row, key)
        if earlier is not None and earlier.identical:
            self.report.repeated += 1
            return ""
        if earlier is not None:
            record = record or Record(row.number, {"external_id": row.key, "source": row.source}, row.raw)
            record.problems.append(earlier.problem(record, "external_id" if row.key else "id_number"))
        if record is not None:
            self.records.append(record)
            self.keys[row.number] = key
        if key:
            self.sources.setdefault(row.source, set()).add(key)
        if record is not None and record.set_aside:
            self.report.set_aside += 1
            self.rows_without_key += not key
            return ""
        return key

    def _met_before(self, row: ReadRow, key: str) -> Earlier | None:
        """An earlier row of this file with the same number, or for people the same ID number."""
        if row.payload is None:
            return None
        earlier = self._repeats.meet(row.source, key, row.number, row.digest) if row.key else None
        if earlier is None and row.person:
            earlier = self._people.meet("", row.person, row.number, row.digest)
        return earlier

    def _derived(self, row: ReadRow, database: Database) -> str:
        """Key of a row without a number; "" when it has no identity or repeats one to the letter."""
        if not row.identity:
            return ""
        met = self._of_identity.setdefault((row.source, row.identity), [])
        if row.digest in met:
            return ""
        met.append(row.digest)
        return derived_key(self.kind, row.identity, database.keyring.lookup_hash, len(met) - 1)

    def problem_counts(self) -> list[ProblemCount]:
        """Problems by kind, set-aside ones first, then the most frequent."""
        rows: Counter[str] = Counter()
        first: dict[str, Problem] = {}
        for record in self.records:
            for problem in record.problems:
                rows[problem.code] += 1
                first.setdefault(problem.code, problem)
        counts = [
            ProblemCount(code, p.reason, p.fix, rows[code], p.row, p.fatal) for code, p in first.items()
        ]
        return sorted(counts, key=lambda one: (not one.fatal, -one.rows))

    def row_errors(self) -> Iterator[RowError]:
        """Rows of the error table; the row as in the file goes with the first problem of a row set aside."""
        written = 0
        for record in sorted(self.records, key=lambda one: not one.set_aside):
            for position, problem in enumerate(record.problems):
                if written >= ROW_ERRORS_AT_MOST and not record.set_aside:
                    return
                raw = dict(record.raw.values) if position == 0 and record.set_aside else None
                yield RowError(
                    problem.row, problem.reason, problem.column or None, problem.value, problem.fix, raw
                )
                written += 1


def _write_chunk(
    session: StoreSession,
    report: ImportReport,
    rows: Sequence[ReadRow],
    keys: Sequence[str],
    meets: Meets | None,
) -> dict[str, list[dict[str, Any]]]:
    """Write the rows; returns what the rules found in each posting, an empty list where nothing."""
    chosen = [(row, key) for row, key in zip(rows, keys, strict=True) if key and row.payload is not None]
    found: dict[str, list[dict[str, Any]]] = {}
    if report.kind is Kind.WORKERS:
        outcomes = _write_workers(session, chosen, meets)
    else:
        postings = [_keyed_posting(row, key) for row, key in chosen]
        outcomes = PostingRepository(session).upsert(postings, job_id=report.job_id)
        found = {
            outcome.entity_id: row.findings
            for (row, _), outcome in zip(chosen, outcomes, strict=True)
            if outcome.status is not RowStatus.DUPLICATE
        }
    for outcome in outcomes:
        _count(report, outcome)
    return found


def _store_findings(
    session: StoreSession, report: ImportReport, found: Mapping[str, list[dict[str, Any]]]
) -> None:
    """Keep what words and registry say; for unchanged postings too, as the rules may have changed since."""
    if not found:
        return
    registry = contexts(session, list(found), read_registry(session))
    both = {one: [*given, *sign_findings(registry[one], given)] for one, given in found.items()}
    gravest = FindingRepository(session).replace(both, rules_only=True)
    report.blocked += sum(severity is Severity.BLOCK for severity in gravest.values())
    report.to_rewrite += sum(severity is Severity.AMEND for severity in gravest.values())


def _keyed_posting(row: ReadRow, key: str) -> dict[str, Any]:
    assert isinstance(row.payload, dict)
    return {**row.payload, "external_id": key, "posting_id": f"{row.source}:{key}"}


def _write_workers(
    session: StoreSession, chosen: Sequence[tuple[ReadRow, str]], meets: Meets | None
) -> list[RowOutcome]:
    entries = []
    refused = []
    for row, key in chosen:
        entry = row.payload
        assert isinstance(entry, WorkerEntry)
        worker = replace(entry.worker, worker_id=f"{row.source}:{key}")
        entries.append(replace(entry, worker=worker, external_id=key))
        refused.append(row.refused)
    settled = people_met_again(session, entries)
    if meets is not None:
        meets(session, [entry.worker.worker_id for entry in settled])
    outcomes = WorkerRepository(session).upsert(settled)
    said_no = [one.entity_id for one, no in zip(outcomes, refused, strict=True) if no]
    consents = ConsentRepository(session)
    for worker_id in sorted(consents.live_ids(said_no, ConsentPurpose.MATCHING)):
        consents.withdraw(worker_id, ConsentPurpose.MATCHING)
    return outcomes


def _count(report: ImportReport, outcome: RowOutcome) -> None:
    if outcome.status is RowStatus.NEW:
        report.new_ids.append(outcome.external_id)
    elif outcome.status is RowStatus.CHANGED:
        report.changed_ids.append(outcome.external_id)
    elif outcome.status is RowStatus.UNCHANGED:
        report.unchanged += 1
    else:
        report.repeated += 1


def _withdraw(session: StoreSession, report: ImportReport, accounts: _Accounts) -> None:
    """Withdraw what the full list of a source no longer holds."""
    if accounts.rows_without_key:
        report.notices.append(
            f"有 {accounts.rows_without_key} 行读不出编号，无法断定哪些已经撤下，这次没有撤回任何记录；请更正后再导入完整名单"
        )
        return
    for source, keys in accounts.sources.items():
        if report.kind is Kind.POSTINGS:
            note_sightings(session, report.job_id, keys)
            gone = PostingRepository(session).withdraw_absent(source, report.job_id)
            report.withdrawn_ids += [posting_id.removeprefix(f"{source}:") for posting_id in gone]
        else:
            absent = {key: one for key, one in active_keys(session, source).items() if key not in keys}
            WorkerRepository(session).withdraw(sorted(absent.values()))
            report.withdrawn_ids += sorted(absent)


def _header_of(reading: ImportReading, key: str) -> str:
    """The file's header for a canonical key, "" without one."""
    for header in reading.headers:
        place = reading.plan.placement(header)
        if place is not None and place.key == key:
            return header
    return ""


def _corrections(reading: ImportReading, accounts: _Accounts, folder: Path) -> Path | None:
    """The workbook under a passing name; it gets its own when the import is certain."""
    accounts.report.problems = accounts.problem_counts()
    if not accounts.records:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(suffix=".xlsx", prefix=".corrections-", dir=folder)
    os.close(handle)
    path = Path(name)
    write_corrections(
        path, reading.headers, accounts.records, key_of=lambda record: accounts.keys.get(record.number, "")
    )
    return path


def _rows(chunk: bytes) -> list[ReadRow]:
    return unpacked(chunk)  # type: ignore[return-value]  # packed by ChunkReader


def _scaled(progress: Progress, start: float, width: float) -> Progress:
    return lambda rows, share: progress(rows, start + width * share)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _mapping_json(mapping: SourceMapping | None) -> Mapping[str, Any] | None:
    if mapping is None:
        return None
    return {"source": mapping.source, "columns": dict(mapping.columns), "values": dict(mapping.values)}
