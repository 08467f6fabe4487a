"""Controlled vocabulary of a posting (岗位用语), after the national posting table and the city plans."""

from __future__ import annotations

from matcher.domain.labelled import Labelled


class PayUnit(Labelled):
    """What one amount of pay is for (计薪单位)."""

    HOUR = "hour", "元/时"
    DAY = "day", "元/天"
    WEEK = "week", "元/周"
    MONTH = "month", "元/月"
    YEAR = "year", "元/年"
    PIECE = "piece", "元/件"
    ORDER = "order", "元/单"
    SQUARE_METRE = "square_metre", "元/平米"
    TRIP = "trip", "元/趟"


class Settlement(Labelled):
    """When the money is paid out (结算方式)."""

    DAILY = "daily", "日结"
    NEXT_DAY = "next_day", "次日结"
    WEEKLY = "weekly", "周结"
    HALF_MONTHLY = "half_monthly", "半月结"
    MONTHLY = "monthly", "月结"
    ON_COMPLETION = "on_completion", "完工结"
    PIECEWORK = "piecework", "计件结"


class PostingKind(Labelled):
    """Which scheme a posting belongs to (岗位类别)."""

    MARKET = "market", "市场化岗位"
    GIG = "gig", "零工"
    INTERNSHIP = "internship", "见习"
    PUBLIC_WELFARE = "public_welfare", "公益性岗位"
    RURAL_PUBLIC_WELFARE = "rural_public_welfare", "乡村公益性岗位"
    SPECIAL = "special", "专项岗位"
    AUXILIARY = "auxiliary", "辅助性岗位"
    SHARED = "shared", "共享用工"
    GRASSROOTS = "grassroots", "基层项目"


class EmploymentForm(Labelled):
    """Legal form of the work (用工形式)."""

    FULL_TIME = "full_time", "全日制劳动合同"
    PART_TIME = "part_time", "非全日制"
    DISPATCH = "dispatch", "劳务派遣"
    SERVICE_AGREEMENT = "service_agreement", "劳务协议"
    OUTSOURCED = "outsourced", "业务外包"
    TEMPORARY = "temporary", "临时性"
    SEASONAL = "seasonal", "季节性"
    FLEXIBLE = "flexible", "弹性"
    PLATFORM = "platform", "新就业形态"


class Shift(Labelled):
    """Working pattern (班次)."""

    DAY = "day", "白班"
    NIGHT = "night", "夜班"
    TWO_SHIFT = "two_shift", "两班倒"
    THREE_SHIFT = "three_shift", "三班倒"
    LONG_DAY = "long_day", "长白班"
    SIX_ON_ONE_OFF = "six_on_one_off", "做六休一"
    CHOICE = "choice", "班次可选"
    FIVE_DAYS = "five_days", "双休"


class Benefit(Labelled):
    """Board and lodging (食宿)."""

    MEALS = "meals", "包吃"
    LODGING = "lodging", "包住"
    MEAL_ALLOWANCE = "meal_allowance", "餐补"
    COUPLE_ROOM = "couple_room", "夫妻房"
    UTILITIES_SELF = "utilities_self", "水电自理"
    LODGING_ALLOWANCE = "lodging_allowance", "房补"


class Transport(Labelled):
    """How people get to work (交通)."""

    SHUTTLE = "shuttle", "班车"
    CHARTERED = "chartered", "点对点包车"
    REIMBURSED = "reimbursed", "报销路费"
    OWN = "own", "自理"


class Insurance(Labelled):
    """Insurance offered (保险)."""

    FIVE = "five", "五险"
    FIVE_AND_FUND = "five_and_fund", "五险一金"
    WORK_INJURY = "work_injury", "工伤保险"
    PROJECT_INJURY = "project_injury", "按项目工伤"
    ACCIDENT = "accident", "意外险"
    PLATFORM_INJURY = "platform_injury", "职业伤害保障"
    NONE = "none", "无"


class Education(Labelled):
    """Schooling, in ascending order (文化程度)."""

    NONE = "none", "未上学"
    PRIMARY = "primary", "小学"
    JUNIOR_MIDDLE = "junior_middle", "初中"
    SENIOR_MIDDLE = "senior_middle", "高中"
    VOCATIONAL = "vocational", "中专/技校"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士"
    DOCTOR = "doctor", "博士"


class PhysicalLoad(Labelled):
    """Strain of the work (体力强度)."""

    LIGHT = "light", "轻"
    MEDIUM = "medium", "中"
    HEAVY = "heavy", "重"
    HEIGHT = "height", "高处"
    HEAT = "heat", "高温"
    DUST = "dust", "粉尘"
    NIGHT = "night", "夜间"
    OUTDOOR = "outdoor", "露天"


class FriendlyTo(Labelled):
    """Who is expressly welcome; positive, never exclusionary (适合)."""

    OLDER = "older", "大龄友好"
    DISABLED = "disabled", "残疾友好"
    CARER = "carer", "可照顾家庭"
    NO_READING = "no_reading", "无需识字"
    COMPANIONS = "companions", "可结伴"
    OWN_TOOLS = "own_tools", "可带工具"
    NOVICE = "novice", "新手可学"


class Basis(Labelled):
    """Where a requirement comes from (依据)."""

    STATUTORY = "statutory", "法定"
    EMPLOYER = "employer", "用人单位"
    UNSTATED = "unstated", "无依据"


class ReviewState(Labelled):
    """Office review of a posting (审核状态)."""

    PENDING = "pending", "待审"
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"
    TAKEN_DOWN = "taken_down", "下架"
    FROZEN = "frozen", "冻结"


class PublishState(Labelled):
    """Whether a posting may be shown (发布状态)."""

    UNPUBLISHED = "unpublished", "未发布"
    LIVE = "live", "发布中"
    PAUSED = "paused", "暂停"
    FILLED = "filled", "招满"
    EXPIRED = "expired", "过期"
    WITHDRAWN = "withdrawn", "撤回"


class CloseReason(Labelled):
    """Why a posting was closed (关闭原因)."""

    FILLED_HERE = "filled_here", "本平台招满"
    FILLED_ELSEWHERE = "filled_elsewhere", "其他渠道招满"
    CANCELLED = "cancelled", "取消"
    FALSE = "false", "虚假"
    EXPIRED = "expired", "过期"


class VerifyMethod(Labelled):
    """How the office last checked a posting (核实方式)."""

    PHONE = "phone", "电话"
    SMS_REPLY = "sms_reply", "短信回复"
    ON_SITE = "on_site", "现场"
    EMPLOYER = "employer", "企业自确认"
