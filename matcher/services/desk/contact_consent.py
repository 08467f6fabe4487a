"""A person's agreement to calls and messages, given at the desk and taken back there (联系同意与退订)."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose
from matcher.errors import Conflict
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.care.push_replies import STOP_NOTE
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.consents import ConsentGiven, ConsentRepository
from matcher.store.tables.outcomes import FollowUpRow

NOTICE_VERSION = "desk-contact-1"
NOTICE = (
    "我们会用您登记的电话，告诉您合适的岗位和办事的消息",
    "号码只用于就业服务，不给别人，不收任何费用",
    "您随时可以说“不要再联系”，马上停止",
)
"""What is read to the person before they agree; kept by its hash with the agreement."""

FOLLOWS = (
    "从现在起不再发短信，不再列入电话清单；还没发出的消息会撤回",
    "仍可到窗口办事，上门仍按本人意愿",
    "岗位匹配不受影响；本人要求停止匹配时另行登记",
    "本人改变主意时，当面征得同意后重新登记即可",
)
"""What follows from 退订; the caseworker reads it before pressing the button."""


def agree_to_contact(database: Database, sight: Sight, worker_id: str, *, actor: str) -> None:
    """The person heard the notice at the desk and agreed. Raises NotFound, Conflict when they had agreed already."""
    with database.writing(actor) as session:
        require_worker(session, sight, worker_id)
        consents = ConsentRepository(session)
        if consents.is_live(worker_id, ConsentPurpose.CONTACT):
            raise Conflict("本人已经同意过电话短信联系，不用再登记")
        given = ConsentGiven(
            ConsentPurpose.CONTACT,
            ConsentBasis.CONSENT,
            NOTICE_VERSION,
            hashlib.sha256("\n".join(NOTICE).encode()).hexdigest(),
            ConsentChannel.DESK,
        )
        consents.grant(worker_id, given)


def stop_contact(database: Database, sight: Sight, worker_id: str, *, actor: str) -> None:
    """Withdraw the consent to be contacted, and settle what an SMS 退订 had asked for.

    Raises NotFound for a person out of sight, Conflict when there is no live consent to withdraw.
    """
    with database.writing(actor) as session:
        require_worker(session, sight, worker_id)
        consents = ConsentRepository(session)
        if not consents.is_live(worker_id, ConsentPurpose.CONTACT):
            raise Conflict("本人没有同意过电话短信联系，或已经退订，不用再退")
        consents.withdraw(worker_id, ConsentPurpose.CONTACT)
        row = FollowUpRow
        asked = select(row).where(row.worker_id == worker_id, row.done_at.is_(None))
        for task in session.scalars(asked):
            if task.result == STOP_NOTE:
                task.done_at, task.done_by = session.now(), actor
                task.result = f"{STOP_NOTE}：已退订"
        AuditRepository(session).append(
            action="stop_contact", entity="worker", entity_id=worker_id, reason="本人要求退订"
        )
