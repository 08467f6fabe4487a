"""The main job on the fictional county, from raw files to a report a person can read (样例运行)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from matcher.clock import SHANGHAI, SystemClock, local_date
from matcher.config import Config
from matcher.demo.county import County
from matcher.demo.event_pages import DemoEvent
from matcher.demo.events import events_in_demo
from matcher.demo.places import places
from matcher.demo.report import (
    DemoReportData,
    ImportedFile,
    ImportProblem,
    OpenHint,
    Stage,
    compliance_lines,
    monthly_pays_yuan,
    town_counts,
    trade_balance,
    write_report,
)
from matcher.domain.posting_terms import PublishState
from matcher.errors import Conflict
from matcher.services.answers import MatchAnswer, jobs_for_worker
from matcher.services.demo.demo_accounts import DemoLogin, demo_accounts
from matcher.services.demo.demo_push import DemoPush, push_in_demo
from matcher.services.demo.examples import SHOWN, posting_examples, worker_examples
from matcher.services.imports.import_file import ImportReport, import_file
from matcher.services.runtime import Runtime, create_home
from matcher.store.database import Database
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.repositories.imports import ImportRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository

MARKER = "样例数据-可删除"
SOURCE = "样例"
PROMISED = 2  # 每人获得2个以上有针对性的岗位信息
IMPORTED = {
    "postings.xlsx": "postings",
    "postings.jsonl": "postings",
    "postings_messy.csv": "postings",
    "workers.xlsx": "workers",
}

ENCODINGS = {".csv": "GB18030", ".xlsx": "Excel", ".jsonl": "UTF-8"}

Report = Callable[[str, int, float], None]


@dataclass(slots=True)
class DemoRun:
    """What happened, stage by stage."""

    report: Path
    home: Path
    stages: list[Stage] = field(default_factory=list)
    served: int = 0
    workers: int = 0
    push: DemoPush | None = None
    events: list[DemoEvent] = field(default_factory=list)
    logins: list[DemoLogin] = field(default_factory=list)

    @contextmanager
    def timed(self, name: str) -> Iterator[Callable[[int], None]]:
        """Note how long the block took; call the result with the number of things handled."""
        handled = [0]
        start = time.perf_counter()
        yield lambda count: handled.__setitem__(0, count)
        self.stages.append(Stage(name, time.perf_counter() - start, handled[0]))


def run_demo(home: Path, *, workers: int, postings: int, seed: int, progress: Report) -> DemoRun:
    """Generate, import, index, match and report in `home`, which is emptied first.

    Raises Conflict when `home` holds anything that an earlier demo did not make.
    """
    _empty(home)
    run = DemoRun(report=home / "report.html", home=home)
    clock = SystemClock()
    county = County.generate(seed, workers, postings, wording="test", today=local_date(clock.now()))
    files = {path.name: path for path in county.write_files(home / "files")}
    config = Config(
        home=home, database_url=f"sqlite:///{home / 'matcher.db'}", keyring_path=home / "keyring.json"
    )
    shutil.copy(files["gazetteer.csv"], config.gazetteer_path)
    database = create_home(config)
    reports: list[tuple[Path, ImportReport]] = []
    for name, kind in IMPORTED.items():
        with run.timed(f"导入 {name}") as handled:
            found = import_file(
                database,
                files[name],
                corrections_folder=config.import_folder,
                kind=kind,
                source=SOURCE,
                progress=lambda rows, share, name=name: progress(f"导入 {name}", rows, share),  # type: ignore[misc]
            )
            handled(found.rows_read)
        reports.append((files[name], found))
    _apply_office_decisions(database, county)
    run.logins = demo_accounts(database)
    data = DemoReportData(made_at=clock.now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
    data.files = [_imported(path, one) for path, one in reports]
    data.problems = [problem for path, one in reports for problem in _problems(database, path, one)]
    database.close()
    with run.timed("建索引") as handled:
        runtime = Runtime.open(config)
        handled(runtime.index.status().postings)
    _fill(data, run, runtime, progress)
    with run.timed("推送批次") as handled:
        run.push = push_in_demo(runtime, home / "push.html", progress=progress)
        handled(run.push.people)
    with run.timed("活动与快招") as handled:
        run.events = events_in_demo(runtime, home, place=places().towns[0].name, seed=seed)
        handled(len(run.events))
    runtime.close()
    write_report(data, run.report)
    return run


def _empty(home: Path) -> None:
    if home.exists() and any(home.iterdir()) and not (home / MARKER).exists():
        raise Conflict(f"{home} 里有别的文件，不会清空；请换一个目录")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, mode=0o700)
    (home / MARKER).touch()


def _apply_office_decisions(database: Database, county: County) -> None:
    """Filled and withdrawn postings, households without a job: what the office knows and no file says."""
    by_state: dict[PublishState, list[str]] = {}
    for external_id, state in county.publish_states().items():
        if state in (PublishState.FILLED, PublishState.WITHDRAWN):
            by_state.setdefault(PublishState.read(state, field="state"), []).append(f"{SOURCE}:{external_id}")
    with database.writing("样例") as session:
        repository = PostingRepository(session)
        for publish_state, ids in by_state.items():
            known = repository.get_many(ids)
            repository.set_states(list(known), publish_state=publish_state)
        households = HouseholdRepository(session)
        for row, truth in zip(county.worker_rows, county.worker_truths, strict=True):
            if truth.zero_employment and row.get("household_no"):
                households.set_zero_employment(households.ensure(SOURCE, str(row["household_no"])), True)


def _imported(path: Path, report: ImportReport) -> ImportedFile:
    counts = report.counts
    return ImportedFile(
        name=path.name,
        content="岗位" if report.kind.value == "postings" else "劳动者",
        encoding=ENCODINGS[path.suffix],
        rows=report.rows_read,
        accepted=counts["new"] + counts["changed"] + counts["unchanged"],
        problems=report.set_aside,
    )


def _problems(database: Database, path: Path, report: ImportReport) -> list[ImportProblem]:
    with database.reading() as session:
        rows = list(ImportRepository(session).errors(report.job_id))
    return [
        ImportProblem(path.name, r.row_number, r.column_name or "", r.value or "", r.reason, r.fix or "")
        for r in rows
    ]


def _fill(data: DemoReportData, run: DemoRun, runtime: Runtime, progress: Report) -> None:
    with runtime.database.reading() as session:
        postings = list(PostingRepository(session).all_live())
        workers = list(WorkerRepository(session).all_active())
        households = HouseholdRepository(session).counts()
        imported = list(PostingRepository(session).all_stored())
    data.live_postings, data.workers = len(postings), len(workers)
    data.households, data.zero_employment_families = households.total, households.zero_employment
    data.compliance = compliance_lines(imported)
    data.towns = town_counts(postings, workers)
    data.trades = trade_balance(postings, workers)
    data.pays_yuan, data.pay_unknown = monthly_pays_yuan(postings)
    answers: dict[str, MatchAnswer] = {}
    with run.timed("给每个人匹配") as handled:
        for number, worker in enumerate(workers, start=1):
            answers[worker.worker_id] = jobs_for_worker(runtime, worker, top=SHOWN)
            progress("给每个人匹配", number, number / len(workers))
        handled(len(workers))
    run.workers = len(workers)
    run.served = sum(len(answer.matches) >= PROMISED for answer in answers.values())
    data.served_workers = run.served
    data.worker_examples = worker_examples(workers, answers)
    data.posting_examples = posting_examples(runtime, postings, workers)
    data.stages = run.stages
    data.open_hints = open_hints(run.home)
    data.versions = next(iter(answers.values())).versions if answers else {}


def open_hints(home: Path) -> list[OpenHint]:
    """How to go on from the demo."""
    return [
        OpenHint("再问一句", f'MATCHER_HOME={home.name} .venv/bin/matcher match "会贴砖，想找日结的活"'),
        OpenHint(
            "打开页面和接口",
            f"MATCHER_HOME={home.name} .venv/bin/matcher serve",
            "http://127.0.0.1:8000/",
        ),
        OpenHint("看推送批次", f"MATCHER_HOME={home.name} .venv/bin/matcher push status 1"),
        OpenHint("看今天该联系谁", f"MATCHER_HOME={home.name} .venv/bin/matcher care queue"),
        OpenHint("看状态", f"MATCHER_HOME={home.name} .venv/bin/matcher status"),
    ]
