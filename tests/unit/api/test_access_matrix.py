"""Role × page × object, generated from the table and from the routes that the application really has."""

from __future__ import annotations

import re

import pytest
from api_service import API, Service
from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from office_people import Office
from sqlalchemy import select
from starlette.routing import Mount, Route

from api.accounts.access import ACCESS, PARAMETERS, PUBLIC_PAGES, Access, ObjectScope
from api.accounts.admission import NOT_FOR_YOU, admitted, from_our_page
from api.accounts.csrf import FOREIGN, STALE
from matcher.domain.record_terms import BatchState, PersonProgress
from matcher.domain.service_terms import Role
from matcher.services.accounts.staff import Step
from matcher.services.demo.demo_accounts import OTHER_CASEWORKER
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.workers import WorkerRow

SIGNED_ROLES = [role for role in Role if role is not Role.INTEGRATOR]
NO_PEOPLE = {Role.HOST, Role.KIOSK_DEVICE, Role.EMPLOYER, Role.ADMIN}
ROWS = sorted(ACCESS)
SCOPED = [
    (method, path, name)
    for (method, path), access in sorted(ACCESS.items())
    for name in PARAMETERS.get(access.scope, ())
    if "{" + name in path
]


def page_routes(app: FastAPI) -> list[RouteContext]:
    """Every page as it is really served, behind however many routers."""
    found = [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]
    return [route for route in found if not route.path.startswith(API)]


def pairs(route: RouteContext) -> set[tuple[str, str]]:
    return {(method, route.path) for method in route.methods - {"HEAD"}}


def filled(path: str, **values: str) -> str:
    """The address with each parameter given, or with one that names nothing."""
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: values.get(found[1], "0"), path)


@pytest.fixture
def app(office: Office) -> FastAPI:
    return office.app


def test_every_page_has_its_row_and_every_row_its_page(app: FastAPI) -> None:
    real = set().union(*(pairs(route) for route in page_routes(app)))
    assert real - set(ACCESS) - PUBLIC_PAGES == set(), "give the new page its row in api/accounts/access.py"
    assert set(ACCESS) - real == set(), "a row without a page"
    assert set(ACCESS) & PUBLIC_PAGES == set()


def test_nothing_but_pages_and_the_interface_is_served(app: FastAPI) -> None:
    found = [route.original_route for route in iter_route_contexts(app.routes)]
    others = [(type(route), route.path) for route in found if not isinstance(route, APIRoute)]
    assert sorted(others, key=str) == [(Mount, "/static"), (Route, f"{API}/openapi.json")]


def test_the_guards_stand_before_every_page_of_the_table(app: FastAPI) -> None:
    for route in page_routes(app):
        if pairs(route) <= PUBLIC_PAGES:
            continue
        guards = [one.call for one in route.dependant.dependencies]
        assert guards[:2] == [admitted, from_our_page], route.path


def test_the_guard_sees_the_whole_path_of_a_page(app: FastAPI) -> None:
    """A prefix given when a router is included is not in the path that a request carries."""
    assert [route.path for route in page_routes(app) if route.path != route.original_route.path] == []


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_a_page_about_somebodys_thing_says_whose(method: str, path: str) -> None:
    named = {
        scope for scope, names in PARAMETERS.items() for name in names if re.search("{" + name + r"(?::\w+)?}", path)
    }
    scope = ACCESS[method, path].scope
    if Role.EMPLOYER not in (ACCESS[method, path].roles or {Role.EMPLOYER}):
        named -= {ObjectScope.EMPLOYER}
        scope = ObjectScope.NONE if scope is ObjectScope.EMPLOYER else scope
    assert named == ({scope} if scope is not ObjectScope.NONE else set()), path


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_people_are_for_those_who_work_with_people(method: str, path: str) -> None:
    access = ACCESS[method, path]
    if access.scope is ObjectScope.WORKER:
        assert access.roles is not None
        assert not access.roles & NO_PEOPLE
    assert Role.INTEGRATOR not in (access.roles or ())


def test_a_route_that_is_not_in_the_table_is_refused_to_everybody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ACCESS, ("GET", "/account"))
    for role in SIGNED_ROLES:
        assert office.signed_in(role).get("/account").status_code == 403


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_nobody_gets_past_the_sign_in_page(office: Office, method: str, path: str) -> None:
    access = ACCESS[method, path]
    answer = office.client().request(method, filled(path))
    if access.roles is None:
        assert NOT_FOR_YOU not in answer.text
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


