"""Controlled vocabulary of pushes, events, follow-ups, outcomes and accounts (服务用语)."""

from __future__ import annotations

from matcher.domain.labelled import Labelled


class EmployerKind(Labelled):
    """Kind of employer (单位类型)."""

    ENTERPRISE = "enterprise", "企业"
    SOLE_TRADER = "sole_trader", "个体工商户"
    LABOUR_SERVICE = "labour_service", "劳务公司"
    HR_AGENCY = "hr_agency", "人力资源机构"
    HOUSEHOLD = "household", "家庭/个人雇主"
    PUBLIC_BODY = "public_body", "机关事业"
    COOPERATIVE = "cooperative", "合作社/帮扶车间"


class EmployerTier(Labelled):
    """List the employer stands on (企业分级)."""

    WHITELIST = "whitelist", "白名单"
    SPECIALISED = "specialised", "专精特新"
    INSTANT_SERVICE = "instant_service", "即时服务"
    WARNING = "warning", "预警"
    RESERVE = "reserve", "后备"
    KEY = "key", "重点用工"


class BlacklistReason(Labelled):
    """Why an employer is barred (列入原因)."""

    UNPAID_WAGES = "unpaid_wages", "欠薪"
    FALSE_POSTING = "false_posting", "虚假招聘"
    ILLEGAL_AGENCY = "illegal_agency", "黑职介"


class EventType(Labelled):
    """Kind of event (活动类型)."""

    FAIR = "fair", "线下招聘会"
    SPECIAL_FAIR = "special_fair", "专场招聘会"
    MEETING = "meeting", "小型供求洽谈会"
    ONLINE_FAIR = "online_fair", "网络招聘会"
    LIVESTREAM = "livestream", "直播带岗"
    OUTREACH = "outreach", "送岗下乡"
    VIDEO_INTERVIEW = "video_interview", "视频面试场"


class Campaign(Labelled):
    """Named service campaign (专项活动)."""

    ASSISTANCE_MONTH = "assistance_month", "就业援助月"
    SPRING_BREEZE = "spring_breeze", "春风行动"
    GOLDEN_AUTUMN = "golden_autumn", "金秋招聘月"
    HUNDRED_DAYS = "hundred_days", "百日千万"
    PRIVATE_ENTERPRISE = "private_enterprise", "民营企业招聘月"
    CAREER_FUTURE = "career_future", "职引未来"
    SERVICE_DRIVE = "service_drive", "服务攻坚"
    CAMPUS = "campus", "公共就业服务进校园"
    MIDSUMMER = "midsummer", "仲夏之约"
    LOCAL = "local", "本地活动"


class Channel(Labelled):
    """Way a push reaches a person (渠道)."""

    SMS = "sms", "短信"
    WECHAT = "wechat", "微信"
    PHONE = "phone", "电话"
    VISIT = "visit", "上门"
    KIOSK_SLIP = "kiosk_slip", "自助机小票"
    VILLAGE_NOTICE = "village_notice", "村公告"
    LIVESTREAM = "livestream", "直播"
    FAIR_INVITATION = "fair_invitation", "招聘会邀约"
    LETTER = "letter", "信函"


class PushState(Labelled):
    """Where one push stands (推送状态)."""

    PENDING = "pending", "待发"
    SENT = "sent", "已发"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "失败"
    READ = "read", "已读"
    INTERESTED = "interested", "有意向"
    UNSUITABLE = "unsuitable", "不合适"
    UNANSWERED = "unanswered", "未回应"
    VOID = "void", "作废"
    DECLINED = "declined", "拒绝"


class ResponseReason(Labelled):
    """Why a posting did not suit (不合适原因)."""

    TOO_FAR = "too_far", "太远"
    LOW_PAY = "low_pay", "钱少"
    SETTLEMENT = "settlement", "结算方式不合"
    HOURS = "hours", "时间不合"
    TOO_HARD = "too_hard", "干不动"
    NO_CERTIFICATE = "no_certificate", "没证"
    NO_LODGING = "no_lodging", "不包住"
    NOT_GENUINE = "not_genuine", "岗位不真实"
    EMPLOYED = "employed", "已有工作"
    FAMILY = "family", "家里走不开"
    OTHER = "other", "其他"


