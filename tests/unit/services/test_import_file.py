"""A whole file into the store: all or nothing, the same twice changes nothing, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from matcher.clock import FixedClock
from matcher.domain.service_terms import ConsentPurpose
from matcher.errors import InvalidInput
from matcher.imports import chunks
from matcher.imports.checksums import id_check_character
from matcher.imports.mapping import parse_mapping
from matcher.services.imports.import_file import ImportReport, import_file
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.imports import ImportRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import ImportJobRow
from matcher.store.tables.workers import WorkerRow

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
POSTINGS = "岗位编号,岗位名称,单位名称,工资,有效期至\nA1,焊工,样例厂,6000-8000元/月,2026-12-31\nA2,电工,样例厂,200元/天,2026-12-31\n"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite store."""
    keyring = Keyring.create(tmp_path / "keyring.json")
    url = f"sqlite:///{tmp_path / 'matcher.db'}"
    engine = open_engine(url, keyring=keyring)
    schema.upgrade(engine)
    engine.dispose()
    opened = Database.open(url, keyring, clock=FixedClock(NOW))
    yield opened
    opened.close()


def imported(database: Database, path: Path, content: str | None = None, **options: object) -> ImportReport:
    """Import a file, written first when content is given."""
    if content is not None:
        path.write_text(content, "utf-8")
    options.setdefault("source", "county")
    folder = path.parent / "corrections"
    return import_file(database, path, corrections_folder=folder, processes=1, **options)  # type: ignore[arg-type]


def person_number(sequence: int) -> str:
    body = f"13060019800305{sequence:03d}"
    return body + id_check_character(body)


def rows_in(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_postings_are_stored_and_live(database: Database, tmp_path: Path) -> None:
    report = imported(database, tmp_path / "a.csv", POSTINGS)
    assert report.counts == {
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "withdrawn": 0,
        "repeated": 0,
        "failed": 0,
    }
    with database.reading() as session:
        postings = PostingRepository(session)
        assert postings.counts().live == 2
        posting = postings.get_many(["county:A1"])["county:A1"]
        assert posting.pay is not None
        assert (posting.title, posting.pay.min_fen) == ("焊工", 600_000)


def test_the_same_file_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS)
    report = imported(database, tmp_path / "a.csv")
    assert (report.unchanged, report.new_ids, report.changed_ids) == (2, [], [])


def test_a_second_file_shows_new_changed_and_withdrawn(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS)
    changed = POSTINGS.replace("A1,焊工,样例厂,6000-8000", "A1,焊工,样例厂,7000-9000").replace(
        "A2,电工", "A3,瓦工"
    )
    report = imported(database, tmp_path / "b.csv", changed, full=True)
    assert (report.new_ids, report.changed_ids, report.withdrawn_ids) == (["A3"], ["A1"], ["A2"])
    with database.reading() as session:
        assert PostingRepository(session).live_ids(["county:A1", "county:A2", "county:A3"]) == {
            "county:A1",
            "county:A3",
        }


def test_nothing_is_withdrawn_unless_the_list_is_full(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS)
    report = imported(database, tmp_path / "b.csv", POSTINGS.replace("A2,电工", "A3,瓦工"))
    assert report.withdrawn_ids == []


def test_a_row_set_aside_is_not_taken_for_withdrawn(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS)
    report = imported(database, tmp_path / "b.csv", POSTINGS.replace("A2,电工", "A2,"), full=True)
    assert (report.set_aside, report.withdrawn_ids) == (1, [])


def test_an_unreadable_row_stops_withdrawal_and_says_so(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS)
    broken = POSTINGS.replace("A2,电工", '"A2,电工')
    report = imported(database, tmp_path / "b.csv", broken, full=True)
    assert report.withdrawn_ids == []
    assert any("没有撤回" in notice for notice in report.notices)


def test_an_empty_full_list_is_refused_and_withdraws_nothing(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS)
    with pytest.raises(InvalidInput):
        imported(database, tmp_path / "b.csv", POSTINGS.splitlines()[0] + "\n", full=True)
    with database.reading() as session:
        assert PostingRepository(session).counts().live == 2


def test_a_header_alone_imports_nothing_and_says_so(database: Database, tmp_path: Path) -> None:
    report = imported(database, tmp_path / "b.csv", POSTINGS.splitlines()[0] + "\n")
    assert report.rows_read == 0
    assert any("只有表头" in notice for notice in report.notices)


