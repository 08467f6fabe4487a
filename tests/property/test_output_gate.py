"""No channel lets out what is withdrawn, filled, expired, barred or blocked, whatever happens and whenever.

The quick profile; `python -m tests.fault.gate --histories 100000` is the long one.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from matcher.delivery.renderings import Sign
from matcher.domain.posting import Posting
from matcher.services import answers, renderings
from matcher.services.care import push_answers
from matcher.services.desk import letters_now
from matcher.services.fairs import views as fair_views
from matcher.services.instant import handing_over
from matcher.services.live import answering as live_answering
from matcher.services.live import prompter, public_pages
from matcher.services.live.run_sheet import RunItem, card_on_air, on_air_now
from matcher.services.output_gate import cleared
from matcher.services.renderings import NoticeSheets
from matcher.services.sending import outbox_claim
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from tests import gate_channels
from tests.fault.gate import play_histories
from tests.gate_channels import BY_CHANNEL, CHANNELS, NOT_AN_OUTPUT

ROOT = Path(__file__).parents[2]
LONG = bool(os.environ.get("MATCHER_LONG_TESTS"))
HISTORIES, HUNT = (5_000, 2_000) if LONG else (150, 400)
SILENT_HISTORIES = 40

READS_POSTINGS = {
    "PostingRepository", "PostingRow", "PushMessage", "MessageItem",
    "cleared", "require_cleared", "dead_postings", "jobs_for_worker", "workers_for_job",
}  # fmt: skip
"""Names that a module needs to get at a posting that is in the store."""


def test_nothing_stale_or_blocked_leaves_by_any_channel() -> None:
    report = play_histories(HISTORIES)
    assert report.failure == "", report.history
    silent = {name: ask for name, ask in CHANNELS.items() if not report.left[name]}
    more = play_histories(SILENT_HISTORIES, channels=silent) if silent else report  # the rarest, once more alone
    assert more.failure == "", more.history
    assert [name for name in silent if not more.left[name]] == [], "a channel that lets nothing out proves nothing"


def cached() -> Callable[..., dict[str, Posting]]:
    """A board that remembers what it was told once."""
    known: dict[str, Posting] = {}

    def remembered(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, Posting]:
        known.update(cleared(session, posting_ids))
        return {one: known[one] for one in posting_ids if one in known}

    return remembered


def remembered_card() -> Callable[..., RunItem | None]:
    """A screen that keeps the card that was put on it, as long as the number is on air."""
    known: dict[int, RunItem] = {}

    def remembered(session: StoreSession, sign: Sign, event_id: int) -> RunItem | None:
        number = on_air_now(LiveRepository(session).items(event_id))
        found = card_on_air(session, sign, event_id)
        if found is not None:
            known[found.short_no] = found
        return known.get(number or 0)

    return remembered


def looked_at_before_printing(database: Database, sign: Sign, ids: Sequence[str]) -> NoticeSheets:
    """Sheets that are looked at before they are set, and not again when they are handed out."""
    with database.reading() as session:
        notices, left_out = renderings.notices_of(session, sign, ids)
    with database.writing() as session:
        AuditRepository(session).append(
            action="print", entity="notice", entity_id="1", reason="样例", details={}
        )
    return NoticeSheets(b"%PDF", tuple(notices), {one: lines[0] for one, lines in left_out.items()})


def unchecked(runtime: Any, answer: Any, top: int) -> Any:
    """The answer as the index gave it."""
    cards = {match.posting_id: match for match in answer.matches}
    return answers._packed(runtime, answer, answer.matches[:top], cards)


TWINS: dict[str, tuple[str, Callable[[], tuple[Any, str, Any]]]] = {
    "a cached board": ("notice board", lambda: (renderings, "cleared", cached())),
    "a cached display": ("LED lines", lambda: (renderings, "cleared", cached())),
    "a check before the transaction that hands over": (
        "push queued long ago",
        lambda: (outbox_claim, "dead_postings", lambda session, posting_ids: {}),
    ),
    "a page that remembers": ("answer page", lambda: (push_answers, "cleared", cached())),
    "an answer straight from the index": (
        "matches of a worker",
        lambda: (answers, "_fresh", unchecked),
    ),
    "an overlay that trusts what was put on air": (
        "live overlay",
        lambda: (public_pages, "card_on_air", remembered_card()),
    ),
    "a prompter that trusts what was put on air": (
        "live prompter",
        lambda: (prompter, "card_on_air", remembered_card()),
    ),
    "a viewer answered straight from the index": (
        "live answer",
        lambda: (live_answering, "cleared", cached()),
    ),
    "an offer handed over as it was queued": (
        "urgent offers handed over",
        lambda: (handing_over, "_holds", lambda session, row: True),
    ),
    "a booth sheet that remembers": ("fair booth sheets", lambda: (fair_views, "cleared", cached())),
    "a letter printed as it left": (
        "push letters printed again",
        lambda: (letters_now, "_shown", lambda session, message: message),
    ),
    "a sheet looked at before it is set": (
        "notice board",
        lambda: (gate_channels, "print_notices", looked_at_before_printing),
    ),
}
"""Defect → the channel that has it, and what is planted. The histories must find each."""


@pytest.mark.parametrize("defect", TWINS)
def test_the_histories_find_a_planted_defect(defect: str) -> None:
    channel, planted = TWINS[defect]
    where, name, replacement = planted()
    with patch.object(where, name, replacement):
        report = play_histories(HUNT, seed=3, channels={channel: CHANNELS[channel]})
    assert report.failure.startswith(channel)
    assert 2 <= len(report.history) <= 4, "a failure is made short enough to read"


def test_every_module_that_reads_postings_says_what_leaves_by_it() -> None:
    reading = {
        name
        for package in ("matcher/services", "matcher/cli", "api")
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in [".".join(path.relative_to(ROOT).with_suffix("").parts)]
        if READS_POSTINGS & imported(path)
    }
    listed = set(BY_CHANNEL) | set(NOT_AN_OUTPUT)
    assert reading - listed == set(), "a new reader of postings: add it to a list of tests/gate_channels.py"


def test_the_channels_named_for_a_module_exist() -> None:
    for names in BY_CHANNEL.values():
        for name in names.split(", "):
            assert name == "every push" or name in CHANNELS


def imported(path: Path) -> set[str]:
    """Names that a module imports from elsewhere."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
