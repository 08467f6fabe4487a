"""Signed links: what they carry, when they die, and that nobody can make one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from delivery_samples import KEY, NOW
from hypothesis import given
from hypothesis import strategies as st

from matcher.delivery.links import DEAD_LINK, KEY_PURPOSE, AnswerLinks, LinkScope, LinkTarget, qr_svg
from matcher.errors import InvalidInput, NotFound
from matcher.store.keyring import Keyring

LINKS = AnswerLinks(KEY, "https://jy.heting.example/")


def test_a_link_opens_what_it_was_made_for() -> None:
    token = LINKS.token(LinkScope.MESSAGE, 8, 71, now=NOW)
    assert LINKS.read(token, now=NOW) == LinkTarget(LinkScope.MESSAGE, 8, 71, date(2026, 3, 16))
    assert LINKS.url(token) == f"https://jy.heting.example/a/{token}"
    assert LINKS.message_url(8, 71, NOW) == LINKS.url(token)


def test_links_that_are_printed_already_go_on_working() -> None:
    printed = AnswerLinks(b"k" * 32)
    made = printed.token(LinkScope.MESSAGE, 8, 71, now=datetime(2026, 6, 1, 4, tzinfo=UTC))
    assert made == "m8-1z-1th.fZPlPDsyKtQFcKk8"


def test_a_token_is_short_and_safe_in_an_address() -> None:
    token = LINKS.token(LinkScope.PUSH, 4_000, 9_000_000, now=NOW)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token)
    assert len(token) <= 36


@given(st.sampled_from(LinkScope), st.integers(0, 2**62), st.integers(0, 2**62), st.integers(0, 400))
def test_every_number_comes_back(scope: LinkScope, batch: int, push: int, days: int) -> None:
    links = AnswerLinks(KEY, days=days)
    target = links.read(links.token(scope, batch, push, now=NOW), now=NOW)
    assert (target.scope, target.batch_id, target.push_id) == (scope, batch, push)


def test_a_link_works_through_its_last_day_in_shanghai_and_not_a_minute_longer() -> None:
    token = LINKS.token(LinkScope.PUSH, 8, 71, now=NOW)
    last_minute = datetime(2026, 3, 16, 15, 59, tzinfo=UTC)
    assert LINKS.read(token, now=last_minute).push_id == 71
    with pytest.raises(NotFound):
        LINKS.read(token, now=last_minute + timedelta(minutes=1))


def test_every_changed_character_kills_the_link() -> None:
    token = LINKS.token(LinkScope.PUSH, 8, 71, now=NOW)
    for position in range(len(token)):
        for other in "aZ9-_.":
            if other == token[position]:
                continue
            forged = token[:position] + other + token[position + 1 :]
            with pytest.raises(NotFound):
                LINKS.read(forged, now=NOW)
        with pytest.raises(NotFound):
            LINKS.read(token[:position], now=NOW)


def test_the_token_of_another_batch_or_push_cannot_be_pieced_together() -> None:
    one = LINKS.token(LinkScope.PUSH, 8, 71, now=NOW)
    other = LINKS.token(LinkScope.PUSH, 9, 71, now=NOW)
    body, signature = one.rpartition(".")[0], other.rpartition(".")[2]
    with pytest.raises(NotFound):
        LINKS.read(f"{body}.{signature}", now=NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "p8-1z-1", "x" * 5_000, "请", "p8-1z-1.", "\x00", "p8-1z-1.AAAAAAAAAAAAAAAA"]
)
def test_every_dead_link_says_the_same(token: str) -> None:
    expired = LINKS.token(LinkScope.PUSH, 8, 71, now=NOW - timedelta(days=60))
    said = set()
    for dead in (token, expired):
        with pytest.raises(NotFound) as refused:
            LINKS.read(dead, now=NOW)
        said.add((refused.value.message, refused.value.detail))
    assert said == {(DEAD_LINK, "")}


def test_the_key_is_of_this_purpose_alone(tmp_path: Path) -> None:
    ring = Keyring.create(tmp_path / "keys.json")
    key = ring.derived_key(KEY_PURPOSE)
    assert len(key) == 32
    assert key == Keyring.load(tmp_path / "keys.json").derived_key(KEY_PURPOSE)
    assert key != ring.derived_key("something else")
    token = AnswerLinks(key).token(LinkScope.PUSH, 8, 71, now=NOW)
    with pytest.raises(NotFound):
        AnswerLinks(ring.derived_key("something else")).read(token, now=NOW)
    ring.add_key()
    assert AnswerLinks(ring.derived_key(KEY_PURPOSE)).read(token, now=NOW).push_id == 71


@pytest.mark.parametrize(
    "base", ["http://jy.heting.example", "ftp://x", "jy.heting.example", "https://", "https://x/?a=1"]
)
def test_an_address_that_is_not_https_makes_no_links(base: str) -> None:
    with pytest.raises(InvalidInput):
        AnswerLinks(KEY, base)


def test_without_an_address_there_are_no_links_and_loopback_is_allowed() -> None:
    assert AnswerLinks(KEY).url("t") == ""
    assert AnswerLinks(KEY, "http://127.0.0.1:8000").url("t") == "http://127.0.0.1:8000/a/t"


def test_a_qr_code_is_one_plain_svg() -> None:
    svg = qr_svg(LINKS.url(LINKS.token(LinkScope.MESSAGE, 8, 71, now=NOW)))
    assert svg.startswith("<svg ")
    assert "xmlns" in svg
    assert "<script" not in svg
