"""Pin a posting for a person, rule it out, or take that back (人工置顶与排除).

Planning reads the bans: a posting that a caseworker ruled out for a person is in no later batch of theirs and
fills no gap of an earlier one. A pin moves a posting to the head of the person's recommendations.
"""

from __future__ import annotations

from matcher.domain.record_terms import DossierSection, Informant
from matcher.errors import InvalidInput, NotFound
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.desk.file_entries import write_entry
from matcher.store.database import Database
from matcher.store.repositories.overrides import OverrideKind, OverrideReason, OverrideRepository
from matcher.store.repositories.postings import PostingRepository

NOTE_WANTED = "选“其他”时请写明理由"


def override_posting(
    database: Database,
    sight: Sight,
    worker_id: str,
    posting_id: str,
    kind: OverrideKind,
    reason: OverrideReason,
    *,
    note: str = "",
    actor: str,
) -> None:
    """Write down one decision. note: words about the person, kept sealed in their file.

    Raises NotFound for a person out of sight or an unknown posting, InvalidInput for 其他 without a note.
    """
    if reason is OverrideReason.OTHER and not note.strip():
        raise InvalidInput(NOTE_WANTED)
    with database.writing(actor) as session:
        require_worker(session, sight, worker_id)
        found = PostingRepository(session).get_many([posting_id])
        if posting_id not in found:
            raise NotFound(f"没有这个岗位：{posting_id[:40]}")
        OverrideRepository(session).set(worker_id, posting_id, kind, reason)
        if note.strip():
            text = f"{kind.label}“{found[posting_id].title}”：{note.strip()}"
            said_by = Informant.SELF if reason is OverrideReason.SPOKEN else Informant.SYSTEM
            write_entry(session, worker_id, DossierSection.RECORD, text, said_by)
