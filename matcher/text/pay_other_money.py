"""Money and counts that are no wage: fees, rent, allowances, debts, prices, numbers of things (别的钱, 别的数).

INVARIANT: every look back and ahead is bounded.
"""

from __future__ import annotations

import re

LABEL_REACH = 40
_ROOM_BEFORE = re.compile(r"(?:宿舍|住宿|公寓|租房|停车|餐费|伙食|床位)[^,。;\n]{0,3}$")
_WORK_FEES = (
    *("劳务", "课时", "讲课", "代课", "工", "工时", "人工", "小时", "钟点", "出场", "演出", "手工", "加工", "派", "派件"),
    *("装车", "卸车", "搬运", "装卸", "陪护", "护理", "看护", "安装", "免", "派送", "收派", "揽件", "缝制", "吊装", "作业"),
    *("监考", "巡考", "阅卷", "评卷", "授课", "课酬", "助教", "辅导", "主持", "化妆", "跟拍", "拍摄", "翻译", "讲解", "导游"),
    *("裁判", "陪练", "陪诊", "跟车", "押车", "代驾", "保洁", "清洁", "执勤", "安保", "调查", "录入", "表演", "礼仪"),
)
_FEE_FIRST = (
    "费端中春元国妇三生劳年节过意雇责商医重人工伙用就餐饭险体水返退打的车机路花要得会能交加分办自半租赠送换电套"
    "月季摊网宽话流场门充健游瑜补出包全一口清拼公号整项总"
)
"""What a fee may begin with: most places before an amount are left at this first character."""
_FEE_BEFORE = re.compile(
    f"(?=[{_FEE_FIRST}])(?:费"
    + "".join(f"(?<!{work}费)" for work in _WORK_FEES)
    + r"[:是为约共]?\s?(?:每[户人位])?(?:(?:每个?|一个?|/)[天日月次年])?\s?[:约]?\s?$"
    r"|(?:端午|中秋|春节|元旦|国庆|元宵|妇女节|三八|生日|劳动节|年节福利|节日福利|过年)节?(?:各|发|送|给|有|每[人次]|发红包)?[:]?\s?$"
    r"|(?:意外|雇主|责任|商业|医疗|重疾|人身|工伤)险[,]?(?:(?:每|一个?|/)[人年月])?[:约是为]?\s?$"
    r"|(?:伙食|[用就]?餐|饭|险|体检|水电)[^,。;\n\d]{0,4}[每一]人(?:[每一]?[年月天日餐顿])?[约为:]?\s?$|[返退](?:现|还|你)?\s?$|(?:打车|打的|的士费?|车票|机票|路费)(?:大?约|大概|要|花)?\s?$|花(?:[个了掉]|费了?)\s?$|[要得会能]花\s?$|交(?<![^,。;!\s先要需得再须还让]交)(?:了|够)?\s?$"
    r"|加班(?:费|工资)?(?:另[计算付]|照[付算])?,\s?(?:每小时|一小时)?$|(?:年终奖?金?|分红|年底奖?金?)[^。;\n\d薪资入月收]{0,10}(?:[人平]均|最高|最多|能有|大?约)\s?$"
    r"|办理?[一-龥]{1,4}证(?:大?约|要|需|交|得)?\s?$|(?:(?<![能活可以])自理|自费)[,(]?(?:大?约|大概)?\s?$|半个?月\s?$"
    r"|年终奖金?(?:一般|大?约|大概)?[在有发:]?\s?$|租(?:金|用|车)?,?(?:[一每包](?:天|个?月|年))\s?$"
    r"|险[^。;\n\d]{0,8}每人每年(?:大?约)?\s?$|(?<![配派])[赠送]送?\s?$|(?:换电|电池|套餐|会员|年费|[年月季]卡|摊位|车位|网费|宽带|话费|流量|场地|门面|电动车|充电桩?|充电宝|自习室|健身|游泳|瑜伽)[^,。;\n\d]{0,3}[每一包]个?[天日月年]\s?$"
    r"|(?<![险保、])公积金(?:(?:个人|单位|公司|双边|部分|合计|缴存|缴纳|月缴|缴|额|每个?月|一个月|/月|大?约|为|是|:){1,4}|(?<![缴交]公积金))\s?$"
    r"|号(?<![信\d一二三四五六七八九十]号)码?[:是为]?\s?$|一次(?:性(?:支?付|给|包)|性?(?:包干|打包|买断|付清))价?[:为是]?\s?$"
    r"|(?:整[体单个]|全部|项目|总)(?:包干|打包)价?[:为是]?\s?$|总包(?<=[活单]总包)\s?$"
    r"|(?:(?<!月)|(?<=[每个]月))补(?:给|发)?(?:您|你)?\s?$|出租,(?:[每一](?:个?小时|天|个?月|个?台班))?\s?$|(?:打包|包干|全包|一口|清仓|拼车|包车)价[:为是]?\s?$)"
)
_ALLOWANCES_BEFORE = re.compile(r"(?:补贴|补助|津贴):[^,。;\n]{0,24}、[一-龥]{1,4}$")
"""技能补贴:初级1000元、中级1500元: a list of allowances."""
_SEASONAL_BEFORE = re.compile(
    r"(?:补贴|补助|津贴|[暖温]费)[^,。;\n\d]{0,4}\d{1,2}月?[-~至到](?:次年|来年|翌年)?\d{1,2}月[^,。;\n\d]{0,5},?\s?"
    r"(?:每人)?(?:每个?月|一个月|每天)?(?:发放?|给)?\s?$"
)
"""高温补贴6-9月发放,每月300."""
_CAPPED_COST = re.compile(
    r"(?:费|补|贴|报销|实报|实报实销)[^。;\n\d]{0,5},?(?:每人|每个?月|每天)?(?:上限|最高|最多|不超过|限额)(?:每人|每个?月|每天)?[:为是]?\s?$"
    r"|(?:住宿|用?餐|伙食|差旅|报销)标准[^,。;\n\d]{0,5}$"
)
"""通讯费实报,上限150元."""
_CAPPED_BEFORE = re.compile(r"(?:费|补贴|补助|津贴|报销)[^。;\n\d]{0,8},\s?$")
"""取暖费一年一发,1500元封顶."""
_MORE_BEFORE = re.compile(
    r"(?=[加比多另后每满逐超涨上])(?:加\s?$|比[^,。;\s\d]{1,6}(?:高|多|低|少|涨)[出了发给拿挣]?\s?$|[多另][给发拿补奖加付](?:了|你|一个月)?\s?$"
    r"|涨\s?$|上[调浮]\s?$|(?:后|每年|满年|逐年)[再另]?加\s?$|(?:超出|超时|超过)(?:的|部分)?[每一]个?(?:小时|钟头?)\s?$)"
)
_DEBT_BEFORE = re.compile(
    r"(?:(?<![不无未没有会曾])拖欠|(?<![拖不无未没有会曾])欠(?![缺佳])|(?:还|都)差[我俺])[^。;!\n\d]{0,14}$"
)
_DEBT_AFTER = re.compile(
    r"(?:的?工[钱资])?(?:一直|还|至今|到现在|都|也|拖着){0,2}[没未](?:结清?|给|发|付|要回来?|拿到|到账)(?=[,。;!\s了呢]|$)"
)
"""欠我五千块工钱, 还差我两千六没结."""
_CHARGES = "单位|公司|个人|企业|厂里|自己"
_CHARGE_BEFORE = re.compile(
    r"(?:社保|医保)(?:个人|单位|公司)部分(?:每个?月|一个月)?(?:大?约|大概|为|是|:)?\s?$"
    rf"|(?:{_CHARGES})(?:[^,。;\n\d]{{0,4}}社保|[^,。;\n\d工薪]{{0,4}}(?:公积金|保险|医保))?(?:负担|承担|缴纳?|扣|交)(?:社保|医保|保险|公积金|五险)?(?:大?约|大概|差不多)?\s?$"
    r"|(?:负担|承担|缴纳)(?:社保|医保|保险|公积金|五险)(?:大?约|大概)?\s?$"
    rf"|(?:{_CHARGES})[^,。;\n\d]{{0,4}}(?:缴纳?|交)(?:的)?(?:社保|医保|保险|公积金)(?:大?约|大概|差不多)?\s?$"
)
_SOLD_BEFORE = re.compile(
    r"(?:转让|出售|转手|低价处理|急转|变卖|甩卖|出兑|二手)(?!前|后)[^。;!\n薪招聘资]{0,18}$"
)
"""转让煎饼摊,设备连车9500元: a price, where no wage is named."""
_COST_GUESSED = re.compile(
    r"(?:车票|机票|路费|车费|油费|油钱|饭钱|房费|房租|自己(?:解决|出|掏|买|付)|自理|报销)[^。;,\n\d]{0,6},(?:大概|大约|差不多|约|估计|一共)\s?$"
)
"""来回车票老板买,大概三百块."""
_ANECDOTE = re.compile(
    r"(?:上个?月|去年|前几[天月]|前[天阵]|昨天|上个?[周星]期?|老员工|老业务)[^。;\n\d]{0,12}(?:拿|挣|赚|发|领|落|有)(?:到手|到)?了?(?:过)?\s?$"
)
"""底薪三千八,上个月最少的也拿了六千: what others got is no offer."""
_COUNT_BEFORE = re.compile(
    r"(?:看管|照看|照管|饲养|(?<![由均])负责|[每一]人(?:大?约|大概)?管|日产|日供餐?|年产|月产|配餐|供餐)(?:大?约|大概|近)?\s?$"
    r"|(?:负责|审核|审批|分管)(?:金额|单笔|标的|预算)?(?:在)?\s?$"
)
_NOT_PAY_AFTER = re.compile(
    r"[^\S\n]?(?:周?岁|多?[人名位]|小时|个小时|h(?![a-z])|点|:\d|时(?!薪)|分|%|‰|公里|里|km|kg|cm|mm|厘米|米|公斤|斤|吨|平|㎡|m|层|楼|号"
    r"|年|个?月(?!薪|入|工资|收入|休|结|综|均)|日(?!薪|结)|天|周|届|级|类|倍|次|家|台|套|件|单(?!休)|车|险|金|薪|班|休|餐|顿|房|室|间|寸|度|后|强|个|本"
    r"|门|种|项|款|辆|线|路|栋|座|期|码|头|版|℃|亩|册|字|用户|粉|客户|学员|会员|店|户|亿|分钟|[a-z_@#]|以[上下]学历|届|多万|g|v|及"
    r"|票(?![务房员价据])|桌(?![面游])|例(?!行)|笔(?![试直])|枚|匹|[航架]次"
    r"|份|只(?![要需管招收做限有用能想是])|张|双(?!休)|袋|箱|桶|盒(?!饭)|瓶|篮|筐|株|棵|颗|盆|枝|包(?=[,。;、\s)的]|$|水泥|货)|块(?=砖|石|板|瓦|表|煤)|条(?!件)"
    r"|[余多来](?:人次|[人名位家户台件套辆亩份场次平吨只头棵条册种项岁年斤桶袋箱单个天]))"
)
_OTHER_AFTER = re.compile(
    r"[^,。;、:\n+加另含和及有送包()/\d]{0,4}(?:津贴|补贴|补助|红包|罚款|额度)|从工资|[^\S\n]?(?:的|/月|元)?[^\S\n]?(?:餐补|饭补|食补|用餐|餐标|房补|补贴|补助|全勤|满勤|津贴|红包|绩效|奖|工龄|体检|押金|学历|生活费|伙食|车补|话补|岗位|津补|油补|交通|封口|额度|高温|住宿|夜班补|夜补|费用|活动|报销|作为|代金|门票|以上的?节日|礼)"
    r"|(?=[的入报满返差签安科启购人])(?:的|入职|报到|满月)?(?:返[费现款利]|差价补|签[约字][金费]|安家[费补]|(?:科研)?启动[金资经费]|科研经费|购房[款补]|人才(?:奖|引进[费金]))(?![:\d高最多])"
    r"|的?(?:合同|采购|订单|申请|支出|款项|项目|招标)|(?<=[块元钱])的?(?:车钱|车费|路费|油钱|饭钱|房钱|学费|会费|工本费|定金|订金|运费)(?!报|全|另|公司|老板|自)"
    r"|(?<=[块元])的?(?:购物卡|油卡|超市卡|礼包|[代现]金券|优惠券|消费券)|水电|房租|[电水网]费|饭[钱费]|,?(?:离职|退宿|走的?时候?|干满[^,。;\n]{1,4})(?:再|可|后)?(?:全额)?退"
    r"|(?<=[块元钱])(?:就|给你)?(?:搞定|拿下|拿走|全包|包圆|成交)"
)
_NEXT_LABEL = re.compile(r"[一-龥]{0,2}\s?[:是为\d]")
_BAD_PER_YUAN = re.compile(
    r"\s?(?:元|块钱?)\s?(?:/|每|一)?\s?(?:餐|顿|家|位|张|本|(?P<head>人)(?!/)|桌|瓶|杯|棵|桶|户|盒饭|左右一餐)|\s?元左右一餐"
)
_PORTION = re.compile(r"\s?(?:元|块钱?)\s?(?:/|每|一)?\s?份")
_FOOD_BEFORE = re.compile(r"[餐饭菜汤粥面][^。;\n\d]{0,5}$")
_LUMP_BEFORE = re.compile(
    r"(?<!每天)(?<!一天)(?<!工作)(?<!每日)(?:(?<!\d)[2-9]|(?<!\d)1\d|[二两三四五六七八九十])\s?天活?(?:,?(?:共|一共|给|总共))?\s?$"
    r"|(?<!\d)(?<!每天)(?<!工作)(?<!十)[2-7二两三四五六七]\s?个?小时活?,?(?:共|一共|给|总共)?\s?$|(?<![缝打装])包工[^,。;\n\d每一/]{0,2}$"
    r"|(?<!\d)半[天日](?:活|班|(?:零|杂|短)?工)?\s?$|每人\s?$|(?:每|一|千|百)(?:张|字|桶|户|瓶|位|家|本|篇|页|杯|桌)\s?$|[千百万]个\s?$"
    r"|(?:帮[忙我]?)?(?:搬|修|拆|装|抬|挪|扔|换|通|扒)一?[个台张套次下面趟堵棵][一-龥]{1,8},(?:给)?\s?$"
)
"""Money for a job, half a day or a head, which no unit of ours expresses."""
_HALF_DAY = re.compile(
    r"\s?(?:/|一|每)?个?半[天日]|\s?(?:/|每|一)(?:张|户|桶|瓶|本|篇|页|杯|字|千字)|\s?(?:元|块钱?)?/(?:[2-9]|1\d)[天日](?!休)"
)
_ELEVEN = re.compile(r"十一(?:个(?:钟头?|月|人)|个?小时)")
"""Eleven of them, not ten for one."""
_REST_DAY_BEFORE = re.compile(
    r"(?:平日|平时|工作日|延时|周末|周(?:六日?|日)|双休日?|休息日|节假日|法定|法定(?:节?假日|节日)|国定假日|节日|假日)(?:加班)?(?:费|工资)?[:是为按]?\s?$"
)
OVERTIME = re.compile("加班|延时|加点")
_FAR = (
    (re.compile("[贴助暖温]"), _ALLOWANCES_BEFORE),
    (re.compile("[贴助暖温]"), _SEASONAL_BEFORE),
    (re.compile("[欠差]"), _DEBT_BEFORE),
    (re.compile("[限高多过额准]"), _CAPPED_COST),
    (re.compile("[约概多计共]"), _COST_GUESSED),
    (re.compile("[担缴扣交]"), _CHARGE_BEFORE),
)
"""(a character without which it cannot match, pattern) of what may stand far before the amount."""


