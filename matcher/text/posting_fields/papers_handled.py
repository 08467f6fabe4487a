"""Papers of other people that the job handles, which it therefore does not ask for (经办他人证照)."""

from __future__ import annotations

import re

_BEFORE_CHARS = 48
_AFTER_CHARS = 24
_BREAKS = re.compile(r"[,。;:!?.\n]")
_JOINING = re.compile(r"(?:\s|、|,?以及|和|及|与|或|/|\+|等){1,3}")
"""Between two papers of one list."""
_FREE = r"(?:所有|拥有|会计|会员|社会|技能|主要|[^持须需必凭带具会懂要有能请应,。;\n])"
"""Words that may stand between a verb and its paper: none of them says that the person must hold it."""
_OTHERS = (
    r"(?:员工|职工|工人|司机|客户|顾客|学员|学生|会员|群众|市民|村民|居民|企业|商户|业主|车主|车队|驾驶员|人员"
    r"|工友|农户|用户|老师|教师|患者|班组|分包|劳务工|队员|保安|同事|他人|别人|新人|考生|门店|各店|来访者|来宾|老人|阿姨们|师傅们)"
)
_VERB_ENDS = r"(?!安?(?:[的了过好岗表件机费处部]|员(?!工)|师(?!傅))|合格|通过|在|到|证明)"
_KEEPS = (
    r"登记|统计|核对|核验|核查|查验|查询|抽查|清点|审核|审查|整理|录入|上传|汇总|收集|收缴|归档|建档|存档"
    r"|保管|更新|跟踪|跟进|发放|分发|派发|制作|打印|复印|扫描|邮寄|寄送|代领|补办|补领|换领|换发|续期|续办"
    r"|延期|转注|提醒|督促|催办|台账|张贴"
)
_TELLS = r"讲解|讲授|教授|授课|辅导|介绍|宣传|推广|推销|招生|回访|沟通|招收|监督|解答|回答|咨询|受理|申报|送审|代跑|代考|颁发|授予"
_HANDLES = re.compile(
    rf"(?:(?:{_KEEPS}|{_TELLS}|(?<!经)(?<!过)(?:年审|年检|复审)){_VERB_ENDS}{_FREE}{{0,30}}"
    rf"|(?:邀约|约|动员|发动|引导){_FREE}{{0,10}}(?:报考|考|学|报){_FREE}{{0,24}}"
    rf"|(?<![更轮交])换(?![班岗休过])(?!了){_FREE}{{0,4}}|补(?![贴助充课]){_FREE}{{0,4}}|(?<![记收])录{_FREE}{{0,4}}|(?<!可)(?<!司)(?<!费)代办{_FREE}{{0,20}})$"
)
_FOR_OTHERS = re.compile(
    rf"(?:为|帮|给|替|向|约|邀|带|组织|引导|指导|协助|通知|动员|陪|陪同|教|联系|安排|让|叫|帮助|服务){_FREE}{{0,4}}{_OTHERS}"
    rf"{_FREE}{{0,10}}?(?:办|考|报|学|参加|填|跑|推荐|申请|申领|领|注册|变更|审|查|做|拿){_FREE}{{0,26}}$"
    rf"|(?:帮|替|代)别?人{_FREE}{{0,4}}(?:报|办|考|换|补|领){_FREE}{{0,16}}$"
    rf"|(?:办理?|管理|检查|查|收|变更|注册|申领|申请|处理|经办|跑|负责|维护|掌握){_FREE}{{0,4}}{_OTHERS}{_FREE}{{0,20}}$"
    rf"|(?:办理?|代理){_FREE}{{0,14}}(?:营业执照|经营许可证|行驶证|居住证|不动产证|房产证|资质){_FREE}{{0,14}}$"
)
_LEARNERS = re.compile(rf"(?:学员|学生|客户|考生){_FREE}{{0,6}}(?:报名|报考|约考){_FREE}{{0,16}}$")
_HIRED = re.compile(r"面试|出示|提供|应聘|入职时|报到|来厂|录用")
"""面试时核对电工证原件 speaks of the person's own."""
_BY_THE_FIRM = re.compile(r"(?:公司(?!员工|职工|人员)|单位|厂里|厂方|店里|我司|我们|老板|统一|免费|自行|自己|自费|包)[^,]{0,8}办")
"""公司为员工办理健康证 offers what the person must have."""
_MATTER = re.compile(
    r"(?:等|的|类|之类){0,2}(?:相关)?(?:证件|证书)?的?"
    r"(?:(?:报考|报名|考前|考证|取证|考试|培训|学习|班){0,2}(?:课程|招生|流程|报名表|准考证|网课|课件|答疑|申请表|登记表|题库|教材|培训班|讲义|考务|项目的?推广)"
    r"|考前|挂网|取证(?:进度|培训)|考试的?(?:名额|时间|报名|安排|培训|咨询|监考|题|大纲)|名额|体检登记|换证体检|核发|(?:年度)?校验|公示|更换(?!过)|的?(?:复训|复检|继续教育|续教)|入库|保管|办理(?:处|点|大厅)|扫描(?!件)|编号(?!齐)|[别不]过期|是否过期|班次|认定(?!的|过|后)"
    r"|的?(?:学员|窗口|档案(?!齐)|报名(?:和|及|与|时|信息|工作|条件))"
    r"|报考(?!过)|台[账帐]|考证(?!优先|者)|(?:年审|年检|复审|审验|换证|续期|延期|注册|变更|转注|到期|有效期|办理|申领|补办)(?:、|和|及|与)?(?:日期|期限|时间|情况|手续|进度|业务|名单|信息|提醒|台[账帐]|登记|工作|事宜|材料|资料|档案)"
    r"|(?:初始|首次)?(?:年审|复审|审验|换证|换发|续期|续证|续办|延期|注册|转注|申领|补办|变更)(?:、|和|及|与)(?!有效|正常|合格)"
    rf"|(?<=[的等])(?:{_KEEPS}|办理|代办|申领|报名|年度校验|年审|年检|复审|变更|注册|考试|报考|招生|咨询|推广|讲解|申报|培训|审验|换证|补换)(?!到|过|合格|正常|在|后|好|齐))"
)
_OWNED = re.compile(rf"(?:{_OTHERS}(?:们)?(?:手里|手上|个人|各自)?的?|(?:把|将){_FREE}{{0,12}})(?:{_FREE}{{0,20}}[、和及与])?$")
_KEPT_AFTER = re.compile(
    rf"[^,。;\n有需须持者]{{0,8}}?(?:{_KEEPS}|年审|年检|复审|审验|换证|到期)(?!合格|正常|有效|后上|好|齐)"
)
_DEMAND_BEFORE = re.compile(r"(?<!保)[持须需凭带备]|(?<![所拥])有|具|要求|提供|出示|必")
_DEMAND_AFTER = re.compile(
    r"[^,。;\n]{0,12}?(?:优先|必备|必须|必需|(?<!是否)齐全|(?<!持证)上岗|方可|才能|才可|在手|加分|最好|更好|更佳|者佳|即可|就行)"
)


