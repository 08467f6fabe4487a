"""Background jobs and batches at the desk: one's own batches alone, hand pushes left out, short people masked."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.accounts.sight import Sight
from matcher.services.desk.background import (
    CUT_OFF,
    TOLD_FOR,
    BackgroundJobs,
    Job,
    JobState,
    Redo,
    Tell,
)
from matcher.services.desk.batch_desk import batch_view, batches_of, require_batch
from matcher.services.desk.coverage_file import coverage_file
from matcher.services.desk.job_notes import JobNote, JobNotes
from matcher.services.desk.push_by_hand import push_by_hand
from matcher.store.database import Database
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.tables.records import AuditRow
from tests.push_world import VILLAGE, plain_office, plan, worker_id
from tests.unit.services.desk_samples import MINE, OTHER, chosen, config_of, desk_of, give

WAIT_S = 5
EVERYBODY = Sight(everyone=True)


def settled(jobs: BackgroundJobs, job: Job) -> Job:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon and thread.name.startswith("Thread-"):
            thread.join(WAIT_S)
    return jobs.get(job.job_id, job.owner)


def test_a_job_tells_how_far_it_is_and_where_its_result_is() -> None:
    jobs, go, at_half = BackgroundJobs(), threading.Event(), threading.Event()

    def work(tell: Tell) -> str:
        tell("召回", 10, 0.5)
        at_half.set()
        go.wait(WAIT_S)
        return "/desk/batches/7"

    job = jobs.start("样例", MINE, work)
    at_half.wait(WAIT_S)
    assert (job.state, job.step, job.share) == (JobState.RUNNING, "召回", 0.5)
    go.set()
    assert (settled(jobs, job).state, job.result) == (JobState.DONE, "/desk/batches/7")


def test_a_job_is_shown_to_its_owner_alone() -> None:
    jobs = BackgroundJobs()
    job = jobs.start("样例", MINE, lambda tell: "")
    with pytest.raises(NotFound):
        jobs.get(job.job_id, OTHER)


def test_what_went_wrong_is_said_and_never_what_the_data_was() -> None:
    jobs = BackgroundJobs()

    def refused(tell: Tell) -> str:
        raise InvalidInput("名册里还没有人")

    def broken(tell: Tell) -> str:
        raise ValueError("13800001234")

    assert settled(jobs, jobs.start("样例", MINE, refused)).problem == "名册里还没有人"
    assert "138" not in settled(jobs, jobs.start("样例", MINE, broken)).problem


def test_no_more_than_two_jobs_run_at_a_time() -> None:
    jobs, go = BackgroundJobs(), threading.Event()
    running = [jobs.start("样例", MINE, lambda tell: str(go.wait(WAIT_S))) for _ in range(2)]
    with pytest.raises(Conflict):
        jobs.start("样例", MINE, lambda tell: "")
    go.set()
    assert {settled(jobs, job).state for job in running} == {JobState.DONE}


def test_what_a_restart_cut_off_is_told_to_its_owner_until_it_is_done_over(tmp_path: Path, clock: FixedClock) -> None:
    go, redo = threading.Event(), Redo("/desk/imports", "请重新选文件导入")
    before = BackgroundJobs(clock, JobNotes(tmp_path / "jobs"))
    job = before.start("导入 样例.xlsx", MINE, lambda tell: str(go.wait(WAIT_S)), redo)
    after = BackgroundJobs(clock, JobNotes(tmp_path / "jobs"))
    (told,) = after.cut_off(MINE)
    assert (told.job_id, told.state, told.again) == (job.job_id, JobState.INTERRUPTED, "/desk/imports")
    assert told.problem == f"{CUT_OFF}请重新选文件导入"
    assert after.get(job.job_id, MINE) is told
    assert after.cut_off(OTHER) == []
    assert before.cut_off(MINE) == [], "what runs is not cut off"
    settled(after, after.start("导入 别的.xlsx", MINE, lambda tell: "", redo))
    assert after.cut_off(MINE) == [told]
    settled(after, after.start("导入 样例.xlsx", MINE, lambda tell: "", redo))
    assert after.cut_off(MINE) == []
    go.set()
    settled(before, job)
    assert list((tmp_path / "jobs").iterdir()) == []


def test_what_was_cut_off_is_told_for_some_days(tmp_path: Path, clock: FixedClock) -> None:
    notes = JobNotes(tmp_path / "jobs")
    notes.keep(JobNote("a", "制定批次：样例", MINE, clock.at.isoformat(), "/desk/batches", "请重新试算"))
    (tmp_path / "jobs" / "b.json").write_text('{"job_id": "b"', encoding="utf-8")  # cut off itself
    jobs = BackgroundJobs(clock, notes)
    clock.at += TOLD_FOR
    assert [one.job_id for one in jobs.cut_off(MINE)] == ["a"]
    clock.at += timedelta(hours=1)
    assert jobs.cut_off(MINE) == []
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_caseworker_sees_the_batches_they_planned(database: Database, tmp_path: object) -> None:
    mine, _ = desk_of(database)
    with database.writing(MINE) as session:
        first = plan(session, {0: (0, 1), 1: (2,)})
    with database.writing(OTHER) as session:
        second = plan(session, {0: (0,)})
    push_by_hand(database, config_of(tmp_path), plain_office(), mine, worker_id(0), chosen(3), actor=MINE)  # type: ignore[arg-type]
    with database.reading() as session:
        assert [one.batch_id for one in batches_of(session, mine, planner=MINE)] == [first]
        assert [one.batch_id for one in batches_of(session, EVERYBODY, planner=None)] == [second, first]
        with pytest.raises(NotFound):
            require_batch(session, mine, first, planner=OTHER)


def test_short_people_are_masked_and_only_those_in_sight(database: Database) -> None:
    mine, other = desk_of(database)
    with database.writing(MINE) as session:
        batch = plan(session, {0: (0, 1), 1: (2,)})
        PushBatchRepository(session).note_shortfall(
            batch, worker_id(1), found=1, missing=1, cause="too_few", text="岗位不够"
        )
    seen = batch_view(database, mine, batch, planner=MINE)
    assert [(one.name, one.missing, one.text) for one in seen.short] == [("样*甲", 1, "岗位不够")]
    unseen = batch_view(database, other, batch, planner=MINE)
    assert (unseen.short, unseen.more_short) == ((), 1)


def test_whoever_sees_an_area_sees_its_batches_and_no_others(database: Database) -> None:
    desk_of(database)
    with database.writing(MINE) as session:
        batch = plan(session, {0: (0, 1)})
    here, elsewhere = Sight(regions=(VILLAGE[:6],)), Sight(regions=("420683",))
    with database.reading() as session:
        assert [one.batch_id for one in batches_of(session, here, planner=None)] == [batch]
        assert batches_of(session, elsewhere, planner=None) == []
        with pytest.raises(NotFound):
            require_batch(session, elsewhere, batch, planner=None)


def test_the_workbook_is_masked_logged_and_only_for_whoever_sees_everybody(database: Database) -> None:
    mine, other = desk_of(database)
    with database.writing(MINE) as session:
        batch = plan(session, {0: (0, 1), 1: (2,)})
    ((name, content),) = coverage_file(database, mine, batch, planner=MINE, actor=MINE)
    sheets = load_workbook(io.BytesIO(content))
    cells = {str(cell) for sheet in sheets for row in sheet.values for cell in row}
    assert "样*甲" in cells
    assert not any("样例甲" in cell for cell in cells)
    assert name.endswith(".xlsx")
    with pytest.raises(NotFound):
        coverage_file(database, other, batch, planner=OTHER, actor=OTHER)
    give(database, other, worker_id(1))
    with pytest.raises(Conflict, match="不在您范围"):
        coverage_file(database, mine, batch, planner=MINE, actor=MINE)
    with database.reading() as session:
        acts = session.scalars(select(AuditRow.actor).where(AuditRow.action == "export_coverage")).all()
    assert acts == [MINE]
