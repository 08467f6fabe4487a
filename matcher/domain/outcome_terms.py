"""Controlled vocabulary of outcomes and of the caseworkers' queue (结果与回访用语)."""

from __future__ import annotations

from matcher.domain.labelled import Labelled


class OutcomeFact(Labelled):
    """One thing that may be said of a placement, in the order it happens (结果)."""

    INTERVIEW = "interview", "面试"
    HIRED = "hired", "录用"
    STARTED = "started", "上岗"
    IN_POST_7D = "in_post_7d", "在岗7天"
    IN_POST_30D = "in_post_30d", "在岗30天"
    IN_POST_6M = "in_post_6m", "在岗6个月"
    ENDED = "ended", "离岗"


class QueueKind(Labelled):
    """Why somebody stands in the caseworkers' queue (待办类型)."""

    SCHEDULED = "scheduled", "约好的回访"
    ZERO_FAMILY = "zero_family", "零就业家庭"
    INTERESTED = "interested", "有意向待联系"
    UNDELIVERED = "undelivered", "推送未送达"
    SHORTFALL = "shortfall", "岗位不足"
    DAY_7 = "day_7", "上岗7天"
    DAY_30 = "day_30", "上岗30天"
    MONTH_6 = "month_6", "上岗6个月"
    LINE_PUSH = "line_push", "岗位推送断线"
    LINE_GUIDANCE = "line_guidance", "指导培训断线"
    LINE_HELP = "line_help", "重点帮扶断线"
    LINE_HANDOVER = "line_handover", "接续服务断线"
    WILLINGNESS = "willingness", "意愿回访"


class HouseholdState(Labelled):
    """What the job statuses of its members say of a household (家庭就业情况)."""

    ZERO_EMPLOYMENT = "zero_employment", "零就业家庭"
    WORKING = "working", "有人就业"
    NO_WISH = "no_wish", "无人有就业意愿"
    NO_LABOUR = "no_labour", "没有劳动年龄成员"
    TO_VERIFY = "to_verify", "待核实"
