"""No address, query or form, however odd, breaks a page of anybody: it is answered, or refused in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, urlencode
from zlib import crc32

import pytest

from api.accounts.access import ACCESS
from api.accounts.csrf import FIELD, token_for
from matcher.domain.service_terms import Role
from matcher.services.accounts.staff import Step
from tests.security.filled_office import ids_in_sight
from tests.unit.api.office_people import Office

TEMPLATES = Path(__file__).parents[2] / "api" / "pages" / "templates"
NAMES = sorted(
    {name for page in TEMPLATES.rglob("*.html") for name in re.findall(r'name="([a-z_]+)"', page.read_text("utf-8"))}
    | {"page", "month", "region", "before", "people", "done", "next", "kind", "after", "cause", "anchor"}
)
"""Every field of every form, and what pages read from their address."""

ODD = {
    "huge": "9" * 40,
    "nothing": "\0",
    "half": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "negative": "-1",
    "first year": "0001-01",
    "last day": "9999-12-31T23:59:59+00:00",
    "long": "长" * 5_000,
    "markup": "<script>alert(1)</script>'\"{{7*7}}",
}
ODD_NUMBERS = ("huge", "nothing", "half", "markup")
ENDLESS = re.compile("signals")
LEAVING = {"/sign-out", "/sign-out/everywhere"}
ROLES = [role for role in Role if role is not Role.INTEGRATOR]


PAGES = [
    (method, path)
    for (method, path), access in sorted(ACCESS.items())
    if access.step is Step.DONE and not ENDLESS.search(path) and path not in LEAVING
]


@pytest.fixture(scope="module")
def ids(office: Office) -> dict[str, str]:
    """Real things, but no real account: an administrator would shut out the others."""
    return ids_in_sight(office.database, {role: office.of(role) for role in ROLES}) | {"login": "nobody"}


def broken_by(office: Office, role: Role, odd: str, address_of: Callable[[str], str]) -> list[str]:
    """The pages of a role that do not stand it. Every second field is left out, others for other pages."""
    browser = office.signed_in(role)
    token = token_for(office.cookies[office.of(role).login])
    found = []
    for method, path in PAGES:
        allowed = ACCESS[method, path].roles
        if allowed is None or role not in allowed:
            continue
        fields = {name: odd for name in NAMES if crc32(f"{method}{path}{name}".encode()) % 2}
        options = {"data": fields | {FIELD: token}} if method == "POST" else {}
        query = "" if method == "POST" else "?" + urlencode({name: value[:60] for name, value in fields.items()})
        answer = browser.request(method, address_of(path) + query, **options)
        if answer.status_code >= 500 or "<script>alert" in answer.text:
            found.append(f"{method} {path}: {answer.status_code}")
        assert not answer.headers.get("location", "").startswith("/sign-in"), f"{role} is shut out at {path}"
    return found


def filled(path: str, ids: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: quote(ids.get(found[1], "0"), safe=""), path)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ODD)
def test_odd_fields_break_no_page(
    office: Office, ids: dict[str, str], role: Role, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = broken_by(office, role, ODD[kind], lambda path: filled(path, ids))
    assert found == [], capsys.readouterr().out[-2_000:]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ODD_NUMBERS)
def test_odd_addresses_break_no_page(
    office: Office, role: Role, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = dict.fromkeys(re.findall(r"{(\w+)", "".join(path for _, path in PAGES)), ODD[kind][:60])
    found = broken_by(office, role, "", lambda path: filled(path, odd))
    assert found == [], capsys.readouterr().out[-2_000:]


def test_a_page_that_breaks_is_found(office: Office, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise OverflowError

    monkeypatch.setattr("api.pages.desk.people.find_people", breaks)
    assert broken_by(office, Role.CASEWORKER, "", lambda path: filled(path, ids)) == [
        "GET /desk/people: 500",
        "POST /desk/people: 500",
    ]