def handled_papers(text: str, spans: list[tuple[int, int]]) -> frozenset[int]:
    """Places in `spans` (in text order) of papers that the person registers, renews or explains for others.

    登记司机驾照年审日期, 为客户办理道路运输证; papers of one list share what is said of one of them.
    """
    handled = [_handled(text, start, end) for start, end in spans]
    order = range(1, len(spans))
    for left, right in [(i - 1, i) for i in order] + [(i, i - 1) for i in reversed(order)]:
        first, second = spans[min(left, right)], spans[max(left, right)]
        if not handled[left] or handled[right] or _DEMAND_AFTER.match(text, spans[right][1]):
            continue
        if _JOINING.fullmatch(text, first[1], max(first[1], second[0])) or first[1] >= second[0]:
            handled[right] = not _is_demanded(text, spans[right][0])
    return frozenset(i for i, yes in enumerate(handled) if yes)


def _handled(text: str, start: int, end: int) -> bool:
    if _DEMAND_AFTER.match(text, end) is not None:
        return False
    said = _segment_before(text, start)
    if _HANDLES.search(said) is not None or _LEARNERS.search(said) is not None:
        return _HIRED.search(said) is None or re.search(_OTHERS, said) is not None
    if _FOR_OTHERS.search(said) is not None:
        return _BY_THE_FIRM.search(said) is None
    if _DEMAND_BEFORE.search(said) is not None:
        return False
    until = end + _AFTER_CHARS
    return _MATTER.match(text, end, until) is not None or (
        _OWNED.search(said) is not None and _KEPT_AFTER.match(text, end, until) is not None
    )


def _is_demanded(text: str, start: int) -> bool:
    said = _segment_before(text, start)
    return _HANDLES.search(said) is None and re.search(r"[持须需凭]$|[持须需要]有$", said) is not None


def _segment_before(text: str, start: int) -> str:
    said = text[max(0, start - _BEFORE_CHARS) : start]
    breaks = [match.end() for match in _BREAKS.finditer(said)]
    return said[breaks[-1] :] if breaks else said
