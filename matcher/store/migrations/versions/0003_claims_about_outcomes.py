"""What each side said of an outcome, kept beside what it comes to.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outcome_claims",
        sa.Column("outcome_id", number, nullable=False),
        sa.Column("fact", sa.String(length=40), nullable=False),
        sa.Column("said", sa.Boolean(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_outcome_claims_outcome_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_claims")),
    )
    op.create_index(op.f("ix_outcome_claims_outcome_id"), "outcome_claims", ["outcome_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("forward only: restore the backup made before the upgrade")
