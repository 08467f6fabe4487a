"""Imports at the desk: text stays text, wrong rows are put right one by one, and only by whoever brought them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.accounts.sight import Sight
from matcher.services.desk.correction_grid import correction_grid, correction_workbook
from matcher.services.desk.import_desk import (
    import_kept,
    imports_of,
    keep_upload,
    resubmit,
)
from matcher.services.desk.people_search import find_people
from matcher.store.database import Database
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.records import AuditRow
from matcher.store.tables.workers import WorkerRow
from tests.unit.imports.import_samples import id_number
from tests.unit.services.desk_samples import MINE, OTHER, caseworkers, config_of, give

ROWS = "编号,姓名,身份证号,手机号\n007,样例甲,{good},13800000001\n008,样例乙,{bad},13800000002\n"


def tell(step: str, done: int, share: float) -> None:
    pass


def brought(database: Database, home: Path, content: str, sight: Sight | None = None) -> int:
    path, sight = keep_upload(config_of(home), "样例.csv", content.encode()), sight or Sight(everyone=True)
    return int(import_kept(database, config_of(home), sight, path, tell, kind="workers", source="样例", actor=MINE))


def texts(database: Database, job_id: int, sight: object) -> dict[str, str]:
    (row,) = correction_grid(database, sight, job_id, actor=MINE).rows  # type: ignore[arg-type]
    return {cell.header: cell.text for cell in row.cells}


def test_the_wrong_row_is_shown_with_its_text_and_what_is_wrong(database: Database, tmp_path: Path) -> None:
    mine, _ = caseworkers(database)
    job = brought(database, tmp_path, ROWS.format(good=id_number(1), bad="130600198003050000"))
    grid = correction_grid(database, mine, job, actor=MINE)
    (row,) = grid.rows
    wrong = {cell.header: cell.problem for cell in row.cells if cell.problem}
    assert list(wrong) == ["身份证号"]
    assert {cell.header: cell.text for cell in row.cells}["编号"] == "008"
    assert (grid.line.counts["new"], grid.line.wrong) == (1, 1)
    with database.reading() as session:
        opened = session.scalars(select(AuditRow.action).where(AuditRow.entity == "import_job")).all()
    assert opened == ["open_corrections"]


def test_a_corrected_row_alone_goes_in_with_its_zeros(database: Database, tmp_path: Path) -> None:
    mine, _ = caseworkers(database)
    job = brought(database, tmp_path, ROWS.format(good=id_number(1), bad="130600198003050000"))
    row = texts(database, job, mine) | {"身份证号": id_number(2)}
    again = int(resubmit(database, config_of(tmp_path), mine, job, [row], tell, actor=MINE))
    with database.reading() as session:
        assert set(session.scalars(select(WorkerRow.external_id))) == {"007", "008"}
        assert WorkerRepository(session).find_by_id_number(id_number(2)) == ["样例:008"]
        assert [line.counts["new"] for line in imports_of(session, MINE)] == [1, 1]
    assert correction_grid(database, mine, again, actor=MINE).rows == ()


def test_new_people_join_the_caseload_of_whoever_brought_them(database: Database, tmp_path: Path) -> None:
    mine, other = caseworkers(database)
    job = brought(database, tmp_path, ROWS.format(good=id_number(1), bad="130600198003050000"))
    row = texts(database, job, mine) | {"身份证号": id_number(2)}
    give(database, other, "样例:007")
    resubmit(database, config_of(tmp_path), mine, job, [row], tell, actor=MINE)
    with database.reading() as session:
        assert [line.worker_id for line in find_people(session, mine).lines] == ["样例:008"]
        assert [line.worker_id for line in find_people(session, other).lines] == ["样例:007"]


def test_two_rows_of_one_person_are_shown_beside_who_is_stored(database: Database, tmp_path: Path) -> None:
    mine, other = caseworkers(database)
    job = brought(database, tmp_path, ROWS.format(good=id_number(1), bad=id_number(1)))
    (row,) = correction_grid(database, mine, job, actor=MINE).rows
    assert "样*甲" in row.twin
    assert id_number(1) not in row.twin
    (row,) = correction_grid(database, other, job, actor=MINE).rows
    assert row.twin == ""


def test_nobody_else_opens_corrects_or_fetches_an_import(database: Database, tmp_path: Path) -> None:
    _, other = caseworkers(database)
    job = brought(database, tmp_path, ROWS.format(good=id_number(1), bad="130600198003050000"))
    assert correction_workbook(database, config_of(tmp_path), job, actor=MINE).is_file()
    with pytest.raises(NotFound):
        correction_grid(database, other, job, actor=OTHER)
    with pytest.raises(NotFound):
        correction_workbook(database, config_of(tmp_path), job, actor=OTHER)
    with pytest.raises(NotFound):
        resubmit(database, config_of(tmp_path), other, job, [{"姓名": "样例"}], tell, actor=OTHER)
    with database.reading() as session:
        assert imports_of(session, OTHER) == []


def test_an_upload_is_gone_once_it_is_imported_or_refused(database: Database, tmp_path: Path) -> None:
    caseworkers(database)
    brought(database, tmp_path, ROWS.format(good=id_number(1), bad=id_number(2)))
    with pytest.raises(InvalidInput):
        brought(database, tmp_path, "没有这样的列\n1\n")
    assert list((tmp_path / "imports" / "uploads").iterdir()) == []


@pytest.mark.parametrize(("name", "content"), [("样例.exe", b"x"), ("样例.csv", b""), ("../样例", b"x")])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(InvalidInput):
        keep_upload(config_of(tmp_path), name, content)


def test_an_upload_stays_in_its_folder_whatever_it_is_called(tmp_path: Path) -> None:
    path = keep_upload(config_of(tmp_path), "../../../样例.csv", b"x")
    assert path.is_relative_to(tmp_path / "imports" / "uploads")
    assert path.stat().st_mode & 0o077 == 0


def test_nothing_ticked_is_refused(database: Database, tmp_path: Path) -> None:
    caseworkers(database)
    job = brought(database, tmp_path, ROWS.format(good=id_number(1), bad="130600198003050000"))
    with pytest.raises(InvalidInput, match="没有要提交的行"):
        resubmit(database, config_of(tmp_path), Sight(), job, [{"姓名": " "}], tell, actor=MINE)


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_a_file_changes_nobody_out_of_sight(database: Database, tmp_path: Path, whose: str) -> None:
    mine, other = caseworkers(database)
    brought(database, tmp_path, ROWS.format(good=id_number(1), bad=id_number(2)), mine)
    give(database, other if whose == "another's" else Sight(), "样例:008")
    changed = ROWS.format(good=id_number(1), bad=id_number(2)).replace("样例", "样例改")
    met_again = f"编号,姓名,身份证号\n999,样例改,{id_number(2)}\n"
    for content in (changed, met_again):
        with pytest.raises(Conflict, match="有 1 人不在您的名册里"):
            brought(database, tmp_path, content, mine)
    with database.reading() as session:
        assert WorkerRepository(session).find_by_name("样例改甲") == []
        assert len(find_people(session, Sight(everyone=True)).lines) == 2
