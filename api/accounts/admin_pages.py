"""The administrator's pages: accounts, kiosks, the audit log (管理页面)."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from api.accounts.staff import staff_of
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.domain.service_terms import Role
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.accounts import caseload, devices, managing
from matcher.services.accounts.audit_log import PAGE_ROWS, audit_lines, read_anchor, verify_log
from matcher.services.accounts.managing import AccountLine, NewAccount
from matcher.store.database import Database

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=200)]
ROLES = tuple(role for role in Role if role not in (Role.KIOSK_DEVICE, Role.INTEGRATOR))
DONE = {
    "disable": "已停用，登录已退出",
    "enable": "已恢复",
    "unlock": "已解锁",
    "revoke": "已收回，这台机器不能再用",
}


@router.get("/admin")
def show_accounts(request: Request) -> Response:
    """Every account, and the form for a new one."""
    return _accounts_page(request)


@router.post("/admin/accounts")
def create(
    request: Request, login: Text = "", name: Text = "", role: Text = "", region: Text = "", employer: Text = ""
) -> Response:
    """Make an account and show its password once."""
    try:
        chosen = Role.read(role, field="角色")
        if chosen not in ROLES:
            raise InvalidInput("这个角色不在这里新建：自助机在“自助机”页，接口密钥用命令行")
        made = managing.create_account(
            _database(request),
            login,
            chosen,
            actor=_actor(request),
            name=name,
            region_code=region.strip() or None,
            employer_id=employer.strip() or None,
        )
    except (InvalidInput, Conflict) as error:
        typed = {"login": login, "name": name, "role": role, "region": region, "employer": employer}
        return _accounts_page(request, notice=error.message, typed=typed, status=422)
    return _secret_page(request, made)


@router.get("/admin/accounts/{login}")
def show_account(request: Request, login: str, done: str = "", people: int | None = None) -> Response:
    """One account with everything that can be done to it."""
    told = DONE.get(done, "") if people is None else f"分配了 {people} 人"
    return _account_page(request, login, done=told)


@router.post("/admin/accounts/{login}/disable")
def disable(request: Request, login: str) -> Response:
    """Shut it out."""
    managing.disable_account(_database(request), login, actor=_actor(request))
    return _back_to(login, "done=disable")


@router.post("/admin/accounts/{login}/enable")
def enable(request: Request, login: str) -> Response:
    """Let it in again."""
    managing.enable_account(_database(request), login, actor=_actor(request))
    return _back_to(login, "done=enable")


@router.post("/admin/accounts/{login}/unlock")
def unlock(request: Request, login: str) -> Response:
    """Lift the rest after too many wrong passwords."""
    managing.unlock_account(_database(request), login, actor=_actor(request))
    return _back_to(login, "done=unlock")


@router.post("/admin/accounts/{login}/reset")
def reset(request: Request, login: str, second_factor: Text = "") -> Response:
    """A new password, shown once; with the second factor if asked for."""
    made = managing.reset_password(
        _database(request), login, actor=_actor(request), second_factor=second_factor == "yes"
    )
    return _secret_page(request, made)


@router.post("/admin/accounts/{login}/caseload")
def give(request: Request, login: str, region: Text = "", take_over: Text = "") -> Response:
    """Give a caseworker the free people of a region, or another's whole caseload."""
    try:
        if bool(region.strip()) == bool(take_over.strip()):
            raise InvalidInput("请填区划或原来的帮扶干部，只填一个")
        if region.strip():
            moved = caseload.give_region(_database(request), login, region.strip(), actor=_actor(request))
        else:
            moved = caseload.hand_over(_database(request), take_over, login, actor=_actor(request))
    except (InvalidInput, NotFound) as error:
        return _account_page(request, login, notice=error.message, status=422)
    return _back_to(login, f"people={moved}")


@router.get("/admin/devices")
def show_devices(request: Request, done: str = "") -> Response:
    """Every kiosk, and the form for a new one."""
    return _devices_page(request, done=DONE.get(done, ""))


