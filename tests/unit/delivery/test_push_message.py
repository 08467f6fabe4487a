"""The message of a push and its way through the outbox."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from delivery_samples import BRICKS, CLEANING, item, message

from matcher.delivery.message import MessageItem, PushMessage
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PayUnit, Settlement
from matcher.domain.values import Pay, Place
from matcher.errors import InvalidInput


def test_a_message_comes_out_of_the_outbox_as_it_went_in() -> None:
    nasty = message(item(1, title='😀 <b>"\\u0000" =1+1\n#set', bring=(), valid_to=None, headcount_left=0))
    for sent in (message(), nasty):
        assert PushMessage.from_json(sent.to_json()) == sent


@pytest.mark.parametrize("damage", ["", "{}", "[]", "null", "not json", '{"items": [{}]}', "[" * 100_000])
def test_a_damaged_payload_is_refused_without_being_repeated(damage: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        PushMessage.from_json(damage)
    assert "损坏" in refused.value.message


def test_a_payload_with_a_field_too_many_is_refused() -> None:
    content = json.loads(message().to_json()) | {"id_number": "x"}
    with pytest.raises(InvalidInput):
        PushMessage.from_json(json.dumps(content))


def test_no_field_could_hold_what_must_not_leave_the_office() -> None:
    names = {field.name for kind in (PushMessage, MessageItem) for field in fields(kind)}
    for forbidden in (
        "sex",
        "category",
        "categories",
        "disability",
        "poverty",
        "id_number",
        "phone",
        "nation",
        "birth",
    ):
        assert forbidden not in names


def test_a_message_needs_a_posting_and_numbers_from_one() -> None:
    with pytest.raises(InvalidInput, match="1 到 7"):
        PushMessage(**{**_fields(message()), "items": ()})
    with pytest.raises(InvalidInput, match="从 1 开始"):
        message(BRICKS, item(3))
    with pytest.raises(InvalidInput, match="从 1 开始"):
        message(CLEANING)


def test_a_posting_that_went_is_left_out_and_the_others_renumbered() -> None:
    rest = message().without(frozenset({"P-1"}))
    assert rest is not None
    assert [(kept.number, kept.posting_id, kept.push_id) for kept in rest.items] == [(1, "P-2", 72)]
    assert message().without(frozenset({"P-1", "P-2"})) is None


def test_the_item_of_a_posting_says_what_the_posting_says_and_no_more() -> None:
    posting = Posting(
        "P-9", "砌砖工", pay=Pay(30000, 30000, PayUnit.DAY), settlement=Settlement.DAILY, place=Place("南街")
    )
    made = MessageItem.of(posting, push_id=9, number=1, bring=["身份证"], reason="您会砌墙")
    assert (made.pay, made.settlement, made.place, made.bring) == ("300元/天", "日结", "南街", ("身份证",))
    bare = MessageItem.of(Posting("P-8", "杂工", pay=Pay(negotiable=True)), push_id=8, number=1)
    assert (bare.pay, bare.place, bare.reach, bare.headcount_left) == ("面议", "", "", None)


def _fields(sent: PushMessage) -> dict[str, object]:
    return {field.name: getattr(sent, field.name) for field in fields(sent)}
