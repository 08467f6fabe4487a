"""What an administrator does with accounts: create, disable, reset, unlock (账号管理)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from matcher.domain.service_terms import Role
from matcher.errors import Conflict, InvalidInput
from matcher.services.accounts.passwords import checked_password, hash_password, random_password
from matcher.services.accounts.signing_in import set_password_hash
from matcher.store.database import Database
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.sessions import SessionRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow, CredentialRow
from matcher.store.tables.employers import EmployerRow


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account just made. password: shown once, "" when it was given or the account has none."""

    account_id: int
    login: str
    role: Role
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in the list. open: somebody is signed in with it; a kiosk: it is paired."""

    account_id: int
    login: str
    name: str = field(repr=False)
    role: Role
    region_code: str | None
    employer_id: str | None
    disabled: bool
    locked: bool
    second_factor: bool
    open: bool


def create_account(
    database: Database,
    login: str,
    role: Role,
    *,
    actor: str,
    name: str = "",
    region_code: str | None = None,
    employer_id: str | None = None,
    password: str = "",
    must_change: bool | None = None,
) -> NewAccount:
    """Make an account. password: "" = a random one, returned once, to be changed at the first signing in.

    A kiosk device gets none: it is paired. Raises InvalidInput for a weak password, an employer's account without
    an employer and the like, Conflict for a login that exists.
    """
    if role is Role.INTEGRATOR:
        raise InvalidInput("系统对接不用账号：请用 matcher key create 生成接口密钥")
    if (role is Role.EMPLOYER) != bool(employer_id):
        raise InvalidInput("用人单位账号必须写明单位编号，其他账号不能写")
    given = password or ("" if role is Role.KIOSK_DEVICE else random_password())
    if password:
        checked_password(password, login)
    hashed = hash_password(given) if given else None
    with database.writing(actor) as session:
        accounts = AccountRepository(session)
        if accounts.find(login) is not None:
            raise Conflict(f"登录名“{login}”已经有人用了；请换一个")
        if employer_id and session.get(EmployerRow, employer_id) is None:
            raise InvalidInput(f"没有编号为“{employer_id}”的用人单位")
        account_id = accounts.create(
            login,
            role,
            name=name.strip() or None,
            region_code=region_code or None,
            employer_id=employer_id or None,
            password_hash=hashed,
            must_change=bool(given) and not password if must_change is None else must_change,
        )
        _note(session, "create_account", account_id, f"新建{role.label}账号")
    return NewAccount(account_id, login.strip().lower(), role, "" if password else given)


def list_accounts(database: Database) -> list[AccountLine]:
    """Every account, by role and login."""
    with database.reading() as session:
        accounts, opened, now = AccountRepository(session), SessionRepository(session).open_accounts(), session.now()
        return [_line(account, accounts.credentials(account.id), opened, now) for account in accounts.all()]


def disable_account(database: Database, login: str, *, actor: str) -> None:
    """Shut an account out at once; its sessions end. Raises NotFound, Conflict for the last administrator."""
    with database.writing(actor) as session:
        accounts = AccountRepository(session)
        account = accounts.named(login)
        if account.role is Role.ADMIN and account.disabled_at is None and accounts.live_count(Role.ADMIN) == 1:
            raise Conflict("这是最后一个管理员，不能停用；请先新建另一个")
        account.disabled_at = account.disabled_at or session.now()
        SessionRepository(session).end_all(account.id)
        _note(session, "disable_account", account.id, "停用账号")


def enable_account(database: Database, login: str, *, actor: str) -> None:
    """Let a disabled account sign in again. Raises NotFound."""
    with database.writing(actor) as session:
        account = AccountRepository(session).named(login)
        account.disabled_at = None
        _note(session, "enable_account", account.id, "恢复账号")


def reset_password(database: Database, login: str, *, actor: str, second_factor: bool = False) -> NewAccount:
    """Give a random password for one signing in; all sessions end. second_factor: forget the app as well."""
    password = random_password()
    hashed = hash_password(password)
    with database.writing(actor) as session:
        accounts = AccountRepository(session)
        account = accounts.named(login)
        if account.role is Role.KIOSK_DEVICE:
            raise InvalidInput("自助机没有口令：请重新生成配对码")
        set_password_hash(session, account.id, hashed, must_change=True)
        if second_factor:
            accounts.set_credentials(account.id, totp_secret=None, totp_last_step=None)
        SessionRepository(session).end_all(account.id)
        _note(session, "reset_password", account.id, "重置口令和动态口令" if second_factor else "重置口令")
    return NewAccount(account.id, account.login, account.role, password)


def unlock_account(database: Database, login: str, *, actor: str) -> None:
    """Lift the rest after too many wrong passwords. Raises NotFound."""
    with database.writing(actor) as session:
        account = AccountRepository(session).named(login)
        AccountRepository(session).set_credentials(account.id, failures=0, locked_until=None)
        _note(session, "unlock_account", account.id, "解除锁定")


def has_administrator(database: Database) -> bool:
    """Whether anybody may administer this installation."""
    with database.reading() as session:
        return AccountRepository(session).live_count(Role.ADMIN) > 0


def _line(account: AccountRow, kept: CredentialRow, opened: set[int], now: datetime) -> AccountLine:
    return AccountLine(
        account_id=account.id,
        login=account.login,
        name=account.name or "",
        role=account.role,
        region_code=account.region_code,
        employer_id=account.employer_id,
        disabled=account.disabled_at is not None,
        locked=kept.locked_until is not None and now < kept.locked_until,
        second_factor=kept.totp_last_step is not None,
        open=account.id in opened,
    )


def _note(session: StoreSession, action: str, account_id: int, reason: str) -> None:
    AuditRepository(session).append(action=action, entity="account", entity_id=str(account_id), reason=reason)