@router.post("/admin/devices")
def create_device(request: Request, login: Text = "", name: Text = "") -> Response:
    """A new kiosk with its first pairing code."""
    database, actor = _database(request), _actor(request)
    try:
        made = managing.create_account(database, login, Role.KIOSK_DEVICE, actor=actor, name=name)
    except (InvalidInput, Conflict) as error:
        return _devices_page(request, notice=error.message, typed={"login": login, "name": name}, status=422)
    return _devices_page(request, code=devices.pairing_code(database, made.login, actor=actor), of=made.login)


@router.post("/admin/devices/{login}/code")
def new_code(request: Request, login: str) -> Response:
    """A fresh pairing code."""
    database, actor = _database(request), _actor(request)
    managing.enable_account(database, login, actor=actor)
    return _devices_page(request, code=devices.pairing_code(database, login, actor=actor), of=login)


@router.post("/admin/devices/{login}/revoke")
def revoke(request: Request, login: str) -> Response:
    """The machine is a kiosk no longer."""
    managing.disable_account(_database(request), login, actor=_actor(request))
    return RedirectResponse("/admin/devices?done=revoke", status_code=303)


@router.get("/admin/audit")
def show_audit(request: Request, before: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> Response:
    """The log, newest first."""
    return _audit_page(request, before=before)


@router.post("/admin/audit/verify")
def verify(request: Request, anchor: Text = "") -> Response:
    """Walk the chain."""
    try:
        verdict, head = verify_log(_database(request), read_anchor(anchor))
    except InvalidInput as error:
        return _audit_page(request, notice=error.message, status=422)
    return _audit_page(request, verdict=verdict, head=head)


def _database(request: Request) -> Database:
    return runtime_of(request).database


def _actor(request: Request) -> str:
    return staff_of(request).login


def _back_to(login: str, query: str) -> Response:
    return RedirectResponse(f"/admin/accounts/{quote(login, safe='')}?{query}", status_code=303)


def _accounts_page(
    request: Request, *, notice: str = "", typed: dict[str, str] | None = None, status: int = 200
) -> Response:
    lines = [line for line in managing.list_accounts(_database(request)) if line.role is not Role.KIOSK_DEVICE]
    values = {"lines": lines, "sizes": caseload.caseload_sizes(_database(request)), "roles": ROLES}
    return staff_page(request, "admin/accounts.html", status, notice=notice, typed=typed or {}, **values)


def _account_page(
    request: Request, login: str, *, notice: str = "", done: str = "", status: int = 200
) -> Response:
    lines = managing.list_accounts(_database(request))
    line = _one(lines, login)
    others = [one for one in lines if one.role is Role.CASEWORKER and one.login != login]
    size = caseload.caseload_sizes(_database(request)).get(line.account_id, 0)
    values = {"line": line, "others": others, "size": size, "notice": notice, "done": done}
    return staff_page(request, "admin/account.html", status, **values)


def _one(lines: list[AccountLine], login: str) -> AccountLine:
    found = next((line for line in lines if line.login == login), None)
    if found is None:
        raise NotFound("没有这个账号")
    return found


def _secret_page(request: Request, made: NewAccount) -> Response:
    return staff_page(request, "admin/password.html", made=made)


def _devices_page(
    request: Request,
    *,
    notice: str = "",
    done: str = "",
    code: str = "",
    of: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    lines = [line for line in managing.list_accounts(_database(request)) if line.role is Role.KIOSK_DEVICE]
    values = {"lines": lines, "code": code, "of": of, "notice": notice, "done": done, "typed": typed or {}}
    return staff_page(request, "admin/devices.html", status, **values)


def _audit_page(
    request: Request,
    *,
    before: int | None = None,
    verdict: object = None,
    head: object = None,
    notice: str = "",
    status: int = 200,
) -> Response:
    lines = audit_lines(_database(request), before=before)
    older = lines[-1].seq if len(lines) == PAGE_ROWS and lines[-1].seq > 1 else None
    values = {"lines": lines, "older": older, "newest": before is None, "notice": notice}
    return staff_page(request, "admin/audit.html", status, verdict=verdict, head=head, **values)