def test_rows_without_a_number_keep_their_key(database: Database, tmp_path: Path) -> None:
    rows = (
        "岗位名称,单位名称,工资,班次\n焊工,样例厂,6000,白班\n焊工,样例厂,6000,夜班\n焊工,样例厂,6000,白班\n"
    )
    first = imported(database, tmp_path / "a.csv", rows)
    assert (len(first.new_ids), first.repeated) == (2, 1)
    assert imported(database, tmp_path / "b.csv", rows).unchanged == 2


def test_every_row_is_accounted_for(database: Database, tmp_path: Path) -> None:
    rows = '岗位编号,岗位名称,工资\nA1,焊工,1000\nA1,焊工,1000\nA1,电工,1000\nA2,,5\n"A3,坏,1\nA4,瓦工,很多\n'
    report = imported(database, tmp_path / "a.csv", rows)
    counts = report.counts
    assert counts["new"] + counts["repeated"] + counts["failed"] == report.rows_read == 6
    assert {p.code for p in report.problems if p.fatal} == {"repeated_key", "missing", "unreadable_row"}
    with database.reading() as session:
        errors = list(ImportRepository(session).errors(report.job_id))
    assert len({error.row_number for error in errors if error.raw_row}) == 3


def test_a_correction_workbook_closes_the_circle(database: Database, tmp_path: Path) -> None:
    rows = "岗位名称,单位名称,工资\n焊工,样例厂,6000\n焊工,样例厂,#REF!\n,样例厂,5000\n"
    first = imported(database, tmp_path / "a.csv", rows)
    assert (len(first.new_ids), first.set_aside) == (2, 1)
    assert first.corrections is not None
    book = openpyxl.load_workbook(first.corrections)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(2, header.index("工资") + 1).value = "7000"
    sheet.cell(3, header.index("岗位名称") + 1).value = "保洁"
    book.save(first.corrections)
    second = imported(database, first.corrections)
    assert (len(second.new_ids), len(second.changed_ids), second.set_aside) == (1, 1, 0)
    assert rows_in(database, PostingRow) == 3
    third = imported(database, first.corrections)
    assert (third.unchanged, third.new_ids) == (2, [])


def test_a_correction_workbook_is_never_a_full_list(database: Database, tmp_path: Path) -> None:
    report = imported(database, tmp_path / "a.csv", POSTINGS.replace("A2,电工", "A2,"))
    assert report.corrections is not None
    with pytest.raises(InvalidInput, match="更正表"):
        imported(database, report.corrections, full=True)


def test_codes_mean_what_the_source_says(database: Database, tmp_path: Path) -> None:
    rows = "岗位编号,岗位名称,结算方式\n1,焊工,1\n"
    for source, code in (("county_a", "daily"), ("county_b", "monthly")):
        mapping = parse_mapping({"source": source, "values": {"settlement": {"1": code}}})
        imported(database, tmp_path / "a.csv", rows, mapping=mapping, source="")
    with database.reading() as session:
        found = PostingRepository(session).get_many(["county_a:1", "county_b:1"])
    assert [str(p.settlement) for p in found.values()] == ["daily", "monthly"]


def test_unpublished_postings_wait_for_review(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS, publish=False)
    with database.reading() as session:
        assert PostingRepository(session).counts().live == 0


def test_people_are_stored_apart_from_their_identity(database: Database, tmp_path: Path) -> None:
    number = person_number(1)
    rows = f"姓名,身份证号,联系电话,求职意向,文化程度\n样例甲,{number},13800001234,焊工,初中\n"
    report = imported(database, tmp_path / "a.csv", rows)
    worker_id = f"county:{report.new_ids[0]}"
    assert number not in worker_id
    with database.reading() as session:
        workers = WorkerRepository(session)
        assert workers.find_by_id_number(number) == workers.find_by_phone("13800001234") == [worker_id]
        assert workers.masked_identity(worker_id).name == "样*甲"
        assert [w.worker_id for w in workers.all_active()] == [worker_id]
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("matcher.db*"))
    for secret in (number, "13800001234", "样例甲"):
        assert secret.encode() not in raw


def test_the_same_person_is_found_again_by_id_number(database: Database, tmp_path: Path) -> None:
    number = person_number(2)
    imported(database, tmp_path / "a.csv", f"编号,姓名,身份证号,求职意向\n7,样例甲,{number},焊工\n")
    report = imported(
        database, tmp_path / "b.csv", f"姓名,身份证号,求职意向\n样例甲,{number},电工\n", source="town"
    )
    assert (report.changed_ids, rows_in(database, WorkerRow)) == (["7"], 1)


