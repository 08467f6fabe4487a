"""What must hold of a batch at any moment, and when it has ended; every sentence returned is a violation.

The audit reads tables and sink on its own: it shares no rule with the code it judges.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fault.push_run import DATABASE, SINK

UNKNOWN = "不知道是否送出"
NAMED_REASONS = ("withdrawn", "no_contact", "stopped")
LIVE = ("pending", "sent", "delivered")
Rows = list[sqlite3.Row]


@dataclass(frozen=True)
class Withdrawn:
    """Postings that were withdrawn when the sink held so many lines."""

    lines: int
    postings: frozenset[str]


def audit(home: Path, *, ended: bool, withdrawn: tuple[Withdrawn, ...] = ()) -> list[str]:
    """Violations in the world at `home`. ended: the batch ran to its end, so nothing may be open."""
    told = sink_lines(home)
    base = sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)
    base.row_factory = sqlite3.Row

    def rows(query: str) -> Rows:
        return base.execute(query).fetchall()

    try:
        found = [*_sink(told), *_stale(told, withdrawn), *_acknowledged(rows, told), *_ledger(rows)]
        found += _complete(rows, told) if ended else []
        damaged = base.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        base.close()
    return found if damaged == "ok" else [f"database: {damaged}", *found]


def sink_lines(home: Path) -> list[dict[str, Any]]:
    """What the sink accepted, in order; a line torn by a kill inside its write was never accepted."""
    path = home / SINK
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1] if line.startswith(b"{")]


def _sink(told: list[dict[str, Any]]) -> list[str]:
    """One push under one key only; the sink drops a key it has, so a second key is a second SMS."""
    keys_of: dict[int, set[str]] = defaultdict(set)
    pair_of: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in told:
        for push, posting in zip(line["pushes"], line["postings"], strict=True):
            keys_of[push].add(line["key"])
            pair_of[line["worker"], posting].add(line["key"])
    found = [f"push {push} went out under {len(keys)} keys" for push, keys in keys_of.items() if len(keys) > 1]
    return found + [f"{pair} went out under {len(k)} keys" for pair, k in pair_of.items() if len(k) > 1]


def _stale(told: list[dict[str, Any]], withdrawn: tuple[Withdrawn, ...]) -> list[str]:
    return [
        f"{posting} went out after it was withdrawn"
        for one in withdrawn
        for line in told[one.lines :]
        for posting in line["postings"]
        if posting in one.postings
    ]


def _acknowledged(rows: Any, told: list[dict[str, Any]]) -> list[str]:
    """What the ledger says was sent, the sink has; what the sink has, the ledger knows."""
    at_sink = {push for line in told for push in line["pushes"]}
    known = {row["id"]: row["state"] for row in rows("SELECT id, state FROM pushes")}
    found = [
        f"push {push} is {state} but the sink never got it"
        for push, state in known.items()
        if state in ("sent", "delivered") and push not in at_sink
    ]
    return found + [f"the sink has push {push}, the ledger does not" for push in at_sink - set(known)]


def _ledger(rows: Any) -> list[str]:
    """Progress, messages, events and pushes of one person agree; nobody has one employer or posting twice."""
    found = []
    person = {str(row["id"]): row["worker_id"] for row in rows("SELECT id, worker_id FROM pushes")}
    keys = [row["idempotency_key"] for row in rows("SELECT idempotency_key FROM outbox")]
    messages = Counter(person[key.split(":")[2]] for key in keys)
    for row in rows("SELECT worker_id, progress FROM push_batch_people"):
        if row["progress"] == "sent" and not messages[row["worker_id"]]:
            found.append(f"{row['worker_id']} is marked sent without a message")
    last = {
        row["push_id"]: row["state"]
        for row in rows("SELECT push_id, state FROM push_events ORDER BY id")
    }
    held: dict[tuple[str, str], int] = Counter()
    query = (
        "SELECT p.id, p.worker_id, p.state, coalesce(j.employer_id, j.employer_name) AS employer"
        " FROM pushes p JOIN postings j USING (posting_id)"
    )
    for row in rows(query):
        if last.get(row["id"]) != row["state"]:
            found.append(f"push {row['id']} is {row['state']}, its last event says {last.get(row['id'])}")
        held[row["worker_id"], row["employer"]] += row["state"] in LIVE
    return found + [f"{key} has {count} open pushes" for key, count in held.items() if count > 1]


def _complete(rows: Any, told: list[dict[str, Any]]) -> list[str]:
    """Nothing is open; everybody has what was planned for them, or a named reason why not."""
    found = []
    pending = rows("SELECT id FROM outbox WHERE state = 'pending'")
    found += [f"message {row['id']} is still pending" for row in pending]
    sent: dict[str, int] = Counter()
    for row in rows("SELECT worker_id, state FROM pushes"):
        sent[row["worker_id"]] += row["state"] in ("sent", "delivered")
        if row["state"] == "pending":
            found.append(f"a push of {row['worker_id']} is still pending")
    missing = {row["worker_id"]: row["missing"] for row in rows("SELECT worker_id, missing FROM push_shortfalls")}
    people = rows("SELECT worker_id, found, progress FROM push_batch_people")
    for row in people:
        who, got = row["worker_id"], sent[row["worker_id"]]
        if row["progress"] == "waiting":
            found.append(f"{who} is still waiting")
        if got > row["found"]:
            found.append(f"{who} got {got} pushes, {row['found']} were planned")
        if row["progress"] in NAMED_REASONS:
            continue
        if got < row["found"] and missing.get(who, 0) != row["found"] - got:
            found.append(f"{who} got {got} of {row['found']} and the shortfall says {missing.get(who)}")
    total = rows("SELECT people FROM push_batches")[0]["people"]
    if total != len(people):
        found.append(f"the batch says {total} people, there are {len(people)}")
    fate = {row["idempotency_key"]: row for row in rows("SELECT idempotency_key, state, failure FROM outbox")}
    delivered = {line["key"] for line in told}
    for key in delivered:
        doubtful = UNKNOWN in (fate[key]["failure"] or "") if key in fate else False
        if key not in fate or (fate[key]["state"] != "sent" and not doubtful):
            found.append(f"the sink has message {key}, the ledger does not say so")
    sent_keys = {key for key, row in fate.items() if row["state"] == "sent"}
    found += [f"message {key} is sent, the sink never got it" for key in sent_keys - delivered]
    return found


def interleaved(home: Path) -> list[str]:
    """Holders of a lease that wrote after a later one had taken over; their names end in their fence."""
    base = sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)
    found = []
    for kind, states in (("queued", ("pending",)), ("sent", ("sent",))):
        marks = ", ".join("?" * len(states))
        newest = 0
        query = f"SELECT id, actor FROM push_events WHERE state IN ({marks}) AND actor LIKE 'run-%' ORDER BY id"
        for event, actor in base.execute(query, states):
            number = int(actor.rsplit("-", 1)[1])
            if number < newest:
                found.append(f"event {event} ({kind}) was written by {actor} after run-{newest} took over")
            newest = max(newest, number)
    base.close()
    return found
