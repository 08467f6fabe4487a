"""One field of a person in clear, for a stated reason that goes into the audit log (查看完整信息)."""

from __future__ import annotations

from matcher.domain.labelled import Labelled
from matcher.errors import InvalidInput
from matcher.services.accounts.sight import require_worker
from matcher.services.accounts.staff import Staff
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession

SHORTEST_REASON = 2


class RevealField(Labelled):
    """What may be seen in clear, one at a time (可查看的项)."""

    NAME = "name", "姓名"
    PHONE = "phone", "电话"
    ID_NUMBER = "id_number", "证件号"
    ADDRESS = "address", "住址"
    CATEGORIES = "categories", "帮扶类别"


def reveal(database: Database, staff: Staff, worker_id: str, field: RevealField, reason: str) -> str:
    """The field in clear, "" when it is not known. The reading is an audit row of the same transaction.

    Raises NotFound for a person outside the sight, InvalidInput without a reason.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput("请写明查看理由，例如：电话联系推荐岗位")
    with database.writing(staff.login) as session:
        require_worker(session, staff.sight, worker_id)
        if field is RevealField.CATEGORIES:
            return _categories(session, worker_id, reason.strip())
        known = WorkerRepository(session).reveal(
            worker_id, actor=staff.login, reason=reason.strip(), field=field.value
        )
    if field is RevealField.PHONE:
        return "、".join(phone.number for phone in known.phones)
    texts = {
        RevealField.NAME: known.name,
        RevealField.ID_NUMBER: known.id_number,
        RevealField.ADDRESS: known.address,
    }
    return texts[field] or ""


def _categories(session: StoreSession, worker_id: str, reason: str) -> str:
    AuditRepository(session).append(
        action="reveal_categories", entity="worker", entity_id=worker_id, reason=reason
    )
    held = WorkerRepository(session).categories(worker_id, restricted=True)
    return "、".join(f"{category.label}（{state.label}）" for category, state in held.items())
