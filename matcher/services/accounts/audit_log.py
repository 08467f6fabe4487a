"""Reading the audit log and walking its chain (审计日志)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from matcher.errors import InvalidInput
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditHead, AuditRepository, AuditVerdict

PAGE_ROWS = 50
ACTIONS = {
    "bar_employer": "列入黑名单",
    "let_employer_back": "移出黑名单",
    "sign_in": "登录",
    "second_factor": "动态口令通过",
    "lock_account": "锁定账号",
    "unlock_account": "解除锁定",
    "create_account": "新建账号",
    "disable_account": "停用账号",
    "enable_account": "恢复账号",
    "reset_password": "重置口令",
    "change_password": "修改口令",
    "give_caseload": "分配服务对象",
    "pairing_code": "生成配对码",
    "pair_device": "自助机配对",
    "reveal_identity": "查看完整信息",
    "reveal_categories": "查看帮扶类别",
    "reveal_lead": "查看线索电话",
    "open_file": "打开档案",
    "open_corrections": "打开更正表",
    "download_corrections": "下载更正表",
    "export_report": "导出报表",
    "export_fair": "导出招聘会",
    "print_letters": "打印信函",
    "hand_over_messages": "转交消息",
    "plan_push_batch": "制定推送批次",
    "push_by_hand": "人工推送",
    "stop_contact": "停止联系",
    "verify_household": "核实家庭",
    "retarget_household": "更换帮扶对象",
    "assemble_market_attempts": "汇总求职经过",
    "employer_posting": "单位改动岗位",
    "employer_answer": "单位答复",
    "review_posting": "审核岗位",
    "switch_region_pack": "切换地区设置",
}
"""What people read for an action; one that is not here is shown as it is."""

_ENTITIES = {
    "account": "账号",
    "worker": "人员",
    "household": "家庭",
    "push_batch": "推送批次",
    "push": "推送",
    "outbox": "待发消息",
    "posting": "岗位",
    "import_job": "导入",
    "live_lead": "直播线索",
    "event": "活动",
    "figure": "指标",
    "monthly_report": "月报",
    "region_pack": "地区设置",
}
_DETAILS = {"people": "人数", "field": "项目", "rows": "行数"}


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act of the log."""

    seq: int
    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: str
    reason: str
    details: str


def audit_lines(database: Database, *, before: int | None = None, rows: int = PAGE_ROWS) -> Sequence[AuditLine]:
    """The newest acts first. before: only those with a smaller number."""
    with database.reading() as session:
        found = AuditRepository(session).newest(before=before, limit=rows)
        return [
            AuditLine(
                seq=row.seq,
                at=row.at,
                actor=row.actor,
                action=ACTIONS.get(row.action, row.action),
                entity=_ENTITIES.get(row.entity, row.entity),
                entity_id=row.entity_id,
                reason=row.reason,
                details="，".join(f"{_DETAILS.get(name, name)} {value}" for name, value in (row.details or {}).items()),
            )
            for row in found
        ]


def verify_log(database: Database, anchor: AuditHead | None = None) -> tuple[AuditVerdict, AuditHead]:
    """Walk the chain; the verdict, and the head to keep outside as the next anchor."""
    with database.reading() as session:
        log = AuditRepository(session)
        return log.verify(anchor), log.head()


def read_anchor(text: str) -> AuditHead | None:
    """An anchor as printed by `matcher audit verify`: number:hash; None for "". Raises InvalidInput."""
    if not text.strip():
        return None
    number, _, digest = text.strip().partition(":")
    if not (number.isascii() and number.isdigit() and digest):
        raise InvalidInput("存证应写成 编号:散列值，就是上次 matcher audit verify 打印的那一行")
    return AuditHead(int(number), digest)