def test_two_rows_of_one_person_are_not_two_people(database: Database, tmp_path: Path) -> None:
    number = person_number(3)
    rows = f"姓名,身份证号,求职意向\n样例甲,{number},焊工\n样例甲,{number},电工\n"
    report = imported(database, tmp_path / "a.csv", rows)
    assert (len(report.new_ids), report.set_aside) == (1, 1)
    assert "身份证号与第 2 行相同" in report.problems[0].reason


def test_consent_decides_who_is_matched_and_a_no_takes_it_back(database: Database, tmp_path: Path) -> None:
    rows = "编号,姓名,求职意向,是否同意\n1,样例甲,焊工,是\n2,样例乙,焊工,否\n3,样例丙,焊工,\n"
    report = imported(database, tmp_path / "a.csv", rows)
    assert [p.code for p in report.problems] == ["unread_consent"]
    with database.reading() as session:
        assert [w.worker_id for w in WorkerRepository(session).all_active()] == ["county:1"]
    imported(database, tmp_path / "b.csv", rows.replace("焊工,是", "焊工,否"))
    with database.reading() as session:
        assert not ConsentRepository(session).is_live("county:1", ConsentPurpose.MATCHING)


def test_without_a_consent_column_the_ground_is_stated_or_nobody_is_matched(
    database: Database, tmp_path: Path
) -> None:
    rows = "编号,姓名,求职意向\n{},样例甲,焊工\n"
    report = imported(database, tmp_path / "a.csv", rows.format(1))
    assert any("法定职责" in notice for notice in report.notices)
    imported(database, tmp_path / "b.csv", rows.format(2), statutory_duty=False)
    with database.reading() as session:
        assert [w.worker_id for w in WorkerRepository(session).all_active()] == ["county:1"]


def test_people_missing_from_a_full_list_leave_matching(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path / "a.csv", "编号,姓名\n1,样例甲\n2,样例乙\n")
    report = imported(database, tmp_path / "b.csv", "编号,姓名\n1,样例甲\n", full=True)
    assert report.withdrawn_ids == ["2"]
    assert imported(database, tmp_path / "a.csv").changed_ids == ["2"]


def test_parallel_reading_gives_the_same_store(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_chunks = partial(chunks.packed_results, at_once=20)
    monkeypatch.setattr("matcher.services.imports.import_file.packed_results", in_small_chunks)
    rows = "岗位编号,岗位名称,工资\n" + "".join(f"{n},焊工{n},{3000 + n}元/月\n" for n in range(150))
    path = tmp_path / "a.csv"
    path.write_text(rows, "utf-8")
    report = import_file(database, path, corrections_folder=tmp_path / "c", source="county", processes=2)
    assert report.new_ids == [str(n) for n in range(150)]
    assert imported(database, path).unchanged == 150


def test_a_failure_while_writing_leaves_the_store_and_the_folder_as_before(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr(ImportRepository, "finish", fail)
    with pytest.raises(RuntimeError):
        imported(database, tmp_path / "a.csv", POSTINGS.replace("A2,电工", "A2,"))
    assert (rows_in(database, PostingRow), rows_in(database, ImportJobRow)) == (0, 0)
    assert list((tmp_path / "corrections").iterdir()) == []


KILLED = """
import sys, time
from pathlib import Path
from matcher.services.imports import import_file as service
from matcher.store.database import Database
from matcher.store.keyring import Keyring

folder = Path(sys.argv[1])
database = Database.open(f"sqlite:///{folder / 'matcher.db'}", Keyring.load(folder / "keyring.json"))
write, done = service._write_chunk, []

def slow(*arguments):
    found = write(*arguments)
    done.append(1)
    if len(done) == 2:
        print("half written", flush=True)
        time.sleep(60)
    return found

service._write_chunk = slow
service.import_file(database, folder / "big.csv", corrections_folder=folder / "c", source="county", processes=1)
"""


def test_kill_9_in_the_middle_of_writing_leaves_the_store_as_before(
    database: Database, tmp_path: Path
) -> None:
    imported(database, tmp_path / "a.csv", POSTINGS)
    rows = "".join(f"B{n},焊工{n},样例厂,5000,2026-12-31\n" for n in range(1_800))
    (tmp_path / "big.csv").write_text(POSTINGS.splitlines()[0] + "\n" + rows, "utf-8")
    root = Path(__file__).parents[3]
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"half written\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    time.sleep(0.1)
    assert (rows_in(database, PostingRow), rows_in(database, ImportJobRow)) == (2, 1)
    assert imported(database, tmp_path / "big.csv").counts["new"] == 1_800
