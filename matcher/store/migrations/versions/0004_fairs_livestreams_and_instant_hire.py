"""Fairs, livestreams, instant hire and swaps: timetables, signals, offers, stations.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stations",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("posting_source", sa.String(length=120), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
        sa.UniqueConstraint("posting_source", name=op.f("uq_stations_posting_source")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_stations_source_external_id")),
    )
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stations_region_code"), ["region_code"], unique=False)

    op.create_table(
        "transport_groups",
        sa.Column("origin_region", sa.String(length=12), nullable=False),
        sa.Column("destination_region", sa.String(length=12), nullable=False),
        sa.Column("travels_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("departs_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transport_groups")),
    )
    with op.batch_alter_table("transport_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transport_groups_travels_on"), ["travels_on"], unique=False)

    op.create_table(
        "labour_swaps",
        sa.Column("surplus_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shortage_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("km", sa.Float(), nullable=True),
        sa.Column("tripartite_signed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["shortage_id"], ["labour_balances.id"], name=op.f("fk_labour_swaps_shortage_id")
        ),
        sa.ForeignKeyConstraint(
            ["surplus_id"], ["labour_balances.id"], name=op.f("fk_labour_swaps_surplus_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labour_swaps")),
        sa.UniqueConstraint("surplus_id", "shortage_id", name=op.f("uq_labour_swaps_surplus_id_shortage_id")),
    )
    with op.batch_alter_table("labour_swaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_labour_swaps_shortage_id"), ["shortage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_labour_swaps_surplus_id"), ["surplus_id"], unique=False)

    op.create_table(
        "event_conflicts",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity", sa.String(length=200), nullable=False),
        sa.Column("entity_key", sa.String(length=200), nullable=False),
        sa.Column("ours", sa.LargeBinary(), nullable=False),
        sa.Column("theirs", sa.LargeBinary(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_conflicts_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_conflicts")),
    )
    with op.batch_alter_table("event_conflicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_conflicts_event_id"), ["event_id"], unique=False)

    op.create_table(
        "event_overrides",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker_id", sa.String(length=120), nullable=False),
        sa.Column("posting_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_overrides_event_id")),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["postings.posting_id"], name=op.f("fk_event_overrides_posting_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.worker_id"], name=op.f("fk_event_overrides_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_overrides")),
    )
    with op.batch_alter_table("event_overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_overrides_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_overrides_posting_id"), ["posting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_overrides_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "live_signals",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_live_signals_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_signals")),
    )
    with op.batch_alter_table("live_signals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_signals_event_id"), ["event_id"], unique=False)

    op.create_table(
        "urgent_offers",
        sa.Column("urgent_request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker_id", sa.String(length=120), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["urgent_request_id"], ["urgent_requests.id"], name=op.f("fk_urgent_offers_urgent_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.worker_id"], name=op.f("fk_urgent_offers_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_offers")),
        sa.UniqueConstraint(
            "urgent_request_id", "worker_id", name=op.f("uq_urgent_offers_urgent_request_id_worker_id")
        ),
    )
    with op.batch_alter_table("urgent_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_urgent_offers_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "transport_members",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["transport_groups.id"], name=op.f("fk_transport_members_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_transport_members_outcome_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "outcome_id", name=op.f("pk_transport_members")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_transport_members_outcome_id")),
    )
    with op.batch_alter_table("event_booths", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tables", sa.Integer(), nullable=False, server_default="1"))

    with op.batch_alter_table("event_checkins", schema=None) as batch_op:
        batch_op.add_column(sa.Column("via", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("walk_in", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("event_invitees", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wave", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("arrive_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("spoken_no", sa.Integer(), nullable=True))

    with op.batch_alter_table("event_shortlist", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("booth_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("score", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("employer_reasons", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("marked_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("mark_reason", sa.String(length=40), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_event_shortlist_booth_id"), "event_booths", ["booth_id"], ["id"]
        )

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=40), nullable=False, server_default="draft"))
        batch_op.add_column(sa.Column("slots", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("slot_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("theme_occupations", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("population", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("certificate", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("figures", sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table("live_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planned_seconds", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("taken_off_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("taken_off_because", sa.String(length=200), nullable=True))

    with op.batch_alter_table("live_leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("call_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=40), nullable=False, server_default="new"))
        batch_op.add_column(sa.Column("owner_known", sa.Boolean(), nullable=True))
        batch_op.create_index(batch_op.f("ix_live_leads_call_due_at"), ["call_due_at"], unique=False)

    with op.batch_alter_table("urgent_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("occupation_code", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("sure", sa.Float(), nullable=False, server_default="0.9"))
        batch_op.add_column(sa.Column("first_candidate_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("forward only: restore the backup made before the upgrade")
