"""What every table shares: privacy classes, versions, sources (表的共同部分)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column

from matcher.store.column_types import RegionCode, UtcDateTime

ID_CHARS = 120
SHORT_CHARS = 200
ACTOR_CHARS = 80

RowNumber = BigInteger().with_variant(Integer, "sqlite")
"""Integer key that SQLite and PostgreSQL both number by themselves."""


class Privacy(StrEnum):
    """How carefully a column must be handled; every column of every table states one.

    public: anyone may see it. operational: staff. personal: about a person, useless without the identity.
    identifying: says who the person is; always encrypted or hashed. sensitive: PIPL art. 28.
    """

    PUBLIC = "public"
    OPERATIONAL = "operational"
    PERSONAL = "personal"
    IDENTIFYING = "identifying"
    SENSITIVE = "sensitive"


def column(privacy: Privacy, *args: Any, **options: Any) -> MappedColumn[Any]:
    """A mapped column that states its privacy class."""
    return mapped_column(*args, info={"privacy": privacy.value}, **options)


def new_id() -> str:
    """A fresh random identifier, 32 hex digits."""
    return uuid.uuid4().hex


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Numbered:
    """A row with a number for a key."""

    id: Mapped[int] = column(Privacy.OPERATIONAL, RowNumber, primary_key=True, autoincrement=True)


class Versioned:
    """A row that knows its age and refuses to overwrite somebody else's change; earlier content is kept.

    created_at, updated_at and created_by are filled by `matcher.store.history` from the session.
    """

    created_at: Mapped[datetime] = column(Privacy.OPERATIONAL, UtcDateTime, sort_order=90)
    updated_at: Mapped[datetime] = column(Privacy.OPERATIONAL, UtcDateTime, sort_order=91)
    version: Mapped[int] = column(Privacy.OPERATIONAL, Integer, sort_order=92)
    created_by: Mapped[str] = column(Privacy.OPERATIONAL, String(ACTOR_CHARS), sort_order=93)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Sourced:
    """A row that came from some system under that system's own key, and lies in some region."""

    source: Mapped[str] = column(Privacy.OPERATIONAL, String(ID_CHARS), default="local", sort_order=80)
    external_id: Mapped[str] = column(Privacy.OPERATIONAL, String(ID_CHARS), default=new_id, sort_order=81)
    region_code: Mapped[str | None] = column(Privacy.OPERATIONAL, RegionCode, index=True, sort_order=82)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("source", "external_id"),)
