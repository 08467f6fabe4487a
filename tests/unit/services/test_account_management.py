"""What an administrator does with accounts and kiosks, and when the service may be reached from outside."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from account_samples import COUNTY, PASSWORD, account, staff
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.config import Config
from matcher.domain.service_terms import Role
from matcher.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from matcher.services.accounts import devices, managing, sessions, signing_in
from matcher.services.accounts.staff import Step
from matcher.services.accounts.start_check import require_safe_start
from matcher.services.demo.demo_accounts import demo_accounts
from matcher.store.database import Database
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.tables.accounts import CredentialRow
from matcher.store.tables.records import AuditRow

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.mark.parametrize("login", ["", "x", "王小明", "a b", "a/b", "a'--", "x" * 81])
def test_a_login_is_letters_digits_and_a_few_signs(database: Database, login: str) -> None:
    with pytest.raises(InvalidInput):
        managing.create_account(database, login, Role.HOST, actor="test")


def test_a_login_exists_once_whatever_its_case(database: Database) -> None:
    account(database, "wang")
    with pytest.raises(Conflict):
        account(database, " WANG")


def test_only_an_employer_is_bound_to_an_employer(database: Database) -> None:
    with pytest.raises(InvalidInput):
        account(database, "firm", Role.EMPLOYER)
    with pytest.raises(InvalidInput):
        account(database, "firm", Role.EMPLOYER, employer_id="not-there")
    with pytest.raises(InvalidInput):
        account(database, "wang", Role.CASEWORKER, employer_id="e1")
    with pytest.raises(InvalidInput):
        account(database, "wang", Role.CASEWORKER, region_code="容城")


def test_a_reset_password_works_once_and_ends_the_sessions(database: Database) -> None:
    account(database, "wang")
    token = signing_in.sign_in(database, "wang", PASSWORD).token
    made = managing.reset_password(database, "wang", actor="test")
    assert sessions.resume(database, token) is None
    assert made.password not in repr(made)
    assert signing_in.sign_in(database, "wang", made.password).step is Step.NEW_PASSWORD


def test_the_last_administrator_cannot_be_shut_out(database: Database) -> None:
    account(database, "boss", Role.ADMIN)
    with pytest.raises(Conflict):
        managing.disable_account(database, "boss", actor="test")
    account(database, "other", Role.ADMIN)
    managing.disable_account(database, "boss", actor="test")
    with pytest.raises(Conflict):
        managing.disable_account(database, "other", actor="test")


def test_what_is_done_to_an_account_is_written_down(database: Database) -> None:
    account(database, "wang")
    managing.reset_password(database, "wang", actor="boss")
    managing.disable_account(database, "wang", actor="boss")
    managing.enable_account(database, "wang", actor="boss")
    managing.unlock_account(database, "wang", actor="boss")
    with database.reading() as session:
        acts = list(session.scalars(select(AuditRow.action).where(AuditRow.actor == "boss").order_by(AuditRow.seq)))
    assert acts == ["reset_password", "disable_account", "enable_account", "unlock_account"]


def test_the_list_shows_the_state_of_each_account(database: Database) -> None:
    account(database, "wang", region_code=COUNTY)
    managing.create_account(database, "kiosk-1", Role.KIOSK_DEVICE, actor="test")
    managing.disable_account(database, "wang", actor="test")
    lines = {line.login: line for line in managing.list_accounts(database)}
    assert lines["wang"].disabled
    assert lines["wang"].region_code == COUNTY
    assert not lines["kiosk-1"].open
    devices.pair_device(database, devices.pairing_code(database, "kiosk-1", actor="test"))
    assert {one.login: one for one in managing.list_accounts(database)}["kiosk-1"].open


def kiosk_code(database: Database) -> str:
    managing.create_account(database, "kiosk-1", Role.KIOSK_DEVICE, actor="test")
    return devices.pairing_code(database, "kiosk-1", actor="test")


def test_a_code_makes_a_kiosk_once(database: Database) -> None:
    code = kiosk_code(database)
    opened = devices.pair_device(database, f"{code[:4]} {code[4:]}")
    assert sessions.resume(database, opened.token).role is Role.KIOSK_DEVICE
    with pytest.raises(Forbidden):
        devices.pair_device(database, code)


def test_a_code_runs_out_after_ten_minutes(database: Database, clock: FixedClock) -> None:
    code = kiosk_code(database)
    clock.at += devices.CODE_LASTS
    with pytest.raises(Forbidden):
        devices.pair_device(database, code)


@pytest.mark.parametrize("code", ["", "00000000", "１２３４５６７８", "x" * 300])
def test_no_other_code_makes_a_kiosk(database: Database, code: str) -> None:
    assert kiosk_code(database) != code
    with pytest.raises(Forbidden):
        devices.pair_device(database, code)


def test_only_a_hash_of_the_code_is_kept(database: Database) -> None:
    code = kiosk_code(database)
    with database.reading() as session:
        row = session.scalars(select(CredentialRow)).one()
        assert code not in str(vars(row))


def test_a_kiosk_stays_signed_in_for_weeks_and_can_be_taken_back(database: Database, clock: FixedClock) -> None:
    token = devices.pair_device(database, kiosk_code(database)).token
    for _ in range(10):
        clock.at += timedelta(days=30)
        assert sessions.resume(database, token) is not None
    managing.disable_account(database, "kiosk-1", actor="test")
    assert sessions.resume(database, token) is None


def test_pairing_again_ends_the_machine_before(database: Database) -> None:
    first = devices.pair_device(database, kiosk_code(database)).token
    second = devices.pair_device(database, devices.pairing_code(database, "kiosk-1", actor="test")).token
    assert sessions.resume(database, first) is None
    assert sessions.resume(database, second) is not None


def test_only_a_device_has_a_pairing_code(database: Database) -> None:
    account(database, "wang")
    with pytest.raises(InvalidInput):
        devices.pairing_code(database, "wang", actor="test")
    with pytest.raises(NotFound):
        devices.pairing_code(database, "nobody", actor="test")


@pytest.fixture
def installed(database: Database, tmp_path: Path) -> Config:
    tmp_path.chmod(0o700)
    return Config(tmp_path, "sqlite://", database.keyring.path)


def refused(config: Config, database: Database, host: str = "0.0.0.0", *, debug: bool = False) -> str:
    with pytest.raises(Unavailable) as error:
        require_safe_start(config, database, host, debug=debug)
    return error.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_nothing_is_asked(database: Database, installed: Config, host: str) -> None:
    installed.keyring_path.chmod(0o644)
    require_safe_start(installed, database, host, debug=True)


def test_off_loopback_every_weakness_is_named_with_its_remedy(database: Database, installed: Config) -> None:
    assert "matcher init --admin" in refused(installed, database)
    account(database, "boss", Role.ADMIN)
    require_safe_start(installed, database, "0.0.0.0", debug=False)
    installed.keyring_path.chmod(0o640)
    assert "chmod 600" in refused(installed, database)
    installed.keyring_path.chmod(0o600)
    installed.home.chmod(0o755)
    assert "chmod 700" in refused(installed, database, "192.0.2.7")
    installed.home.chmod(0o700)
    assert "调试" in refused(installed, database, "::", debug=True)


def test_the_sample_accounts_are_one_for_each_role_with_different_passwords(database: Database) -> None:
    with database.writing("test") as session:
        EmployerRepository(session).ensure({"e1": "样例建筑队"})
    made = demo_accounts(database)
    assert {one.role for one in made} == set(Role) - {Role.INTEGRATOR}
    assert len({one.password for one in made}) == len(made)
    shown = repr(made)
    assert not [one for one in made if one.password in shown or (one.totp_secret and one.totp_secret in shown)]
    with pytest.raises(Forbidden):
        signing_in.sign_in(database, "bangfu", PASSWORD)
    own = next(one for one in made if one.login == "bangfu")
    assert signing_in.sign_in(database, own.login, own.password).step is Step.DONE
    admin = next(one for one in made if one.role is Role.ADMIN)
    assert signing_in.sign_in(database, admin.login, admin.password).step is Step.SECOND_FACTOR


def test_a_manager_may_sign_in_beside_the_sample(database: Database) -> None:
    account(database, "boss", Role.MANAGER)
    assert staff(database, "boss").sight.everyone
