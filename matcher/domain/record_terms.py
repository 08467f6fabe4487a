"""Controlled vocabulary of the records an office keeps (登记用语): identity, findings, dossiers, imports."""

from __future__ import annotations

from matcher.domain.labelled import Labelled


class Payer(Labelled):
    """Who pays the wage (谁发钱)."""

    EMPLOYER = "employer", "用人单位"
    LABOUR_COMPANY = "labour_company", "劳务公司"
    FOREMAN = "foreman", "包工头"


class PayChannel(Labelled):
    """How the wage is handed over (怎么发)."""

    CASH = "cash", "现金"
    WECHAT = "wechat", "微信"
    BANK_CARD = "bank_card", "银行卡"
    SOCIAL_CARD = "social_card", "社保卡"


class ToolsProvided(Labelled):
    """Who brings tools and protective gear (工具/劳保)."""

    PROVIDED = "provided", "提供"
    OWN = "own", "自带"


class GenderRequirement(Labelled):
    """The only two lawful values; any other text is quarantined (性别要求)."""

    ANY = "any", "不限"
    PROTECTED_WORK = "protected_work", "女职工禁忌劳动范围"


class SourceChannel(Labelled):
    """How a posting reached the office (来源)."""

    EMPLOYER = "employer", "企业自报"
    WINDOW = "window", "窗口录入"
    FILE = "file", "文件导入"
    INTERFACE = "interface", "系统对接"
    REPOST = "repost", "转载"
    VISIT = "visit", "走访收集"


class FindingKind(Labelled):
    """What a rule looked for (发现类型)."""

    COMPLIANCE = "compliance", "合规"
    RISK = "risk", "风险"


class Severity(Labelled):
    """What a finding leads to (处置)."""

    BLOCK = "block", "拦截"
    AMEND = "amend", "退改"
    HINT = "hint", "提示"


class FindingState(Labelled):
    """Where a finding stands (处理状态)."""

    OPEN = "open", "待处理"
    RESOLVED = "resolved", "已改"
    DISMISSED = "dismissed", "不成立"


class IdType(Labelled):
    """Kind of identity document (证件类型)."""

    RESIDENT_ID = "resident_id", "居民身份证"
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证"
    PASSPORT = "passport", "护照"
    HOUSEHOLD_BOOK = "household_book", "户口簿"
    OTHER = "other", "其他"


class Gender(Labelled):
    """Sex on the document; never used in matching (性别)."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class HukouType(Labelled):
    """Household registration; never used in matching (户口性质)."""

    RURAL = "rural", "农业户口"
    URBAN = "urban", "非农业户口"
    RESIDENT = "resident", "居民户口"


class DossierSection(Labelled):
    """Section of a person's file (一人一档)."""

    FAMILY = "family", "家庭状况"
    UNEMPLOYMENT = "unemployment", "失业原因"
    SKILLS = "skills", "技能水平"
    INTENTION = "intention", "就业意向"
    TRAINING = "training", "培训意愿"
    VENTURE = "venture", "创业诉求"
    PLAN = "plan", "帮扶计划"
    RECORD = "record", "记录"


class Informant(Labelled):
    """Who said it (来源)."""

    SELF = "self", "本人"
    FAMILY = "family", "家人"
    SYSTEM = "system", "系统"
    CADRE = "cadre", "村干部"


class LabourBalance(Labelled):
    """Whether a firm has people to lend or places to fill (余缺)."""

    SURPLUS = "surplus", "富余"
    SHORTAGE = "shortage", "短缺"


class InviteReply(Labelled):
    """Answer to an invitation (答复)."""

    COMING = "coming", "会来"
    NOT_COMING = "not_coming", "不来"
    UNANSWERED = "unanswered", "未答复"


class ShortlistState(Labelled):
    """What came of a planned meeting at a fair (洽谈结果)."""

    PLANNED = "planned", "已安排"
    MET = "met", "已见面"
    INTERVIEW = "interview", "约面试"
    HIRED = "hired", "录用"
    NO_FIT = "no_fit", "不合适"
    ABSENT = "absent", "未到"
    INTENT = "intent", "有意向"
    RELEASED = "released", "已让出"


class BatchState(Labelled):
    """Where a push batch stands (批次状态)."""

    DRAFT = "draft", "草稿"
    APPROVED = "approved", "已批准"
    RUNNING = "running", "推送中"
    STOPPED = "stopped", "已叫停"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class PersonProgress(Labelled):
    """How far sending has come with one person of a batch (发送进度)."""

    WAITING = "waiting", "待发"
    SENT = "sent", "已发出"
    NO_CONTACT = "no_contact", "未同意联系"
    NOTHING_LEFT = "nothing_left", "岗位都已失效"
    WITHDRAWN = "withdrawn", "已退出"
    STOPPED = "stopped", "已叫停"


class ShortfallAction(Labelled):
    """What to do for a person with too few postings (补足办法)."""

    COLLECT_POSTINGS = "collect_postings", "征集岗位"
    ADJUST_WISH = "adjust_wish", "调整意向"
    TRAINING = "training", "培训"
    PUBLIC_WELFARE = "public_welfare", "公益性岗位"


class UrgentState(Labelled):
    """Where an urgent request stands (即时快招)."""

    OPEN = "open", "招人中"
    FILLED = "filled", "招满"
    CLOSED = "closed", "关闭"


class ConsentChannel(Labelled):
    """Where a consent was given (告知渠道)."""

    DESK = "desk", "窗口"
    KIOSK = "kiosk", "自助机"
    PAPER = "paper", "纸质"
    PHONE = "phone", "电话"
    WECHAT = "wechat", "微信"
    FILE = "file", "随文件导入"


class ImportState(Labelled):
    """Where an import stands (导入状态)."""

    RUNNING = "running", "进行中"
    FINISHED = "finished", "完成"
    FAILED = "failed", "失败"


class OutboxState(Labelled):
    """Where an outgoing message stands (外发状态)."""

    PENDING = "pending", "待发"
    SENT = "sent", "已发"
    DEAD = "dead", "放弃"
    CANCELLED = "cancelled", "已撤回"


class IndexedEntity(Labelled):
    """What the search index holds (索引对象)."""

    POSTING = "posting", "岗位"
    WORKER = "worker", "劳动者"
