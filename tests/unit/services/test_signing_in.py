"""From login and password to a session, and how a session ends."""

from __future__ import annotations

import json
from datetime import timedelta

import pyotp
import pytest
from account_samples import PASSWORD, account, staff
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.service_terms import Role
from matcher.errors import Conflict, Forbidden, InvalidInput
from matcher.services.accounts import managing, passwords, second_factor, sessions, signing_in
from matcher.services.accounts.staff import Step
from matcher.store.database import Database
from matcher.store.tables.accounts import CredentialRow, SessionRow
from matcher.store.tables.records import AuditRow, HistoryRow

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def refusal(database: Database, login: str, password: str) -> str:
    with pytest.raises(Forbidden) as refused:
        signing_in.sign_in(database, login, password)
    return refused.value.message


def code(secret: str, clock: FixedClock, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.at.timestamp()) + steps * second_factor.STEP_S)


def test_a_password_is_kept_as_argon2id_with_the_parameters_of_the_rfc(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    account(database, "wang")
    with database.reading() as session:
        kept = session.scalars(select(CredentialRow.password_hash)).one()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    "password", ["short", "password123", "1234567890", "aaaaaaaaaaaa", "wang-and-more", "Admin123456", "x" * 201]
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.checked_password(password, "wang")


def test_a_random_password_is_strong_and_never_the_same() -> None:
    made = {passwords.random_password() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.checked_password(one, "wang") for one in made)


def test_only_the_hash_of_a_token_is_stored(database: Database) -> None:
    account(database, "wang")
    token = signing_in.sign_in(database, "WANG ", PASSWORD).token
    assert len(token) >= 43
    with database.reading() as session:
        row = session.scalars(select(SessionRow)).one()
    assert token not in json.dumps([str(value) for value in vars(row).values()])
    assert sessions.resume(database, token).login == "wang"
    assert sessions.resume(database, token[:-1] + ("A" if token[-1] != "A" else "B")) is None


def test_every_refusal_reads_the_same(database: Database) -> None:
    account(database, "wang")
    account(database, "gone")
    managing.disable_account(database, "gone", actor="test")
    told = {
        refusal(database, "wang", "wrong"),
        refusal(database, "nobody", "wrong"),
        refusal(database, "gone", PASSWORD),
        refusal(database, "\0", PASSWORD),
    }
    assert told == {signing_in.REFUSED}


def test_an_unknown_login_costs_the_same_hash_and_the_same_write(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(database, "wang")
    done: list[str] = []
    failure, hasher = signing_in.count_failure, passwords._hasher

    class Counting:
        hash = staticmethod(hasher.hash)

        def verify(self, kept: str, password: str) -> bool:
            done.append("hash")
            return hasher.verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    monkeypatch.setattr(signing_in, "count_failure", lambda *given: done.append("write") or failure(*given))
    for login in ("wang", "nobody"):
        done.clear()
        refusal(database, login, "wrong")
        assert done == ["hash", "write"], login


def test_ten_wrong_passwords_let_an_account_rest_for_a_while(database: Database, clock: FixedClock) -> None:
    account(database, "wang")
    for _ in range(signing_in.MOST_FAILURES):
        refusal(database, "wang", "wrong")
    assert refusal(database, "wang", PASSWORD) == signing_in.REFUSED
    clock.at += signing_in.LOCKED_FOR
    assert staff(database, "wang").login == "wang"


def test_an_administrator_lifts_the_rest(database: Database) -> None:
    account(database, "wang")
    for _ in range(signing_in.MOST_FAILURES):
        refusal(database, "wang", "wrong")
    managing.unlock_account(database, "wang", actor="test")
    assert staff(database, "wang").login == "wang"


def test_a_right_password_forgets_the_wrong_ones(database: Database) -> None:
    account(database, "wang")
    for _ in range(2):
        for _ in range(signing_in.MOST_FAILURES - 1):
            refusal(database, "wang", "wrong")
        staff(database, "wang")


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.MANAGER, Role.HOST, Role.ORGANISER])
def test_a_session_ends_when_nobody_uses_it(database: Database, clock: FixedClock, role: Role) -> None:
    account(database, "wang", role)
    token = signing_in.sign_in(database, "wang", PASSWORD).token
    idle = sessions.LIFETIMES[role].idle
    clock.at += idle - timedelta(seconds=1)
    assert sessions.resume(database, token) is not None
    clock.at += idle - timedelta(seconds=1)
    assert sessions.resume(database, token) is not None
    clock.at += idle
    assert sessions.resume(database, token) is None


