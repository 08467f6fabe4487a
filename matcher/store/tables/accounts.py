"""Accounts, credentials, sessions, interface keys and consents (账号, 凭据, 会话, 接口密钥, 告知同意)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped

from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose, Role
from matcher.store.column_types import Code, RegionCode, UtcDateTime, Words
from matcher.store.encryption import EncryptedText
from matcher.store.tables.base import (
    ACTOR_CHARS,
    ID_CHARS,
    SHORT_CHARS,
    Base,
    Numbered,
    Privacy,
    Versioned,
    column,
)

P = Privacy


class AccountRow(Numbered, Versioned, Base):
    """Somebody, or some device, that may sign in (账号)."""

    __tablename__ = "accounts"

    login: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS), unique=True)
    name: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("accounts.name"))
    role: Mapped[Role] = column(P.OPERATIONAL, Code(Role))
    region_code: Mapped[str | None] = column(P.OPERATIONAL, RegionCode)
    employer_id: Mapped[str | None] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("employers.employer_id")
    )
    disabled_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class CredentialRow(Base):
    """How an account proves itself, apart from the account so that no history keeps an old secret (登录凭据).

    totp_last_step: the last time step used, None until the first code was right. pairing_hash: of the code that
    turns a machine into a kiosk.
    """

    __tablename__ = "credentials"

    account_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("accounts.id"), primary_key=True)
    password_hash: Mapped[str | None] = column(P.OPERATIONAL, String(SHORT_CHARS))
    must_change: Mapped[bool] = column(P.OPERATIONAL, Boolean, default=False)
    failures: Mapped[int] = column(P.OPERATIONAL, Integer, default=0)
    locked_until: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    totp_secret: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("credentials.totp_secret"))
    totp_last_step: Mapped[int | None] = column(P.OPERATIONAL, BigInteger)
    pairing_hash: Mapped[str | None] = column(P.OPERATIONAL, String(64), unique=True)
    pairing_until: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class SessionRow(Numbered, Base):
    """A signed-in session; only the SHA-256 of its token is kept (会话).

    verified_at: when the second step was passed; None while it is due.
    """

    __tablename__ = "sessions"

    account_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = column(P.OPERATIONAL, String(64), unique=True)
    started_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    last_seen_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    expires_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    ended_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    verified_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class ApiKeyRow(Numbered, Base):
    """A key of another system; only the SHA-256 of its 256-bit secret is kept (接口密钥)."""

    __tablename__ = "api_keys"

    prefix: Mapped[str] = column(P.OPERATIONAL, String(16), unique=True)
    secret_hash: Mapped[str] = column(P.OPERATIONAL, String(64))
    name: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    scopes: Mapped[tuple[str, ...]] = column(P.OPERATIONAL, Words, nullable=True)
    source: Mapped[str | None] = column(P.OPERATIONAL, String(ID_CHARS))
    account_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    created_by: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    expires_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    revoked_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class ConsentRow(Numbered, Base):
    """What a person was told and agreed to, when and where, and when they took it back (告知与同意)."""

    __tablename__ = "consents"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"))
    purpose: Mapped[ConsentPurpose] = column(P.PERSONAL, Code(ConsentPurpose))
    basis: Mapped[ConsentBasis] = column(P.PERSONAL, Code(ConsentBasis))
    text_version: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    text_hash: Mapped[str] = column(P.OPERATIONAL, String(64))
    channel: Mapped[ConsentChannel] = column(P.PERSONAL, Code(ConsentChannel))
    given_at: Mapped[datetime] = column(P.PERSONAL, UtcDateTime)
    recorded_by: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    withdrawn_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    withdrawn_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))

    __table_args__ = (Index("ix_consents_worker_purpose", "worker_id", "purpose"),)
