"""Skills said as a doing and a thing, and what only looks like one."""

from __future__ import annotations

import pytest

from matcher.lexicon.cue_words import listed_skill_words, skill_words
from matcher.text.normalise import fold_case
from matcher.text.posting_fields.skills import read_skills


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("明天卸钢筋，后天卸化肥", ["装卸搬运"]),
        ("大棚里摘尖椒", ["采摘"]),
        ("会看水电图纸，自带电钻", ["看图纸", "电动工具使用"]),
        ("做晚饭，接孩子放学", ["厨师烹饪", "接送孩子"]),
        ("会开洒水车", ["汽车驾驶"]),
        ("工地拆旧墙，清砖", ["拆除作业"]),
        ("上班时间灵活，可接送孩子", []),
        ("以上面料均可", []),
        ("热爱编程，基础扎实", []),
        ("查看设备台账", []),
        ("注塑厂招人", []),
        ("重卡司机两名", []),
        ("会面点，会煲汤", ["面点制作", "厨师烹饪"]),
        ("收割机手、农机维修员", []),
        ("招叉车、行车工", []),
        ("会滴定，会用分光光度计", ["化验"]),
        ("巡塘投饵，起网", ["水产养殖"]),
        ("绩效与收入挂钩，排班灵活，直接投递", []),
        ("会给宠物洗澡，会修毛", ["宠物洗护"]),
    ],
)
def test_a_skill_is_a_doing_and_a_thing(text: str, skills: list[str]) -> None:
    assert sorted({item.value for item in read_skills(fold_case(text))}) == sorted(skills)


def test_a_listed_word_goes_before_a_made_one_and_no_word_has_two_skills() -> None:
    words = dict(listed_skill_words())
    pairs = skill_words()
    assert len({word for word, _ in pairs}) == len(pairs)
    assert all(words.get(word, name) == name for word, name in pairs)
