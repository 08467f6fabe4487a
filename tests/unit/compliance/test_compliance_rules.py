"""Every rule is held to its own examples, and rule files that could harm are refused."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from matcher.compliance import Context, Severity, check, review, review_by_rules
from matcher.compliance.examples import example_failures
from matcher.compliance.rules import RULE_FOLDER, compile_linear, load_rules
from matcher.compliance.shelf import RuleShelf, rule_book
from matcher.compliance.signs import pay_is_outlier
from matcher.domain.posting import Posting
from matcher.errors import InvalidInput

RULES = rule_book().rules


def _grounds(text: str) -> set[str]:
    return {finding.ground for finding in check(text)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_every_positive_example_is_found_by_its_rule(rule) -> None:
    for text in rule.positive:
        assert rule.rule_id in {finding.rule_id for finding in check(text)}, text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_no_negative_example_is_found_by_its_rule(rule) -> None:
    for text in rule.negative:
        assert rule.rule_id not in {finding.rule_id for finding in check(text)}, text


@pytest.mark.parametrize("text", rule_book().age.positive)
def test_age_limits_are_found(text: str) -> None:
    assert "age" in _grounds(text)


@pytest.mark.parametrize("text", rule_book().age.negative)
def test_lawful_ages_are_left_alone(text: str) -> None:
    assert "age" not in _grounds(text)


def test_every_cue_is_spelt_as_the_folded_text_is() -> None:
    for rule in RULES:
        for cue in rule.cues:
            assert cue == cue.lower(), rule.rule_id


def test_a_finding_points_at_the_words_as_written() -> None:
    text = "夜班（１２小时），限女性，月结"
    finding = check(text)[0]
    assert text[finding.start : finding.end] == "限女性"


def test_full_width_letters_and_digits_do_not_hide_a_limit() -> None:
    assert "age" in _grounds("年龄１８－３５岁")


def test_a_statutory_exception_is_recorded_with_its_citation_instead_of_a_finding() -> None:
    result = review("矿山井下支护，只招男工，按女职工禁忌劳动范围")
    assert not [f for f in result.findings if f.ground == "sex"]
    assert "女职工劳动保护特别规定" in result.exemptions[0].citation
    assert "核对后使用" in result.exemptions[0].citation


def test_every_citation_says_that_it_must_be_checked() -> None:
    exceptions = [e for rule in RULES for e in rule.exceptions] + list(rule_book().age.exceptions)
    assert exceptions
    assert all("核对后使用" in exception.citation for exception in exceptions)


def test_a_refusal_is_graver_than_a_preference() -> None:
    assert check("女生勿扰")[0].severity is Severity.RETURN
    assert check("女生优先")[0].severity is Severity.HINT


def test_fraud_blocks_the_posting() -> None:
    assert review("入职交押金300元").blocked
    assert not review("不收押金").blocked


def test_negation_does_not_reach_past_a_comma() -> None:
    assert "deposit" in _grounds("无需经验，押金200")


def test_a_list_of_denied_fees_stays_denied() -> None:
    assert not _grounds("不收服装费、体检费、培训费，也没有押金")


def test_columns_of_an_older_system_are_judged_too() -> None:
    posting = Posting("p1", "保洁", quarantined={"gender": "女", "hukou": "不限", "height": "160以上"})
    assert [(f.ground, f.field) for f in check(posting)] == [("sex", "gender")]


def test_unknown_facts_never_count_against_a_posting() -> None:
    assert check(Posting("p1", "保洁", duties="扫楼道"), Context()) == []


def test_pay_far_above_the_local_trade_is_a_sign() -> None:
    sign = rule_book().signs["pay_outlier"]
    assert pay_is_outlier(2_000_000, 450_000, sign)
    assert not pay_is_outlier(500_000, 450_000, sign)
    assert not pay_is_outlier(2_000_000, None, sign)
    assert not pay_is_outlier(None, 450_000, sign)


def test_a_sign_tells_the_numbers_it_rests_on() -> None:
    context = Context(pay_month_fen=2_000_000, local_p95_fen=450_000, pay_basis="本市 30 个在招岗位")
    (finding,) = check(Posting("p1", "洗碗工", duties="洗碗"), context)
    assert (finding.rule_id, finding.severity) == ("sign.pay_outlier", Severity.RETURN)
    assert finding.basis == "月薪至少 20000 元，同工种 95% 不超过 4500 元（本市 30 个在招岗位）"


def test_no_sign_blocks_a_posting() -> None:
    assert all(sign.severity is not Severity.BLOCK for sign in rule_book().signs.values())


def test_one_text_of_many_employers_is_a_hint() -> None:
    posting = Posting("p1", "普工", duties="装配")
    assert [f.rule_id for f in check(posting, Context(employers_with_text=3))] == ["sign.shared_text"]
    assert check(posting, Context(employers_with_text=2)) == []


def test_messages_fit_a_card() -> None:
    book = rule_book()
    messages = [rule.message for rule in RULES] + [book.age.message, book.age.strict_message]
    assert all(len(message) <= 20 for message in [*messages, *(s.message for s in book.signs.values())])


@pytest.mark.parametrize("pattern", ["a+", "(?:ab)*c", "a{3,}", "x{0,200}"])
def test_a_pattern_that_could_run_away_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput, match="测试规则"):
        compile_linear(pattern, where="测试规则")


def test_a_changed_rule_file_changes_the_version(tmp_path: Path) -> None:
    shutil.copytree(RULE_FOLDER, tmp_path / "rules")
    risk = tmp_path / "rules" / "risk.toml"
    risk.write_text(
        risk.read_text(encoding="utf-8").replace("不得扣押证件", "不可扣押证件"), encoding="utf-8"
    )
    assert load_rules(tmp_path / "rules").version != rule_book().version


def test_a_rule_with_too_few_examples_is_refused(tmp_path: Path) -> None:
    shutil.copytree(RULE_FOLDER, tmp_path / "rules")
    risk = tmp_path / "rules" / "risk.toml"
    text = risk.read_text(encoding="utf-8")
    short = re.sub(r'positive = \["护照统一收走".*', 'positive = ["护照统一收走"]', text)
    risk.write_text(short, encoding="utf-8")
    with pytest.raises(InvalidInput, match="documents"):
        load_rules(tmp_path / "rules")


@pytest.mark.parametrize(
    "unit", ["不收", "男", "18-35岁，", "押金", "女女男", "年龄", "，", "身份证", "无", "[("]
)
def test_a_long_monotonous_text_takes_linear_time(unit: str) -> None:
    def seconds(count: int) -> float:
        text = (unit * count)[:count]
        started = time.perf_counter()
        review(text)
        return time.perf_counter() - started

    seconds(2000)
    short, long = min(seconds(4000) for _ in range(3)), min(seconds(16000) for _ in range(3))
    assert long < 12 * short + 0.02


def test_a_young_age_limit_is_graver_than_a_wide_one() -> None:
    assert check("年龄18-30岁")[0].severity is Severity.RETURN
    assert check("年龄18-45岁")[0].severity is Severity.HINT
    assert check("45岁以上勿扰")[0].severity is Severity.RETURN


def test_a_repeated_breach_is_reported_a_bounded_number_of_times() -> None:
    assert 0 < len(check("限女性，" * 2000)) <= 40


def test_every_ground_has_a_name_for_people() -> None:
    book = rule_book()
    used = {rule.ground for rule in RULES} | {"age"} | set(book.signs) | set(book.quarantined.values())
    assert used == set(book.grounds)


def test_an_editor_is_told_which_example_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert example_failures() == []
    monkeypatch.setattr("matcher.compliance.examples.check", lambda text: [])
    assert "规则 deposit：正例“押金200”没有命中" in example_failures()


def edited(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> RuleShelf:
    shutil.copytree(RULE_FOLDER, tmp_path / "rules")
    return RuleShelf(tmp_path / "rules")


def test_an_edit_is_in_force_at_the_next_check_under_a_new_version(
    shelf: RuleShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.compliance.shelf._SHELF", shelf)
    before = review("限女性")
    edited(tmp_path / "rules", "discrimination.toml", 'message = "不得限定性别"', 'message = "性别不是条件"')
    after = review("限女性")
    assert before.findings[0].message == "不得限定性别"
    assert after.findings[0].message == "性别不是条件"
    assert before.version != after.version


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "deposit"', 'id = "deposit', "risk.toml.*line"),
        ('ground = "deposit"\n', "", "规则 deposit 缺少 ground"),
        ('cues = ["押金"', 'cues = ["押金', "risk.toml"),
    ],
    ids=["an open quote", "a missing field", "an open list entry"],
)
def test_a_broken_edit_keeps_the_old_rules_and_says_where_it_is(
    shelf: RuleShelf, tmp_path: Path, old: str, new: str, place: str
) -> None:
    before = shelf.book()
    edited(tmp_path / "rules", "risk.toml", old, new)
    assert shelf.book() is before
    assert re.search(place, shelf.fault)
    edited(tmp_path / "rules", "risk.toml", new if new else 'id = "deposit"\n', old if new else 'id = "deposit"\nground = "deposit"\n')
    assert shelf.book().version == before.version
    assert shelf.fault == ""


def test_a_lost_rule_file_keeps_the_old_rules(shelf: RuleShelf, tmp_path: Path) -> None:
    before = shelf.book()
    (tmp_path / "rules" / "risk.toml").unlink()
    assert shelf.book() is before
    assert "risk.toml" in shelf.fault


@pytest.mark.parametrize(
    "text",
    [
        "求职提示：凡入职前收押金、服装费的，请立即停止汇款并报警",
        "警方提醒：手机做任务返佣金，前几单都给钱，后面全是套路",
        "近日有人冒充我公司人事收取入职押金，特此声明从未委托任何人收款",
        "岗位信息不得出现“限本地户籍”“女士优先”等内容",
        "“只要35岁以下”的要求已删除，原告示作废",
    ],
)
def test_what_warns_of_a_breach_is_none(text: str) -> None:
    assert review_by_rules(text).findings == ()


@pytest.mark.parametrize(
    ("text", "ground", "severity"),
    [
        ("包装工，包吃住，入职交押金300元。谨防骗子，认准本公司", "deposit", Severity.BLOCK),
        ("身份证统一押在公司保管。防骗提醒：只认本号", "documents", Severity.BLOCK),
        ("限女性，近期有人冒充我司招聘，请认准", "sex", Severity.RETURN),
    ],
)
def test_a_warning_hides_no_breach_that_the_reader_sees_too(text: str, ground: str, severity: Severity) -> None:
    assert review_by_rules(text).findings == ()
    assert (ground, severity) in {(finding.ground, finding.severity) for finding in check(text)}


def test_a_notice_that_only_warns_is_lawful() -> None:
    assert check("求职提示：凡入职前收押金、服装费的，请立即停止汇款并报警") == []


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("我们不是骗子，入职交押金300元", "deposit"),
        ("限女性，28岁以下，招聘收费请拨打12333举报", "sex"),
        (
            "入职先交服装费180元。食堂免费，宿舍两人间带空调热水，每天有班车接送，每月十五号准时发工资，从不拖欠，"
            "老员工介绍新人另有奖励，车间有空调，过节发米面油，干满一年涨工资。谨防诈骗",
            "fee",
        ),
    ],
)
def test_a_warning_beside_it_or_far_away_excuses_no_breach(text: str, ground: str) -> None:
    assert ground in {finding.ground for finding in review_by_rules(text).findings}