def other_before(text: str, start: int) -> bool:
    """Rent, a fee, a gift of the season, what is more than before, a debt or overtime, right before the amount."""
    near = text[max(0, start - 18) : start]
    if _FEE_BEFORE.search(near) or _MORE_BEFORE.search(near) or _COUNT_BEFORE.search(near):
        return True
    if _ROOM_BEFORE.search(near, max(0, len(near) - 8)):
        return True
    far = text[max(0, start - 34) : start]
    if any(chars.search(far) and pattern.search(far) for chars, pattern in _FAR):
        return True
    return _REST_DAY_BEFORE.search(near) is not None and (
        OVERTIME.search(text, max(0, start - LABEL_REACH), start) is not None
    )


def other_after(text: str, start: int, amount_end: int, end: int, *, pay_named: bool) -> bool:
    """What follows the amount says what else it is: an allowance, half a day, the price of a meal, a debt.

    end: where the words about the amount stop.
    """
    if _HALF_DAY.match(text, end) or _DEBT_AFTER.match(text, end):
        return True
    after = _OTHER_AFTER.match(text, end)
    if after is not None and not (text[end] == " " and _NEXT_LABEL.match(text, after.end())):
        return True  # 6000元 住宿:免费: the next label speaks of what follows it
    bad = _BAD_PER_YUAN.match(text, amount_end)
    if bad is not None and not (pay_named and bad["head"]):
        return True
    portion = _PORTION.match(text, amount_end)
    return portion is not None and _FOOD_BEFORE.search(text, max(0, start - 8), start) is not None


def counts_things(text: str, end: int) -> bool:
    """The number before `end` counts people, hours or things."""
    return _NOT_PAY_AFTER.match(text, end) is not None


def lump(text: str, start: int) -> re.Match[str] | None:
    """The words right before the amount that say it is for the whole job."""
    return _LUMP_BEFORE.search(text, max(0, start - 14), start)


def is_eleven(text: str, start: int) -> bool:
    """十一个月: the 十 is no amount."""
    return _ELEVEN.match(text, start) is not None


def is_price_of_goods(text: str, start: int) -> bool:
    """转让煎饼摊,9500元: a thing is sold or let."""
    return _SOLD_BEFORE.search(text, max(0, start - 24), start) is not None


def is_capped_cost(text: str, start: int) -> bool:
    """取暖费一年一发,1500元封顶: a cost is named before the amount that ends in 封顶."""
    return _CAPPED_BEFORE.search(text, max(0, start - 20), start) is not None


def tells_of_others(text: str, start: int) -> bool:
    """上个月最少的也拿了六千: what somebody was paid, no offer."""
    return _ANECDOTE.search(text, max(0, start - 20), start) is not None
