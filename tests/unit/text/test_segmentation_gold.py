"""Segmentation against hand-cut sentences and against plain jieba, and the two segmenters against each other."""

from __future__ import annotations

import jieba
from pay_gold import GOLD
from segmentation_gold import f1, plain_jieba, sentences

from matcher.lexicon.occupations import alias_rows
from matcher.lexicon.words import domain_words
from matcher.text.normalise import fold_case
from matcher.text.segment import Segmenter, segmenter


def test_hand_cut_sentences_and_plain_jieba() -> None:
    assert len(sentences("segmentation.tsv")) >= 150
    ours = f1(segmenter().words, "segmentation.tsv")
    plain = f1(lambda text: list(plain_jieba().cut(text)), "segmentation.tsv")
    assert ours >= 0.95
    assert ours > plain + 0.05


def test_our_words_come_out_whole() -> None:
    cut = segmenter().words
    for word in (
        "叉车证",
        "c1驾照",
        "两班倒",
        "月嫂",
        "钢筋工",
        "做六休一",
        "健康证",
        "打灰",
        "低压电工证",
        "雄安新区",
    ):
        assert cut(word) == [word]
    assert cut("招安全员") == ["招", "安全员"]
    assert cut("抹灰工人十名")[:2] == ["抹灰", "工人"]


def test_words_of_two_words_fall_apart_and_what_belongs_together_stays() -> None:
    cut = segmenter().words
    assert cut("负责高空作业") == ["负责", "高空", "作业"]
    assert cut("我很能干") == ["我", "很", "能", "干"]
    assert cut("干过两年瓦工，不干夜班")[:2] == ["干过", "两年"]
    assert "不干" in cut("干过两年瓦工，不干夜班")
    assert segmenter().cut("高空作业") == ["高空作业"]


def test_later_sentences_stay_cut_right() -> None:
    for name, least in (
        ("segmentation_second.tsv", 0.97),
        ("segmentation_third.tsv", 0.97),
        ("segmentation_fourth.tsv", 0.95),
        ("segmentation_seventh.tsv", 0.97),
        ("segmentation_eighth.tsv", 0.94),
        ("segmentation_ninth.tsv", 0.95),
    ):
        ours = f1(segmenter().words, name)
        assert ours >= least, name
        assert ours > f1(lambda text: list(plain_jieba().cut(text)), name) + 0.05


def test_what_parsing_joins_stays_apart_in_the_index() -> None:
    cut = segmenter().words
    assert cut("早餐店洗过碗，扛不了重东西")[:3] == ["早餐店", "洗过", "碗"]
    assert "扛不了" in cut("扛不了重东西")
    assert cut("附近厂招人")[:2] == ["附近", "厂"]
    assert cut("家电清洗师傅") == ["家电", "清洗", "师傅"]
    assert cut("凌晨卸菜") == ["凌晨", "卸菜"]
    assert segmenter().search_words("凌晨卸菜") == ["凌晨", "卸", "菜"]


def test_rjieba_and_jieba_agree_token_for_token() -> None:
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word, frequency in domain_words():
        tokenizer.add_word(word, frequency)
    rust = Segmenter(domain_words())
    rows = alias_rows()
    texts = ["".join(words) for words in sentences("segmentation.tsv")]
    texts += [
        line.split("\t")[0] for line in (GOLD / "occupations.tsv").read_text(encoding="utf-8").splitlines()
    ]
    texts += [
        f"招{a.alias}和{b.alias}{i % 7 + 1}名,日薪{i}元"
        for i, (a, b) in enumerate(zip(rows[::7], rows[3::7], strict=False))
    ]
    assert len(texts) >= 2000
    for text in texts:
        folded = fold_case(text)
        assert rust.cut(folded) == list(tokenizer.cut(folded, HMM=False)), text
        assert rust.search_words(text) == [
            w for w in tokenizer.cut_for_search(folded, HMM=False) if not w.isspace()
        ], text