def test_a_session_ends_in_the_end_however_busy(database: Database, clock: FixedClock) -> None:
    account(database, "wang")
    token = signing_in.sign_in(database, "wang", PASSWORD).token
    until = clock.at + sessions.LIFETIMES[Role.CASEWORKER].whole
    while clock.at + timedelta(minutes=20) < until:
        clock.at += timedelta(minutes=20)
        assert sessions.resume(database, token) is not None
    clock.at = until
    assert sessions.resume(database, token) is None


def test_every_role_has_its_times() -> None:
    assert set(sessions.LIFETIMES) == set(Role)
    assert all(one.idle <= one.whole for one in sessions.LIFETIMES.values())


def test_a_disabled_account_is_out_in_the_middle_of_its_session(database: Database) -> None:
    account(database, "wang")
    token = signing_in.sign_in(database, "wang", PASSWORD).token
    managing.disable_account(database, "wang", actor="test")
    assert sessions.resume(database, token) is None
    managing.enable_account(database, "wang", actor="test")
    assert sessions.resume(database, token) is None, "the old session stays ended"


def test_a_disabled_account_is_out_even_where_its_session_was_not_ended(database: Database) -> None:
    account(database, "wang")
    token = signing_in.sign_in(database, "wang", PASSWORD).token
    with database.writing("test") as session:
        managing.AccountRepository(session).named("wang").disabled_at = session.now()
    assert sessions.resume(database, token) is None


def test_a_role_that_changes_applies_to_the_next_click(database: Database) -> None:
    account(database, "wang")
    token = signing_in.sign_in(database, "wang", PASSWORD).token
    with database.writing("test") as session:
        managing.AccountRepository(session).named("wang").role = Role.HOST
    found = sessions.resume(database, token)
    assert found.role is Role.HOST
    assert not found.sight.regions
    assert found.sight.account_id is None


def test_signing_out_ends_the_session_and_everywhere_ends_all(database: Database) -> None:
    account(database, "wang")
    tokens = [signing_in.sign_in(database, "wang", PASSWORD).token for _ in range(3)]
    sessions.end_session(database, sessions.resume(database, tokens[0]))
    assert [sessions.resume(database, one) is not None for one in tokens] == [False, True, True]
    sessions.end_all_sessions(database, sessions.resume(database, tokens[1]))
    assert [sessions.resume(database, one) for one in tokens] == [None, None, None]


def test_a_new_password_ends_the_other_sessions(database: Database) -> None:
    account(database, "wang")
    here, there = (signing_in.sign_in(database, "wang", PASSWORD).token for _ in range(2))
    new = "seven-green-buckets"
    signing_in.change_password(database, sessions.resume(database, here), PASSWORD, new)
    assert sessions.resume(database, here) is not None
    assert sessions.resume(database, there) is None
    refusal(database, "wang", PASSWORD)
    assert signing_in.sign_in(database, "wang", new).step is Step.DONE


def test_a_password_changes_only_against_the_old_one(database: Database) -> None:
    account(database, "wang")
    me = staff(database, "wang")
    with pytest.raises(Forbidden):
        signing_in.change_password(database, me, "wrong", "seven-green-buckets")
    for weak in (PASSWORD, "password123"):
        with pytest.raises(InvalidInput):
            signing_in.change_password(database, me, PASSWORD, weak)


def test_a_password_given_out_must_be_changed_first(database: Database) -> None:
    made = managing.create_account(database, "wang", Role.CASEWORKER, actor="test")
    opened = signing_in.sign_in(database, "wang", made.password)
    assert opened.step is Step.NEW_PASSWORD
    me = sessions.resume(database, opened.token)
    signing_in.change_password(database, me, made.password, PASSWORD)
    assert sessions.resume(database, opened.token).step is Step.DONE


def test_no_hash_of_a_password_gets_into_the_history(database: Database) -> None:
    account(database, "wang")
    managing.reset_password(database, "wang", actor="test")
    managing.disable_account(database, "wang", actor="test")
    with database.reading() as session:
        kept = [str(content) for content in session.scalars(select(HistoryRow.content))]
    assert kept
    assert not [content for content in kept if "argon2" in content]


