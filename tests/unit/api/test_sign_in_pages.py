"""Signing in over HTTP: cookies, forged requests, limits, what a browser is allowed to do with a page."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from api_service import API, Service
from fastapi.testclient import TestClient
from office_people import Office, csrf, sign_in
from sqlalchemy import func, select

from api.accounts.rate_limits import BY_ADDRESS, BY_LOGIN, TOO_OFTEN
from matcher.domain.service_terms import Role
from matcher.services.accounts import managing, signing_in
from matcher.services.accounts.signing_in import REFUSED
from matcher.store.tables.accounts import SessionRow

COOKIE = "matcher_session"


def form(office: Office, role: Role = Role.CASEWORKER, **more: str) -> dict[str, str]:
    login = office.of(role)
    return {"login": login.login, "password": login.password} | more


def open_sessions(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).where(SessionRow.ended_at.is_(None))) or 0


def test_whoever_is_not_signed_in_gets_to_the_form_and_then_where_they_wanted(office: Office) -> None:
    browser = office.client()
    assert browser.get("/").headers["location"] == "/sign-in"
    address = browser.get("/account?tab=1").headers["location"]
    assert address == "/sign-in?next=/account%3Ftab%3D1"
    shown = browser.get(address).text
    assert 'value="/account?tab=1"' in shown
    assert browser.post("/sign-in", data=form(office, next="/account?tab=1")).headers["location"] == "/account?tab=1"
    assert browser.get("/").headers["location"] == "/desk"
    assert browser.get("/sign-in").headers["location"] == "/"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "/\tx", "javascript:alert(1)", "/"]
)
def test_signing_in_never_leads_to_another_site(office: Office, elsewhere: str) -> None:
    answer = office.client().post("/sign-in", data=form(office, next=elsewhere))
    assert answer.headers["location"] == "/desk"


def test_the_cookie_is_for_our_server_alone(office: Office) -> None:
    flags = office.client().post("/sign-in", data=form(office)).headers["set-cookie"].split("; ")
    assert flags[0].startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(flags)
    assert not [flag for flag in flags if flag.lower().startswith(("domain", "max-age", "expires", "secure"))]


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(office: Office) -> None:
    browser = office.client(origin="https://testserver", base="https://testserver")
    flags = browser.post("/sign-in", data=form(office)).headers["set-cookie"].split("; ")
    assert flags[0].startswith(f"__Host-{COOKIE}=")
    assert "Secure" in flags
    assert browser.get("/account").status_code == 200


def test_a_session_planted_beforehand_is_not_taken_over(office: Office) -> None:
    planted = {"Cookie": f"{COOKIE}=planted-by-somebody"}
    browser = office.client()
    assert browser.post("/sign-in", data=form(office), headers=planted).status_code == 303
    assert browser.cookies[COOKIE] != "planted-by-somebody"
    assert office.client().get("/account", headers=planted).status_code == 303


def test_the_second_step_changes_the_session(office: Office) -> None:
    browser, login = office.client(), office.of(Role.ADMIN)
    browser.post("/sign-in", data=form(office, Role.ADMIN))
    half_open = browser.cookies[COOKIE]
    assert browser.get("/admin").headers["location"] == "/sign-in/code"
    assert browser.get("/account").headers["location"] == "/sign-in/code"
    wrong = browser.post("/sign-in/code", data={"code": "12", "csrf_token": csrf(browser, "/sign-in/code")})
    assert wrong.status_code == 403
    code = pyotp.TOTP(login.totp_secret).at(int(time.time()) + 30)
    sent = {"code": code, "csrf_token": csrf(browser, "/sign-in/code")}
    assert browser.post("/sign-in/code", data=sent).headers["location"] == "/admin"
    assert browser.cookies[COOKIE] != half_open
    office.cookies[login.login] = browser.cookies[COOKIE]
    before = office.client()
    before.cookies.set(COOKIE, half_open)
    assert before.get("/admin").headers["location"].startswith("/sign-in")
    assert browser.get("/sign-in/code").status_code == 303, "the step is over"


@pytest.mark.parametrize("token", ["", "0" * 64, "another session's"])
def test_a_form_without_the_token_of_its_session_changes_nothing(office: Office, token: str) -> None:
    browser, other = office.client(), office.client()
    sign_in(browser, office.of(Role.CASEWORKER))
    sign_in(other, office.of(Role.CASEWORKER))
    sent = csrf(other) if token.startswith("another") else token
    assert browser.post("/sign-out", data={"csrf_token": sent}).status_code == 403
    assert browser.post("/sign-out", headers={"X-CSRF-Token": sent}).status_code == 403
    assert browser.get("/account").status_code == 200
    assert browser.post("/sign-out", headers={"X-CSRF-Token": csrf(browser)}).status_code == 303
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "https://testserver"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none", "Origin": "http://testserver"},
        {},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_token(office: Office, headers: dict[str, str]) -> None:
    signed = office.signed_in(Role.CASEWORKER)
    stranger = office.signed_in(Role.CASEWORKER, origin=None)
    token = csrf(signed)
    assert stranger.post("/sign-out", data={"csrf_token": token}, headers=headers).status_code == 403
    assert stranger.post("/sign-in", data=form(office), headers=headers).status_code == 403
    assert signed.get("/account").status_code == 200


def test_a_get_never_signs_anybody_out(office: Office) -> None:
    browser = office.signed_in(Role.CASEWORKER)
    for address in ("/sign-out", "/sign-out/everywhere"):
        assert browser.get(address).status_code in (404, 405)
    assert browser.get("/account").status_code == 200


def test_too_many_attempts_for_one_login_stop_before_any_hash(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, hashed = office.client(), []
    real = signing_in.is_right
    monkeypatch.setattr(signing_in, "is_right", lambda *given: hashed.append(1) or real(*given))
    answers = [
        browser.post("/sign-in", data={"login": "no-such-login", "password": str(n)})
        for n in range(BY_LOGIN.amount + 3)
    ]
    assert [one.status_code for one in answers] == [403] * BY_LOGIN.amount + [429] * 3
    assert len(hashed) == BY_LOGIN.amount
    assert TOO_OFTEN in answers[-1].text
    assert browser.post("/sign-in", data=form(office)).status_code == 303


def test_too_many_attempts_from_one_address_stop_every_login(office: Office) -> None:
    browser = office.client()
    for number in range(BY_ADDRESS.amount):
        browser.post("/sign-in", data={"login": f"guess-{number}", "password": "x"})
    assert browser.post("/sign-in", data=form(office)).status_code == 429


def test_a_wrong_password_and_an_unknown_login_get_the_same_page(office: Office) -> None:
    browser = office.client()
    pages = {
        re.sub(r"nonce-[\w-]+|nonce\S+?\"|value=\"[^\"]*\"|Nonce\":\"[\w-]+", "", answer.text)
        for answer in (
            browser.post("/sign-in", data=form(office, password="wrong")),
            browser.post("/sign-in", data={"login": "nobody-here", "password": "wrong"}),
        )
    }
    assert len(pages) == 1
    assert REFUSED in pages.pop()


def test_a_disabled_account_is_out_at_its_next_click(office: Office) -> None:
    made = managing.create_account(office.database, "leaving", Role.HOST, actor="test", must_change=False)
    browser = office.client()
    browser.post("/sign-in", data={"login": "leaving", "password": made.password})
    assert browser.get("/account").status_code == 200
    managing.disable_account(office.database, "leaving", actor="test")
    assert browser.get("/account").status_code == 303


def test_a_password_given_out_opens_one_page_only(office: Office) -> None:
    made = managing.create_account(office.database, "newcomer", Role.HOST, actor="test")
    browser = office.client()
    sent = {"login": "newcomer", "password": made.password}
    assert browser.post("/sign-in", data=sent).headers["location"] == "/sign-in/new-password"
    assert browser.get("/account").headers["location"] == "/sign-in/new-password"
    new = {"old": made.password, "new": "seven-green-buckets", "again": "seven-green-bucket"}
    token = {"csrf_token": csrf(browser, "/sign-in/new-password")}
    assert browser.post("/sign-in/new-password", data=new | token).status_code == 422
    new["again"] = new["new"]
    assert browser.post("/sign-in/new-password", data=new | token).headers["location"] == "/live"
    assert browser.get("/account").status_code == 200


def test_signing_out_ends_the_session_in_the_database(office: Office) -> None:
    browser = office.client()
    sign_in(browser, office.of(Role.CASEWORKER))
    token, before = browser.cookies[COOKIE], open_sessions(office)
    answer = browser.post("/sign-out", data={"csrf_token": csrf(browser)})
    assert '"storage"' in answer.headers["clear-site-data"]
    assert open_sessions(office) == before - 1
    browser.cookies.set(COOKIE, token)
    assert browser.get("/account").status_code == 303


def test_a_session_opens_no_interface_and_a_key_no_page(office: Office, service: Service) -> None:
    signed = office.signed_in(Role.MANAGER)
    question = {"worker": {"text": "会贴砖"}}
    assert signed.post(f"{API}/match/jobs-for-worker", json=question).status_code == 401
    keyed = office.client()
    assert keyed.get("/account", headers=service.headers("match")).status_code == 303


def nonce_of(page: TestClient, address: str) -> str:
    return re.search(r"script-src 'self' 'nonce-([\w-]+)'", page.get(address).headers["content-security-policy"])[1]


def test_a_page_allows_no_script_but_ours_and_no_frame(office: Office) -> None:
    browser = office.signed_in(Role.CASEWORKER)
    for address in ("/account", "/no-such-page"):
        policy = browser.get(address).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
    assert nonce_of(browser, "/account") != nonce_of(browser, "/account")


def test_every_answer_carries_the_security_headers(office: Office) -> None:
    browser = office.client()
    for address in ("/sign-in", "/account", "/no-such-page", "/static/staff.css"):
        headers = browser.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "content-security-policy" in headers
        assert headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert browser.get("/sign-in").headers["cache-control"] == "no-store"


def test_errors_of_a_page_are_pages_and_errors_of_the_interface_are_not(office: Office) -> None:
    browser = office.signed_in(Role.CASEWORKER)
    missing = browser.get("/no-such-page")
    assert missing.status_code == 404
    assert "没有这个页面" in missing.text
    assert 'href="/"' in missing.text
    refused = browser.get("/admin")
    assert refused.status_code == 403
    assert "没有打开这个页面的权限" in refused.text
    assert browser.get(f"{API}/no-such").headers["content-type"] == "application/problem+json"


def test_a_piece_of_a_page_gets_a_piece_of_an_error(office: Office) -> None:
    htmx = {"HX-Request": "true"}
    refused = office.signed_in(Role.CASEWORKER).get("/admin", headers=htmx)
    assert refused.status_code == 403
    assert "<html" not in refused.text
    away = office.client().get("/account", headers=htmx)
    assert (away.status_code, away.headers["hx-redirect"]) == (401, "/sign-in")


def test_an_unforeseen_error_is_a_page_that_tells_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.accounts.sign_in_pages.staff_page", lambda *_, **__: 1 / 0)
    broken = office.signed_in(Role.CASEWORKER).get("/account")
    assert broken.status_code == 500
    assert "稍后再试" in broken.text
    assert "ZeroDivision" not in broken.text
    assert broken.headers["x-frame-options"] == "DENY"
    assert broken.headers["cache-control"] == "no-store"


def test_an_administrator_manages_accounts_and_kiosks_by_page(office: Office) -> None:
    browser = office.signed_in(Role.ADMIN)
    token = {"csrf_token": csrf(browser, "/account")}
    new = {"login": "li", "name": "样例小李", "role": "caseworker", "region": "130638000000"} | token
    made = browser.post("/admin/accounts", data=new)
    password = re.search(r"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}", made.text)[0]
    assert password not in browser.get("/admin/accounts/li").text
    assert browser.post("/admin/accounts", data=new).status_code == 422
    assert browser.post("/admin/accounts", data=new | {"login": "x1", "role": "integrator"}).status_code == 422
    moved = browser.post("/admin/accounts/li/caseload", data=token | {"region": "13"})
    assert moved.status_code == 422
    for act in ("disable", "enable", "unlock"):
        assert browser.post(f"/admin/accounts/li/{act}", data=token).headers["location"].endswith(f"done={act}")
    again = browser.post("/admin/accounts/li/reset", data=token).text
    assert password not in again
    code = browser.post("/admin/devices", data=token | {"login": "kiosk-7", "name": "东门"}).text
    digits = re.search(r"<code>(\d{4}) (\d{4})</code>", code)
    machine = office.client()
    assert machine.post("/sign-in/device", data={"code": "".join(digits.groups())}).headers["location"] == "/kiosk"
    browser.post("/admin/devices/kiosk-7/revoke", data=token)
    assert machine.get("/kiosk").status_code == 303
    assert "没有被改动" in browser.post("/admin/audit/verify", data=token).text
    assert browser.post("/admin/audit/verify", data=token | {"anchor": "1:abc"}).text.count("被改动：")
    assert "样例小李" not in browser.get("/admin/audit").text