def refused_role(access: Access, role: Role) -> bool:
    return access.roles is not None and access.step is Step.DONE and role not in access.roles


@pytest.mark.parametrize("role", SIGNED_ROLES)
def test_a_role_opens_its_pages_and_no_other(office: Office, role: Role) -> None:
    """An allowed POST goes without a token: it must get as far as the token and no further."""
    browser = office.signed_in(role)
    for (method, path), access in sorted(ACCESS.items()):
        if access.roles is None:
            continue
        answer = browser.request(method, filled(path))
        told = f"{role} {method} {path}: {answer.status_code}"
        if access.step is not Step.DONE:
            assert answer.status_code == 303, told
        elif refused_role(access, role):
            assert answer.status_code == 403, told
            assert NOT_FOR_YOU in answer.text, told
        elif method == "GET":
            assert answer.status_code in (200, 204, 303, 404, 409, 422), told
        else:
            assert answer.status_code in (403, 404), told
            assert answer.status_code == 404 or STALE in answer.text or FOREIGN in answer.text, told


def somebody_of(office: Office, login: str) -> str:
    with office.database.reading() as session:
        number = AccountRepository(session).named(login).id
        return session.scalars(select(WorkerRow.worker_id).where(WorkerRow.caseworker_id == number)).first()


def batch_about(office: Office, worker_id: str) -> str:
    """A batch that somebody else planned for one person."""
    with office.database.writing(OTHER_CASEWORKER) as session:
        batch = PushBatchRow(
            name="样例批次", population={}, policy={}, versions={}, seed=1, state=BatchState.DRAFT
        )
        session.add(batch)
        session.flush()
        person = PushBatchPersonRow(batch_id=batch.id, worker_id=worker_id, progress=PersonProgress.WAITING)
        session.add(person)
        return str(batch.id)


def household_of(office: Office, worker_id: str) -> str:
    """The household in which a person lives alone."""
    with office.database.writing("test") as session:
        repository = HouseholdRepository(session)
        house = repository.ensure("test", f"样例户-{worker_id}")
        repository.add_member(house, worker_id=worker_id)
        return house


@pytest.fixture
def strangers(office: Office, service: Service) -> dict[str, str]:
    """For each parameter, something that exists and belongs to somebody else."""
    own = None
    with office.database.reading() as session:
        employer = AccountRepository(session).named(office.of(Role.EMPLOYER).login)
        own = employer.employer_id
        foreign = session.execute(
            select(PostingRow.posting_id, PostingRow.employer_id).where(
                PostingRow.employer_id.is_not(None), PostingRow.employer_id != own
            )
        ).first()
    theirs = somebody_of(office, OTHER_CASEWORKER)
    return {
        "worker_id": theirs,
        "batch_id": batch_about(office, theirs),
        "household_id": household_of(office, theirs),
        "employer_id": foreign[1],
        "posting_id": foreign[0],
        "region_code": "990000000000",
        "event_id": "999999",
    }


@pytest.mark.parametrize(("method", "path", "name"), SCOPED)
def test_a_thing_of_somebody_else_is_a_thing_that_does_not_exist(
    office: Office, strangers: dict[str, str], method: str, path: str, name: str
) -> None:
    access = ACCESS[method, path]
    held = {Role.EMPLOYER} if access.scope is ObjectScope.EMPLOYER else access.roles - {Role.MANAGER, Role.ORGANISER}
    for role in sorted(held & (access.roles or set())):
        browser = office.signed_in(role)
        theirs = browser.request(method, filled(path, **{name: strangers[name]}))
        nobodys = browser.request(method, filled(path, **{name: "no-such-thing"}))
        assert theirs.status_code == nobodys.status_code == 404, f"{role} {path}"
        assert plain(theirs.text) == plain(nobodys.text)


def plain(page: str) -> str:
    """A page without what differs in every answer."""
    return re.sub(r'[Nn]once":"[\w-]+|nonce="[\w-]+"', "", page)


def test_a_caseworkers_own_person_is_let_through(office: Office) -> None:
    mine = somebody_of(office, office.of(Role.CASEWORKER).login)
    browser = office.signed_in(Role.CASEWORKER)
    opened = [
        browser.get(filled(path, worker_id=mine)).status_code
        for (method, path), access in ACCESS.items()
        if method == "GET" and access.scope is ObjectScope.WORKER and Role.CASEWORKER in (access.roles or ())
        and path.count("{") == 1
    ]  # fmt: skip
    assert opened
    assert set(opened) <= {200, 204}
