"""Which channel a person is reached by, what a receipt makes of a push, and what a kiosk shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from delivery_samples import BRICKS, CLEANING, NOW, message, parcel
from hypothesis import given
from hypothesis import strategies as st

from matcher.delivery.channels import ContactFacts, Outcome, Receipt, choose_channel
from matcher.delivery.kiosk_inbox import kiosk_inbox
from matcher.domain.service_terms import Channel, PushState
from matcher.domain.worker_terms import ContactPreference, Literacy

WITH_ALL = ContactFacts(consent=True, has_phone=True, has_wechat=True, has_village=True)

facts = st.builds(
    ContactFacts,
    consent=st.sampled_from([True, True, False, None]),
    has_phone=st.booleans(),
    has_wechat=st.booleans(),
    has_village=st.booleans(),
    sms_stopped=st.booleans(),
    literacy=st.sampled_from([None, *Literacy]),
    preference=st.sampled_from([None, *ContactPreference]),
)


@given(facts)
def test_a_choice_never_breaks_consent_reading_or_what_is_at_hand(person: ContactFacts) -> None:
    choice = choose_channel(person)
    assert choice.reason
    assert (choice.channel is None) == (person.consent is not True)
    if person.literacy is Literacy.NONE:
        assert choice.channel in {None, Channel.PHONE, Channel.VISIT}
    if not person.has_phone:
        assert choice.channel not in {Channel.SMS, Channel.PHONE}
    if person.sms_stopped:
        assert choice.channel is not Channel.SMS
    if not person.has_village:
        assert choice.channel is not Channel.LETTER
    if not person.has_wechat:
        assert choice.channel is not Channel.WECHAT


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({}, Channel.SMS),
        ({"preference": ContactPreference.WECHAT}, Channel.WECHAT),
        ({"preference": ContactPreference.PHONE}, Channel.PHONE),
        ({"preference": ContactPreference.VILLAGE_NOTICE}, Channel.LETTER),
        ({"literacy": Literacy.NONE}, Channel.PHONE),
        ({"literacy": Literacy.NONE, "has_phone": False}, Channel.VISIT),
        ({"literacy": Literacy.NONE, "preference": ContactPreference.SMS}, Channel.PHONE),
        ({"literacy": Literacy.NONE, "preference": ContactPreference.VISIT}, Channel.VISIT),
        ({"literacy": None, "has_phone": False}, Channel.LETTER),
        ({"sms_stopped": True, "has_village": False}, Channel.PHONE),
        ({"has_phone": False, "has_village": False}, Channel.VISIT),
        ({"consent": None}, None),
        ({"consent": False, "preference": ContactPreference.SMS}, None),
    ],
)
def test_the_channel_follows_consent_reading_wish_and_what_is_at_hand(
    changes: dict[str, object], channel: Channel | None
) -> None:
    assert choose_channel(replace(WITH_ALL, **changes)).channel is channel  # type: ignore[arg-type]


def test_only_a_word_of_delivery_makes_a_push_delivered() -> None:
    states = {outcome: Receipt("8-1", outcome).state for outcome in Outcome}
    assert [outcome for outcome, state in states.items() if state is PushState.DELIVERED] == [
        Outcome.DELIVERED
    ]
    assert states[Outcome.UNKNOWN] is states[Outcome.NOT_SENT] is PushState.PENDING


def test_a_parcel_in_a_log_shows_no_person() -> None:
    shown = repr(parcel()) + repr(parcel().recipient)
    for secret in ("王小明", "13800000001", "南街村", "W-0001"):
        assert secret not in shown


def test_the_kiosk_shows_live_postings_once_and_drops_what_is_over() -> None:
    live = {"P-1", "P-2"}
    assert kiosk_inbox([message(), message()], live_ids=live, now=NOW) == (BRICKS, CLEANING)
    assert kiosk_inbox([message()], live_ids={"P-2"}, now=NOW) == (CLEANING,)
    assert kiosk_inbox([message(expires_on=date(2026, 3, 1))], live_ids=live, now=NOW) == ()
    assert kiosk_inbox([message()], live_ids=live, now=NOW + timedelta(days=12)) == (CLEANING,)
    assert kiosk_inbox([], live_ids=live, now=NOW) == ()
