"""Controlled vocabulary of fairs, livestreams, urgent requests and swaps (活动用语)."""

from __future__ import annotations

from matcher.domain.labelled import Labelled


class EventState(Labelled):
    """Where an event stands (活动状态)."""

    DRAFT = "draft", "筹备"
    PLANNED = "planned", "已排定"
    RUNNING = "running", "进行中"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已取消"


class CheckinVia(Labelled):
    """How a visitor was recognised (签到方式)."""

    QR = "qr", "二维码"
    PHONE_TAIL = "phone_tail", "手机尾号"
    NAME = "name", "姓名"
    COUNTED = "counted", "只计数"


class OverrideKind(Labelled):
    """What an organiser decided over the timetable (人工调整)."""

    PIN = "pin", "指定"
    BAN = "ban", "排除"


class LeadState(Labelled):
    """Where a livestream lead stands (线索状态)."""

    NEW = "new", "待联系"
    REACHED = "reached", "已联系上"
    NOT_REACHED = "not_reached", "未联系上"
    WRONG_NUMBER = "wrong_number", "号码不是本人"
    INTERVIEW = "interview", "约面试"
    STARTED = "started", "已上岗"
    DAY_7 = "day_7", "在岗7天"
    NOT_INTERESTED = "not_interested", "无意向"


class OfferAnswer(Labelled):
    """Answer to an urgent offer (快招答复)."""

    WAITING = "waiting", "等答复"
    YES = "yes", "能来"
    NO = "no", "来不了"
    NONE = "none", "没答复"
    WITHDRAWN = "withdrawn", "已招满收回"


class SwapState(Labelled):
    """Where a swap of hands stands (调剂状态)."""

    PROPOSED = "proposed", "建议"
    AGREED = "agreed", "双方同意"
    RUNNING = "running", "借调中"
    ENDED = "ended", "已结束"
    DECLINED = "declined", "未同意"
