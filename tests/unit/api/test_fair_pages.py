"""The pages of a fair: what a form is refused for is said on its own page, and nobody reaches beyond their fair."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from office_people import Office, csrf, sign_in
from sqlalchemy import func, select

from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import Role
from matcher.services.accounts.managing import create_account
from matcher.services.demo.demo_accounts import DemoLogin
from matcher.services.fairs import sealed_file
from matcher.services.fairs.conflicts import conflicts
from matcher.services.fairs.marking import mark_meeting
from matcher.services.fairs.offline import export_fair, laptop_home
from matcher.services.fairs.opening import FairDraft, add_booth, create_fair
from matcher.services.fairs.suggesting import suggest_employers
from matcher.services.fairs.views import route_slips
from matcher.services.installation import open_database
from matcher.services.output_gate import cleared
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.tables.events import EventOverrideRow, EventRow, InviteeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.workers import WorkerRow
from tests.door_world import came_in, registered

PASSPHRASE = "样例口令一二三四"
BY = "样例"
S = ShortlistState


def post(browser: TestClient, path: str, files: object = None, **fields: str | list[str]) -> Response:
    sent = fields | {"csrf_token": csrf(browser)}
    return browser.post(f"/fair{path}", data=sent, files=files)  # type: ignore[arg-type]


def employers(office: Office) -> list[str]:
    """Employers with something to show now."""
    with office.database.reading() as session:
        rows = session.execute(select(PostingRow.posting_id, PostingRow.employer_id).order_by(PostingRow.posting_id)).all()
        live = cleared(session, [one for one, _ in rows])
    return list(dict.fromkeys(employer for one, employer in rows if one in live and employer))


def draft(office: Office, name: str, days: int, **changes: object) -> FairDraft:
    return FairDraft(name, office.database.clock.now() + timedelta(days=days), slots=8, **changes)  # type: ignore[arg-type]


@pytest.fixture
def browser(office: Office) -> TestClient:
    return office.signed_in(Role.ORGANISER)


@pytest.fixture(scope="module")
def held(signed_office: Office) -> int:
    """A fair that was planned and asked to through its own pages."""
    signed_office.fresh_limits()
    browser = signed_office.signed_in(Role.ORGANISER)
    day = (signed_office.database.clock.now() + timedelta(days=3)).strftime("%Y-%m-%d")
    fields = {"name": "样例纸面专场", "type": "special_fair", "day": day, "time": "09:00", "slots": "8", "slot_minutes": "10"}
    made = post(browser, "", **fields, tables="2", employer=employers(signed_office)[:3])
    assert made.status_code == 303, made.text
    event_id = int(re.search(r"/fair/(\d+)", made.headers["location"])[1])  # type: ignore[index]
    assert post(browser, f"/{event_id}/plan").status_code == 200
    assert post(browser, f"/{event_id}/invitations").status_code == 200
    return event_id


def test_what_a_form_is_refused_for_stands_on_its_own_page(browser: TestClient, office: Office) -> None:
    empty = create_fair(office.database, draft(office, "空场", 40), actor=BY)
    refused = {
        "": (422, {"name": "", "day": "2099-01-01", "time": "09:00", "slots": "x", "slot_minutes": "10", "type": "fair"}),
        f"/{empty}/plan": (409, {}),
        f"/{empty}/invitations": (409, {}),
        f"/{empty}/desk": (409, {"said": "1234"}),
        f"/{empty}/desk/find": (422, {"said": "1234"}),
        f"/{empty}/booths": (404, {"booth_no": "A1", "employer": "没有"}),
        f"/{empty}/release": (409, {}),
        f"/{empty}/close": (409, {}),
        f"/{empty}/carry": (422, {"passphrase": "一二三四五六七八", "again": "别的"}),
        f"/{empty}/decisions": (404, {"worker": "没有", "posting": "x", "kind": "pin", "reason": "本人要求"}),
    }
    for path, (status, fields) in refused.items():
        answer = post(browser, path, **fields)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        assert 'role="alert"' in answer.text, path
        assert 'class="problem-code"' not in answer.text, path


def test_what_was_typed_is_still_there_after_a_refusal(browser: TestClient) -> None:
    answer = post(browser, "", name="样例留着的名称", day="", time="09:00", slots="7", slot_minutes="10", type="fair")
    assert answer.status_code == 422
    assert 'value="样例留着的名称"' in answer.text
    assert 'value="7"' in answer.text


def test_suggestions_are_a_piece_of_the_form(browser: TestClient, office: Office) -> None:
    piece = browser.get("/fair/suggestions?theme=clean").text
    assert "<html" not in piece
    with office.database.reading() as session:
        found = suggest_employers(session, ["4-09-08-01", "4-09-08-02", "4-10-02-02"], "", draft(office, "", 1).population)
    assert found
    assert all(one.employer_id in piece for one in found[:12])


def test_no_page_of_a_fair_shows_a_whole_name_or_phone(browser: TestClient, office: Office, held: int) -> None:
    with office.database.reading() as session:
        booths = EventRepository(session).booths(held)
        told = [(slip.name, slip.code) for slip in route_slips(session, held)]
    assert told
    for path in ("", "/timetable", "/invitations", "/desk", "/report?rows=invited", f"/booths/{booths[0].id}", "/wall"):
        answer = browser.get(f"/fair/{held}{path}")
        assert answer.status_code == 200, path
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", answer.text), path
    assert "*" not in re.sub(r"<[^>]+>", "", browser.get(f"/fair/{held}/wall/board").text)


def test_the_file_of_texts_needs_a_reason_and_holds_this_fair_alone(browser: TestClient, office: Office, held: int) -> None:
    assert post(browser, f"/{held}/invitations/file").status_code == 422
    with office.database.reading() as session:
        due = session.scalar(select(func.count()).select_from(InviteeRow).where(InviteeRow.event_id == held, InviteeRow.wave > 0))
    answer = post(browser, f"/{held}/invitations/file", reason="样例核对")
    assert due
    assert answer.content.startswith(b"PK")
    assert answer.headers["cache-control"] == "no-store"
    assert post(browser, f"/{held}/invitations/file", reason="样例核对").status_code == 422


def test_the_papers_are_made_and_an_unknown_one_is_refused(browser: TestClient, held: int) -> None:
    assert browser.get(f"/fair/{held}/print/board").content.startswith(b"%PDF")
    assert browser.get(f"/fair/{held}/print/secrets").status_code == 422
    assert browser.get(f"/fair/{held}/booths/999999").status_code == 404


def test_a_mark_by_way_of_a_booth_of_another_fair_is_not_taken(browser: TestClient, office: Office, held: int) -> None:
    with office.database.reading() as session:
        planned = next(row for row in ShortlistRepository(session).meetings(held) if row.state is S.PLANNED)
        who, what = planned.worker_id, planned.posting_id
    answer = post(browser, f"/{held}/booths/999999", worker=who, posting=what, state="met")
    assert answer.status_code == 404
    with office.database.reading() as session:
        rows = [row for row in ShortlistRepository(session).meetings(held) if (row.worker_id, row.posting_id) == (who, what)]
    assert [row.state for row in rows] == [S.PLANNED]


def test_a_manager_reads_and_is_refused_every_change(office: Office, held: int) -> None:
    manager = office.signed_in(Role.MANAGER)
    assert manager.get(f"/fair/{held}/report").status_code == 200
    assert post(manager, f"/{held}/plan").status_code == 403
    assert post(manager, f"/{held}/cancel").status_code == 403


@pytest.fixture(scope="module")
def of_elsewhere(signed_office: Office) -> DemoLogin:
    """An organiser of another county."""
    made = create_account(
        signed_office.database, "bieqv", Role.ORGANISER, actor=BY, region_code="990100000000", must_change=False
    )
    return DemoLogin(Role.ORGANISER, "bieqv", made.password)


def test_an_organiser_of_another_county_reaches_no_fair_and_nobody_of_here(
    office: Office, of_elsewhere: DemoLogin
) -> None:
    browser = office.client()
    sign_in(browser, of_elsewhere)
    here = create_fair(office.database, draft(office, "本县场", 41, region_code="130629000000"), actor=BY)
    assert browser.get(f"/fair/{here}").status_code == 404
    assert "本县场" not in browser.get("/fair").text
    assert post(browser, f"/{here}/plan").status_code == 404
    assert post(browser, "/merge", event=str(here), passphrase=PASSPHRASE).status_code == 404
    shared = create_fair(office.database, draft(office, "不分区的场", 42), actor=BY)
    add_booth(office.database, shared, booth_no="A1", employer_id=employers(office)[0], actor=BY)
    with office.database.reading() as session:
        shown = [one for ids in EventRepository(session).shown(shared).values() for one in ids]
        somebody = session.scalars(select(WorkerRow.worker_id).order_by(WorkerRow.worker_id)).first()
    for path in ("decisions", "desk/offer", "desk/walk-in"):
        fields = {"worker": somebody or "", "posting": shown[0], "kind": "pin", "reason": "本人要求"}
        assert post(browser, f"/{shared}/{path}", **fields).status_code == 404, path
    with office.database.reading() as session:
        assert session.scalars(select(EventOverrideRow).where(EventOverrideRow.event_id == shared)).first() is None


def test_a_fair_of_a_regional_organiser_is_of_their_region_and_for_its_people(
    office: Office, of_elsewhere: DemoLogin
) -> None:
    browser = office.client()
    sign_in(browser, of_elsewhere)
    fields = {"name": "别县的场", "type": "meeting", "day": "2099-01-05", "time": "09:00", "slots": "8", "slot_minutes": "8"}
    assert post(browser, "", **fields).status_code == 303
    with office.database.reading() as session:
        row = session.scalars(select(EventRow).where(EventRow.name == "别县的场")).one()
    assert row.region_code == "990100000000"
    assert row.population is not None
    assert row.population["regions"] == ["9901"]


def test_what_both_sides_changed_is_shown_and_settled_by_a_person(
    browser: TestClient, office: Office, held: int, tmp_path: Path
) -> None:
    path, database = tmp_path / "fair.bin", office.database
    with database.reading() as session:
        slip = route_slips(session, held)[0]
    pair = slip.worker_id, slip.stops[0].posting_id
    with patch.object(sealed_file, "_COST", 16):
        export_fair(database, held, path, PASSPHRASE, actor=BY)
        with laptop_home(path, PASSPHRASE) as config:
            laptop = open_database(config, database.clock)
            mark_meeting(laptop, held, *pair, S.INTENT, actor=BY)
            laptop.close()
        mark_meeting(database, held, *pair, S.MET, actor=BY)
        other = create_fair(database, draft(office, "另一场", 43), actor=BY)
        content = {"file": ("fair.bin", path.read_bytes(), "application/octet-stream")}
        assert post(browser, "/merge", content, event=str(other), passphrase=PASSPHRASE).status_code == 422
        wrong = post(browser, "/merge", content, event=str(held), passphrase="不是这个口令吧")
        merged = post(browser, "/merge", content, event=str(held), passphrase=PASSPHRASE)
        again = post(browser, "/merge", content, event=str(held), passphrase=PASSPHRASE)
    assert wrong.status_code == 422
    assert "已见面" in merged.text
    assert "有意向" in merged.text
    assert "没有变化" in again.text
    with database.reading() as session:
        (waiting,) = conflicts(session, held)
    assert post(browser, f"/{other}/conflicts/{waiting.conflict_id}", choice="theirs").status_code == 404
    assert post(browser, f"/{held}/conflicts/{waiting.conflict_id}", choice="").status_code == 422
    assert post(browser, f"/{held}/conflicts/{waiting.conflict_id}", choice="theirs").status_code == 200
    with database.reading() as session:
        assert conflicts(session, held) == ()
        states = {row.posting_id: row.state for row in ShortlistRepository(session).meetings(held, slip.worker_id)}
    assert states[pair[1]] is S.INTENT


NEW = {"words": "会做保洁，想在附近干，日结", "agreed": ["matching", "contact"], "name": "样例新人", "channel": "desk"}


def people(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(WorkerRow)) or 0


def test_somebody_without_a_file_is_registered_and_a_form_sent_twice_is_one_person(
    browser: TestClient, office: Office, held: int
) -> None:
    before, page = people(office), browser.get(f"/fair/{held}/desk").text
    once = re.search(r'name="once" value="([0-9a-f]{32})"', page)
    assert once
    made = post(browser, f"/{held}/desk/register", **NEW, once=once[1])
    assert made.status_code == 200
    assert "建档并签到了" in made.text
    assert "保洁" in made.text
    assert "样例新人" not in made.text
    assert "已经签过到" in post(browser, f"/{held}/desk/register", **NEW, once=once[1]).text
    assert people(office) == before + 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"agreed": []}, 409),
        ({"agreed": ["contact"]}, 409),
        ({"agreed": ["everything"]}, 422),
        ({"channel": ""}, 422),
        ({"channel": "file"}, 422),
        ({"words": ""}, 422),
        ({"phone": "123"}, 422),
        ({"name": "样😀"}, 422),
        ({"once": "1"}, 422),
    ],
)
def test_a_refused_registration_keeps_what_was_typed_and_nothing_else(
    browser: TestClient, office: Office, held: int, changes: dict[str, object], status: int
) -> None:
    before = people(office)
    answer = post(browser, f"/{held}/desk/register", **(NEW | {"region": "容城县"} | changes))  # type: ignore[arg-type]
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert 'value="容城县"' in answer.text
    assert people(office) == before


def test_a_phone_of_elsewhere_is_told_of_to_nobody(
    office: Office, of_elsewhere: DemoLogin, held: int, browser: TestClient
) -> None:
    assert "建档并签到了" in post(browser, f"/{held}/desk/register", **NEW, phone="13800009966").text
    known = post(browser, f"/{held}/desk/register", **NEW, phone="13800009966")
    assert "这个手机号已有档案" in known.text
    assert "样**人" in known.text
    other = office.client()
    sign_in(other, of_elsewhere)
    assert post(other, f"/{held}/desk/register", **NEW, phone="13800009966").status_code == 409
    refused = post(other, f"/{held}/desk/register", **NEW, phone="13800009966").text
    assert "不归这里管" in refused
    assert "样**人" not in refused


def test_who_somebody_from_the_laptop_is_stands_in_words_and_is_settled_in_sight(
    browser: TestClient, office: Office, of_elsewhere: DemoLogin, held: int, tmp_path: Path
) -> None:
    path, database, phone = tmp_path / "fair.bin", office.database, "13800009955"
    with patch.object(sealed_file, "_COST", 16):
        export_fair(database, held, path, PASSPHRASE, actor=BY)
        with laptop_home(path, PASSPHRASE) as config:
            laptop = open_database(config, database.clock)
            came_in(laptop, held, phone=phone, name="样例赵六")
            laptop.close()
        known = registered(database, held, phone=phone, name="样例张七", region="容城县").worker_id
        content = {"file": ("fair.bin", path.read_bytes(), "application/octet-stream")}
        merged = post(browser, "/merge", content, event=str(held), passphrase=PASSPHRASE)
    assert "现场登记的人（样**六、138****9955）和档案里的样**七像是同一人" in merged.text
    assert "另建档案" in merged.text
    assert phone not in merged.text
    with database.reading() as session:
        (waiting,) = conflicts(session, held)
    other = office.client()
    sign_in(other, of_elsewhere)
    page = other.get(f"/fair/{held}/carry").text
    assert "样**七" not in page
    assert "不在您的服务范围" in page
    address = f"/{held}/conflicts/{waiting.conflict_id}"
    assert post(other, address, choice=known).status_code == 404
    assert post(browser, address, choice="theirs").status_code == 422
    assert post(browser, address, choice=known).status_code == 200
    with database.reading() as session:
        assert conflicts(session, held) == ()
        assert known in ShortlistRepository(session).checked_in(held)
