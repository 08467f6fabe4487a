"""Controlled vocabulary of a worker file (劳动者用语)."""

from __future__ import annotations

from matcher.domain.labelled import Labelled


class JobStatus(Labelled):
    """Where the person stands (就业状况)."""

    SEEKING = "seeking", "未就业有意愿"
    NOT_SEEKING = "not_seeking", "未就业暂无意愿"
    FLEXIBLE = "flexible", "灵活就业"
    EMPLOYED = "employed", "单位就业"
    SELF_EMPLOYED = "self_employed", "自主创业"
    TRAINING = "training", "培训中"
    INTERNSHIP = "internship", "见习中"
    OUT_OF_CONTACT = "out_of_contact", "失联"


class Constraint(Labelled):
    """What the person says they cannot do or must keep free for; no diagnosis (现实条件)."""

    CHILD_PICKUP = "child_pickup", "接送孩子"
    ELDER_CARE = "elder_care", "照料老人"
    NO_NIGHT = "no_night", "不能夜班"
    NO_HEIGHT = "no_height", "不能高处"
    NO_HEAVY = "no_heavy", "不能重活"
    NO_VEHICLE = "no_vehicle", "无交通工具"
    NO_OUTDOOR = "no_outdoor", "不能露天"
    NO_DUST = "no_dust", "怕粉尘"
    NO_READING = "no_reading", "识字少"


class WorkerCategory(Labelled):
    """Assistance category (人员类别); the region pack says which count as 就业困难人员."""

    RELOCATED = "relocated", "征迁群众/安置人口"
    LAND_LOST = "land_lost", "被征地农民"
    ZERO_EMPLOYMENT_FAMILY = "zero_employment_family", "零就业家庭成员"
    ZERO_TRANSFER_FAMILY = "zero_transfer_family", "零转移就业家庭"
    MINIMUM_LIVING = "minimum_living", "低保对象"
    LOW_INCOME = "low_income", "低收入/边缘家庭"
    OUT_OF_POVERTY = "out_of_poverty", "脱贫人口"
    POVERTY_MONITORED = "poverty_monitored", "防止返贫监测对象"
    DISABLED = "disabled", "残疾人"
    OLDER = "older", "大龄"
    LONG_TERM_UNEMPLOYED = "long_term_unemployed", "长期失业"
    REGISTERED_UNEMPLOYED = "registered_unemployed", "登记失业人员"
    UNEMPLOYMENT_BENEFIT = "unemployment_benefit", "领取失业保险金人员"
    GRADUATE = "graduate", "高校毕业生"
    GRADUATE_IN_NEED = "graduate_in_need", "困难毕业生"
    YOUTH = "youth", "16–24岁失业青年"
    VETERAN = "veteran", "退役军人"
    MILITARY_FAMILY = "military_family", "随军家属"
    MIGRANT = "migrant", "农民工"
    OLDER_MIGRANT = "older_migrant", "大龄农民工"
    RURAL_LABOUR = "rural_labour", "农村转移劳动力"
    SINGLE_PARENT = "single_parent", "单亲抚养未成年人"
    RELEASED = "released", "刑满释放"
    COMMUNITY_CORRECTION = "community_correction", "社区矫正"
    DRUG_REHABILITATION = "drug_rehabilitation", "戒毒康复"


RESTRICTED_CATEGORIES = frozenset(
    {WorkerCategory.RELEASED, WorkerCategory.COMMUNITY_CORRECTION, WorkerCategory.DRUG_REHABILITATION}
)
"""Never visible outside the caseworker role."""


class CategoryState(Labelled):
    """Two-step approval of a category (认定状态)."""

    PENDING = "pending", "待审"
    FIRST_REVIEW = "first_review", "初审"
    FINAL_REVIEW = "final_review", "终审"
    CANCELLED = "cancelled", "注销"


class ContactPreference(Labelled):
    """How the person wants to be reached (联系方式)."""

    PHONE = "phone", "电话"
    SMS = "sms", "短信"
    WECHAT = "wechat", "微信"
    VISIT = "visit", "上门"
    VILLAGE_NOTICE = "village_notice", "村广播/张贴"


class PhoneOwner(Labelled):
    """Whose phone it is (机主)."""

    SELF = "self", "本人"
    FAMILY = "family", "家人"
    VILLAGE_CADRE = "village_cadre", "村干部"


class Literacy(Labelled):
    """Self-declared reading (识字情况)."""

    NONE = "none", "不识字"
    LITTLE = "little", "识少量"
    NORMAL = "normal", "一般"


class SkillLevel(Labelled):
    """Vocational grade of the 新八级工 system, ascending (技能等级)."""

    NONE = "none", "无"
    APPRENTICE = "apprentice", "学徒工"
    LEVEL_5 = "level_5", "初级工(五级)"
    LEVEL_4 = "level_4", "中级工(四级)"
    LEVEL_3 = "level_3", "高级工(三级)"
    LEVEL_2 = "level_2", "技师(二级)"
    LEVEL_1 = "level_1", "高级技师(一级)"
    SPECIAL = "special", "特级技师"
    CHIEF = "chief", "首席技师"


class TravelMode(Labelled):
    """How the person gets to work, for reading their minutes (出行方式)."""

    WALK = "walk", "走路"
    RIDE = "ride", "骑车"
    BUS = "bus", "公交"
    DRIVE = "drive", "开车"