class ConfirmState(Labelled):
    """Arrival of a gig worker (到岗确认)."""

    ACCEPTED = "accepted", "已应"
    ON_THE_WAY = "on_the_way", "已出发"
    ARRIVED = "arrived", "到岗"
    LATE = "late", "迟到"
    WORKER_NO_SHOW = "worker_no_show", "爽约(工人)"
    EMPLOYER_NO_SHOW = "employer_no_show", "爽约(企业)"
    REASSIGNED = "reassigned", "改派"


class Evidence(Labelled):
    """What an outcome rests on (佐证)."""

    WORKER = "worker", "本人确认"
    EMPLOYER = "employer", "企业确认"
    SOCIAL_INSURANCE = "social_insurance", "社保比对"
    CONTRACT = "contract", "合同"
    ARRIVAL_CODE = "arrival_code", "到岗码"


class EndReason(Labelled):
    """Why the work ended (离岗原因)."""

    FINISHED = "finished", "活干完"
    PAY_DISPUTE = "pay_dispute", "工资纠纷"
    TOO_HARD = "too_hard", "干不动"
    FAMILY = "family", "家庭"
    DISMISSED = "dismissed", "企业辞退"
    RESIGNED = "resigned", "自己辞"


class PlacementLocation(Labelled):
    """Where the person went to work (就业地)."""

    LOCAL = "local", "本地"
    IN_PROVINCE = "in_province", "省内"
    OUT_OF_PROVINCE = "out_of_province", "省外"


class FollowUpKind(Labelled):
    """Why a caseworker must get in touch (回访类型)."""

    FIRST_FILE = "first_file", "首次建档"
    PUSH = "push", "推送回访"
    DAY_7 = "day_7", "上岗7天"
    DAY_30 = "day_30", "上岗30天"
    MONTH_6 = "month_6", "上岗6个月"
    WILLINGNESS = "willingness", "意愿回访"
    LOST_CONTACT = "lost_contact", "断线补联"
    ZERO_EMPLOYMENT_CHECK = "zero_employment_check", "零就业家庭核查"
    FAIR_DAY_3 = "fair_day_3", "招聘会后3天"
    FAIR_DAY_30 = "fair_day_30", "招聘会后30天"


class FollowUpMode(Labelled):
    """How the contact was made (方式)."""

    PHONE = "phone", "电话"
    VISIT = "visit", "上门"
    WINDOW = "window", "窗口"
    WECHAT = "wechat", "微信"


class ServiceKind(Labelled):
    """Service given (服务类型)."""

    POLICY = "policy", "政策宣讲"
    GUIDANCE = "guidance", "职业指导"
    RECOMMENDATION = "recommendation", "岗位推荐"
    TRAINING = "training", "技能培训"
    INTERNSHIP = "internship", "就业见习"
    VENTURE = "venture", "创业服务"
    PUBLIC_WELFARE = "public_welfare", "公益性岗位安置"
    REFERRAL = "referral", "转介"


class ConsentPurpose(Labelled):
    """What a person agreed to (同意事项)."""

    MATCHING = "matching", "岗位匹配与推送"
    CONTACT = "contact", "电话短信联系"
    SHOW_TO_EMPLOYER = "show_to_employer", "向用人单位展示"
    SENSITIVE = "sensitive", "敏感信息用于帮扶"


class ConsentBasis(Labelled):
    """Legal ground for handling the data (处理依据)."""

    CONSENT = "consent", "本人同意"
    STATUTORY_DUTY = "statutory_duty", "履行法定职责"


class Role(Labelled):
    """Who an account acts as (角色)."""

    KIOSK_DEVICE = "kiosk_device", "自助机"
    HOST = "host", "主播"
    CASEWORKER = "caseworker", "帮扶干部"
    ORGANISER = "organiser", "招聘会组织"
    MANAGER = "manager", "管理者"
    EMPLOYER = "employer", "用人单位"
    INTEGRATOR = "integrator", "系统对接"
    ADMIN = "admin", "管理员"


class Scope(Labelled):
    """What an interface key allows (权限)."""

    IMPORT = "import", "导入数据"
    READ_POSTINGS = "postings:read", "读取岗位"
    READ_WORKERS = "workers:read", "读取劳动者(脱敏)"
    MATCH = "match", "双向匹配"
    CARE = "care", "帮扶服务"
    PUSH = "push", "推送批次"
    EVENTS = "events", "活动与快招"
