"""Every figure of the overview equals its rows, splits without a rest, and tells nothing of few people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import parse_qsl

import numpy as np
import pytest
from care_samples import add_batch, add_posting, add_pushes, add_worker
from openpyxl import load_workbook
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.event_terms import EventState
from matcher.domain.posting_terms import PublishState
from matcher.domain.record_terms import ShortfallAction
from matcher.domain.service_terms import ConsentPurpose, EventType, PushState
from matcher.domain.values import Occupation, Place
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.errors import Forbidden, InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.overview import catalogue, export
from matcher.services.overview.catalogue import FIGURES, rows_page
from matcher.services.overview.event_figures import EVENTS
from matcher.services.overview.export import export_rows
from matcher.services.overview.figure import Asked
from matcher.services.overview.labour_figures import OPENINGS, SEEKERS
from matcher.services.overview.load_figures import evenness, gini, top_share
from matcher.services.overview.overview import Overview, next_due, overview
from matcher.services.overview.people_figures import COVERED, SHORT, WILLING, WITHOUT
from matcher.services.overview.view import Dimension, View
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.events import EventRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushShortfallRow
from matcher.store.tables.records import AuditRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerIntentRow

TOWN_A, TOWN_B = Place("样例一村", "130629100001"), Place("样例二村", "130629101001")
PACK = load_pack("xiongan")
MONTH = {"month": "2026-03"}


def view_of(database: Database, **query: str) -> View:
    return View.read(MONTH | query, database.clock.now().date())


@pytest.fixture
def office(database: Database) -> Database:
    """Two towns: three people served, two half served, one crowded out, one never planned; two who do not count."""
    for number in range(1, 8):
        add_worker(database, number, place=TOWN_B if number > 4 else TOWN_A)
    add_worker(database, 8, status=JobStatus.EMPLOYED)
    add_worker(database, 9)
    with database.writing() as session:
        ConsentRepository(session).withdraw("w9", ConsentPurpose.MATCHING)
    for number in (1, 2, 3):
        add_posting(database, number)
    with database.writing() as session:
        batch = add_batch(session)
        for person in ("w1", "w2", "w5"):
            add_pushes(session, batch, person, ["p1", "p2"])
        for person in ("w3", "w6"):
            add_pushes(session, batch, person, ["p1"])
        add_pushes(session, batch, "w7", ["p3"], state=PushState.FAILED)
        session.add(
            PushShortfallRow(
                batch_id=batch, worker_id="w3", found=1, missing=1, cause="crowded", text="名额只有 1 个",
                action=ShortfallAction.COLLECT_POSTINGS,
            )
        )  # fmt: skip
    return database


def page(database: Database, **query: str) -> Overview:
    return overview(database, PACK, view_of(database, **query))


def test_everybody_who_is_willing_is_served_or_short_once(office: Database) -> None:
    promise = page(office).promise
    assert (promise.people, promise.covered, promise.short, promise.without) == (7, 3, 4, 2)
    assert [(one.code, one.people, one.covered, one.short) for one in promise.towns] == [
        ("130629100", 4, 2, 2), ("130629101", 3, 1, 2)
    ]  # fmt: skip
    with office.reading() as session:
        asked = Asked(session, PACK, view_of(office))
        counted = [figure.count(asked) for figure in (WILLING, COVERED, SHORT, WITHOUT)]
    assert counted == [promise.people, promise.covered, promise.short, promise.without]
    assert {one.code: one.count for one in promise.causes} == {"crowded": 1, "undelivered": 2, "unplanned": 1}


@pytest.mark.parametrize("key", sorted(FIGURES))
def test_every_figure_and_every_part_of_it_equals_its_rows(office: Database, key: str) -> None:
    figure, view = FIGURES[key], view_of(office)
    with office.reading() as session:
        asked = Asked(session, PACK, view)
        whole = figure.count(asked)
        assert weight_of(figure.rows(asked), figure.weighted) == whole
        for dimension in figure.dimensions:
            parts = figure.split(asked, dimension)
            if not figure.sensitive:
                assert sum(parts.values()) == whole, dimension
            for value, count in parts.items():
                narrow = Asked(session, PACK, view.within(dimension, value))
                assert figure.count(narrow) == count
                assert weight_of(figure.rows(narrow), figure.weighted) == count


def weight_of(rows: list[tuple[str | int, ...]], weighted: bool) -> int:
    return sum(int(row[-1]) for row in rows) if weighted else len(rows)


def test_rows_have_as_many_cells_as_headers_and_name_nobody_in_full(office: Database) -> None:
    for key, figure in FIGURES.items():
        found = rows_page(office, PACK, view_of(office), key, 1, actor="样例甲")
        assert all(len(row) == len(figure.headers) for row in found.rows), key
        assert "样例1号" not in str(found.rows)


def test_a_wrong_link_narrows_to_nothing_rather_than_to_everything(office: Database) -> None:
    assert rows_page(office, PACK, view_of(office, cause="crowded"), "willing", 1, actor="甲").count == 0
    with pytest.raises(NotFound):
        rows_page(office, PACK, view_of(office), "secret", 1, actor="甲")
    with pytest.raises(InvalidInput, match="第 2 页"):
        rows_page(office, PACK, view_of(office), "short", 2, actor="甲")


def test_another_month_and_another_place_have_their_own_figures(office: Database) -> None:
    february = overview(office, PACK, View.read({"month": "2026-02"}, office.clock.now().date()))
    assert (february.promise.people, february.promise.covered) == (7, 0)
    there = page(office, region="130629101").promise
    assert (there.people, there.covered) == (3, 1)
    assert [one.people for one in there.villages] == [3]


def test_a_posting_delivered_twice_counts_once(office: Database) -> None:
    with office.writing() as session:
        add_pushes(session, add_batch(session), "w3", ["p1"])
    assert page(office).promise.covered == 3


def test_the_floor_is_that_of_the_region_pack(office: Database) -> None:
    view = view_of(office)
    with office.reading() as session:
        assert COVERED.count(Asked(session, replace(PACK, floor=1, ceiling=2), view)) == 5
        assert COVERED.count(Asked(session, replace(PACK, floor=3, ceiling=3), view)) == 0


def test_a_place_outside_ones_own_is_refused_and_ones_own_is_the_default(database: Database) -> None:
    today = database.clock.now().date()
    assert View.read(MONTH, today, own_region="130629100000").region == "130629100"
    inside = View.read(MONTH | {"region": "130629100001"}, today, own_region="130629100000")
    assert inside.region == "130629100001"
    for elsewhere in ("130629101", "1306", "130632"):
        with pytest.raises(Forbidden):
            View.read(MONTH | {"region": elsewhere}, today, own_region="130629100000")
    for wrong in ("1", "abc", "1306291000011"):
        with pytest.raises(InvalidInput, match="区域"):
            View.read(MONTH | {"region": wrong}, today)


def test_the_address_of_a_view_gives_the_view_back(database: Database) -> None:
    view = view_of(database, region="130629").within(Dimension.CAUSE, "").within(Dimension.TRADE, "6-29-01")
    assert View.read(dict(parse_qsl(view.query(), keep_blank_values=True)), database.clock.now().date()) == view


def categorise(database: Database, numbers: range, category: WorkerCategory) -> None:
    with database.writing() as session:
        for number in numbers:
            session.add(
                WorkerCategoryRow(
                    worker_id=f"w{number}", category=category, state=CategoryState.FINAL_REVIEW, automatic=False
                )
            )


def test_a_group_is_told_from_five_people_on_without_names_and_looking_is_logged(office: Database) -> None:
    categorise(office, range(1, 6), WorkerCategory.DISABLED)
    categorise(office, range(1, 5), WorkerCategory.MINIMUM_LIVING)
    categorise(office, range(1, 8), WorkerCategory.RELEASED)
    even = page(office).even
    assert [(one.code, one.people, one.covered) for one in even.groups] == [("disabled", 5, 0)]
    shown = rows_page(office, PACK, view_of(office, group="disabled"), "group", 1, actor="样例甲")
    assert shown.count == len(shown.rows) == 5
    assert {row[0] for row in shown.rows} == {"（不足5人，不显示）"}
    assert "样" not in str(shown.rows)
    few = rows_page(office, PACK, view_of(office, group="minimum_living"), "group", 1, actor="样例甲")
    assert (few.count, few.rows, few.hidden) == (0, [], catalogue.TOO_FEW)
    restricted = rows_page(office, PACK, view_of(office, group="released"), "group", 1, actor="样例甲")
    assert restricted.count == 0
    with office.reading() as session:
        logged = list(session.scalars(select(AuditRow).where(AuditRow.action == "view_group")))
    assert [(one.actor, one.details["parts"]["group"]) for one in logged] == [("样例甲", "disabled")]


def test_openings_and_seekers_are_counted_by_group_of_occupations(database: Database) -> None:
    bricklayer = Occupation("6-29-01-01", "砌筑工", 1.0)
    for number in (1, 2):
        add_worker(database, number)
    add_posting(database, 1, places=3)
    add_posting(database, 2, places=None)
    add_posting(database, 3, places=9)
    with database.writing() as session:
        session.get_one(PostingRow, "p1").occupation_code = bricklayer.code
        wish = session.scalars(select(WorkerIntentRow).where(WorkerIntentRow.worker_id == "w1")).one()
        wish.occupations = (bricklayer,)
        PostingRepository(session).set_headcount_left("p3", 0)
    labour = page(database).labour
    assert (labour.openings, labour.seekers, labour.ratio) == (4, 2, 2.0)
    assert [(one.code, one.openings, one.seekers) for one in labour.trades] == [("6-29-01", 3, 1), ("", 1, 1)]
    with database.reading() as session:
        narrow = Asked(session, PACK, view_of(database, trade="6-29-01"))
        assert OPENINGS.rows(narrow)[0][-1] == 3
        assert SEEKERS.count(narrow) == 1


def test_a_withdrawn_posting_is_in_no_row_of_openings(office: Database) -> None:
    with office.writing() as session:
        PostingRepository(session).set_states(["p1"], publish_state=PublishState.WITHDRAWN)
    shown = rows_page(office, PACK, view_of(office), "openings", 1, actor="甲")
    assert [row[0] for row in shown.rows] == ["样例2岗", "样例3岗"]


def test_gini_and_top_share_of_known_distributions() -> None:
    even = np.array([2, 2, 2, 2])
    assert gini(even, np.ones(4, np.int64)) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 8]), np.ones(4, np.int64)) == pytest.approx(0.75)
    assert gini(np.array([4, 4]), np.array([2, 2])) == pytest.approx(0)
    assert gini(np.zeros(3, np.int64), np.ones(3, np.int64)) is None
    assert top_share(np.array([0] * 99 + [10]), np.ones(100, np.int64)) == pytest.approx(1)


def test_without_a_push_evenness_is_unknown_rather_than_perfect(database: Database) -> None:
    add_posting(database, 1)
    with database.reading() as session:
        even = evenness(Asked(session, PACK, view_of(database)), {})
    assert (even.gini, even.top_share, even.ratio, even.postings) == (None, None, None, 1)


def test_events_count_those_of_the_year_that_took_place(office: Database) -> None:
    now = office.clock.now()
    with office.writing() as session:
        for at, state in (
            (now - timedelta(days=1), EventState.CLOSED),
            (now - timedelta(days=40), EventState.CLOSED),
            (now - timedelta(days=3), EventState.CANCELLED),
            (now + timedelta(days=3), EventState.PLANNED),
            (now - timedelta(days=400), EventState.CLOSED),
        ):
            session.add(EventRow(name="样例招聘会", type=EventType.FAIR, starts_at=at, state=state))
    activity = page(office).activity
    assert (activity.events, activity.target, activity.event_share) == (2, 10, 0.2)
    with office.reading() as session:
        february = View.read({"month": "2026-02"}, now.date())
        assert EVENTS.count(Asked(session, PACK, february)) == 1


def test_the_next_report_is_due_on_the_day_of_the_pack() -> None:
    zaoyang, beijing = load_pack("zaoyang"), load_pack("beijing")
    day = datetime(2026, 12, 24).date()
    assert next_due(zaoyang, day) == day
    assert next_due(zaoyang, day + timedelta(days=1)).isoformat() == "2027-01-24"
    assert next_due(beijing, day).isoformat() == "2027-01-05"


def test_an_export_is_masked_bounded_and_logged_with_its_reason(
    office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 3)
    made = export_rows(office, PACK, view_of(office), "short", reason="核对缺口名单", actor="样例甲")
    assert (made.rows, made.left_out) == (3, 1)
    book = load_workbook(BytesIO(made.content))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert rows[0] == SHORT.headers
    assert len(rows) == 4
    assert "样例1号" not in str(rows)
    with office.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "export_rows")).one()
    assert (row.actor, row.reason, row.entity_id, row.details["rows"]) == ("样例甲", "核对缺口名单", "short", 3)


def test_an_export_without_a_reason_or_of_a_small_group_is_refused(office: Database) -> None:
    categorise(office, range(1, 4), WorkerCategory.DISABLED)
    with pytest.raises(InvalidInput, match="用途"):
        export_rows(office, PACK, view_of(office), "short", reason=" ", actor="甲")
    with pytest.raises(InvalidInput, match="不足5人"):
        export_rows(office, PACK, view_of(office, group="disabled"), "group", reason="开会", actor="甲")


def test_towns_on_one_point_are_told_to_be_approximate_and_lie_apart(office: Database) -> None:
    bubbles = page(office).promise.bubbles
    assert len(bubbles) == 2
    assert all(one.approximate for one in bubbles)
    a, b = bubbles
    assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 >= (a.r + b.r) ** 2


def test_an_answer_of_an_employer_is_counted_for_the_people_who_wanted_to_come(
    office: Database, clock: FixedClock
) -> None:
    with office.writing() as session:
        (push, other) = add_pushes(session, add_batch(session), "w4", ["p1", "p2"], state=PushState.INTERESTED)
        push.employer_answered_at = session.now()
    activity = page(office).activity
    assert (activity.answers.count, activity.answers.of) == (1, 2)
    assert [(one.employer_id, one.answers.count, one.answers.of) for one in activity.employers] == [
        ("e2", 0, 1), ("e1", 1, 1)
    ]  # fmt: skip
    assert other.employer_answered_at is None