def test_a_kiosk_and_an_interface_never_sign_in_by_password(database: Database) -> None:
    managing.create_account(database, "kiosk-1", Role.KIOSK_DEVICE, actor="test")
    assert refusal(database, "kiosk-1", "") == signing_in.REFUSED
    with pytest.raises(InvalidInput):
        managing.create_account(database, "other", Role.INTEGRATOR, actor="test")


def enrolled(database: Database, clock: FixedClock) -> str:
    """The secret of an administrator named boss whose app is bound."""
    account(database, "boss", Role.ADMIN)
    opened = signing_in.sign_in(database, "boss", PASSWORD)
    assert opened.step is Step.ENROL
    me = sessions.resume(database, opened.token)
    secret = second_factor.enrolment_secret(database, me)
    done = second_factor.pass_second_step(database, me, code(secret, clock))
    assert done.step is Step.DONE
    assert sessions.resume(database, opened.token) is None, "the half-open session is replaced"
    assert sessions.resume(database, done.token).step is Step.DONE
    return secret


def test_an_administrator_binds_an_app_before_anything_opens(database: Database, clock: FixedClock) -> None:
    secret = enrolled(database, clock)
    again = signing_in.sign_in(database, "boss", PASSWORD)
    assert again.step is Step.SECOND_FACTOR
    me = sessions.resume(database, again.token)
    with pytest.raises(Conflict):
        second_factor.enrolment_secret(database, me)
    assert secret not in repr(me)


def test_a_code_works_once(database: Database, clock: FixedClock) -> None:
    secret = enrolled(database, clock)
    clock.at += timedelta(seconds=second_factor.STEP_S)
    used = code(secret, clock)
    first = sessions.resume(database, signing_in.sign_in(database, "boss", PASSWORD).token)
    assert second_factor.pass_second_step(database, first, used).step is Step.DONE
    second = sessions.resume(database, signing_in.sign_in(database, "boss", PASSWORD).token)
    for replayed in (used, code(secret, clock, steps=-1)):
        with pytest.raises(Forbidden):
            second_factor.pass_second_step(database, second, replayed)
    assert second_factor.pass_second_step(database, second, code(secret, clock, steps=1)).step is Step.DONE


@pytest.mark.parametrize("steps", [-2, 2, 40])
def test_a_code_of_another_time_is_refused(database: Database, clock: FixedClock, steps: int) -> None:
    secret = enrolled(database, clock)
    clock.at += timedelta(minutes=5)
    me = sessions.resume(database, signing_in.sign_in(database, "boss", PASSWORD).token)
    with pytest.raises(Forbidden):
        second_factor.pass_second_step(database, me, code(secret, clock, steps=steps))


def test_wrong_codes_lock_like_wrong_passwords(database: Database, clock: FixedClock) -> None:
    secret = enrolled(database, clock)
    clock.at += timedelta(minutes=5)
    me = sessions.resume(database, signing_in.sign_in(database, "boss", PASSWORD).token)
    for _ in range(signing_in.MOST_FAILURES):
        with pytest.raises(Forbidden):
            second_factor.pass_second_step(database, me, "000000x")
    with pytest.raises(Forbidden):
        second_factor.pass_second_step(database, me, code(secret, clock))


def test_signing_in_is_written_down(database: Database) -> None:
    account(database, "wang")
    staff(database, "wang")
    with database.reading() as session:
        acts = session.execute(select(AuditRow.action, AuditRow.actor).order_by(AuditRow.seq)).all()
    assert ("sign_in", "wang") in [tuple(one) for one in acts]


def test_a_session_that_is_long_over_is_forgotten_and_no_other(database: Database, clock: FixedClock) -> None:
    account(database, "wang")
    for _ in range(2):
        ended = staff(database, "wang")
    sessions.end_session(database, ended)
    clock.at += timedelta(days=170)
    fresh = staff(database, "wang")
    assert sessions.forget_old_sessions(database) == 0
    clock.at += timedelta(days=11)
    assert sessions.forget_old_sessions(database) == 2  # one that was ended and one that ran out
    with database.reading() as session:
        assert list(session.scalars(select(SessionRow.id))) == [fresh.session_id]
