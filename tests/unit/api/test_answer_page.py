"""The public answer page over a desk that a test can look into."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import pages as pages_of
from api.headers import SecureHeaders
from api.pages.rendering import STATIC_URL, PageAssets
from api.pages.token_rate import TokenRate
from api.routers.answers import USES_PER_MINUTE, answer_router
from matcher.delivery.links import DEAD_LINK
from matcher.delivery.message import MessageItem
from matcher.delivery.offer import AnswerChoice, OfferItem, OfferView
from matcher.domain.service_terms import ResponseReason
from matcher.errors import Conflict, NotFound
from matcher.services.runtime import Runtime

JOB = MessageItem(
    7, "P-1", 1, "砌砖工", employer="禾汀样例建筑队", pay="300元/天", settlement="日结", place="城关镇"
)
OTHER = MessageItem(8, "P-2", 2, "保洁员", pay="面议", place="云集镇")


@dataclass
class FakeDesk:
    """Answers for the one token "good"; keeps what it was told."""

    offer: OfferView = field(
        default_factory=lambda: OfferView(
            (OfferItem(1, JOB), OfferItem(2, OTHER)),
            "禾汀县公共就业服务中心",
            "0300-5550123",
            date(2026, 3, 16),
        )
    )
    told: list[tuple[AnswerChoice, ResponseReason | None, int | None]] = field(default_factory=list)
    gone: bool = False

    def show_offer(self, runtime: Runtime, token: str) -> OfferView:
        if token != "good":
            raise NotFound(DEAD_LINK)
        return self.offer

    def record_answer(
        self,
        runtime: Runtime,
        token: str,
        choice: AnswerChoice,
        reason: ResponseReason | None,
        number: int | None,
    ) -> None:
        if token != "good":
            raise NotFound(DEAD_LINK)
        if self.gone:
            raise Conflict("这个岗位<已>撤下")
        self.told.append((choice, reason, number))


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def browser(desk: FakeDesk) -> TestClient:
    app = FastAPI()
    app.state.runtime = object()
    app.include_router(answer_router(desk))
    app.mount(STATIC_URL, PageAssets())
    app.add_middleware(SecureHeaders)
    return TestClient(app, follow_redirects=False)


def test_the_page_shows_both_postings_and_every_way_to_answer(browser: TestClient) -> None:
    html = browser.get("/a/good").text
    for text in (
        "砌砖工",
        "300元/天",
        "日结",
        "保洁员",
        "面议",
        "我想去",
        "不合适",
        "请联系我",
        "0300-5550123",
        "太远",
    ):
        assert text in html
    assert "不交钱" in html


def test_the_page_has_no_script_and_is_neither_kept_nor_referred_to_nor_framed(browser: TestClient) -> None:
    answer = browser.get("/a/good")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("name", ["tokens.css", "answer.css"])
def test_the_styles_are_served_and_may_be_kept(browser: TestClient, name: str) -> None:
    answer = browser.get(f"{STATIC_URL}/{name}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_posting_that_is_gone_is_told_of_without_any_detail(browser: TestClient, desk: FakeDesk) -> None:
    desk.offer = replace(desk.offer, items=(OfferItem(1, None), OfferItem(2, OTHER)))
    html = browser.get("/a/good").text
    assert "已经招满或撤下" in html
    assert "砌砖工" not in html
    assert html.count('value="interested"') == 1


def test_looking_at_the_page_records_nothing(browser: TestClient, desk: FakeDesk) -> None:
    browser.get("/a/good?choice=interested&number=1")
    browser.head("/a/good")
    assert desk.told == []


def test_an_answer_is_recorded_and_the_page_shown_again(browser: TestClient, desk: FakeDesk) -> None:
    first = browser.post("/a/good", data={"choice": "interested", "number": "1"})
    browser.post("/a/good", data={"choice": "unsuitable", "reason": "too_far", "number": "2"})
    browser.post("/a/good", data={"choice": "call_me"})
    assert first.status_code == 303
    assert first.headers["location"] == "/a/good"
    assert desk.told == [
        (AnswerChoice.INTERESTED, None, 1),
        (AnswerChoice.UNSUITABLE, ResponseReason.TOO_FAR, 2),
        (AnswerChoice.CALL_ME, None, None),
    ]


@pytest.mark.parametrize(
    "form",
    [{}, {"choice": "declined"}, {"choice": "interested", "reason": "'; drop table"}, {"choice": "x" * 5000}],
)
def test_an_answer_that_is_not_on_the_page_records_nothing(
    browser: TestClient, desk: FakeDesk, form: dict[str, str]
) -> None:
    assert browser.post("/a/good", data=form).status_code == 303
    assert desk.told == []


@pytest.mark.parametrize("number", ["", "-1", "01", "1e1", "²", "99999999999"])
def test_a_number_that_is_not_one_digit_is_no_number(
    browser: TestClient, desk: FakeDesk, number: str
) -> None:
    browser.post("/a/good", data={"choice": "interested", "number": number})
    assert desk.told == [(AnswerChoice.INTERESTED, None, None)]


def test_an_answer_that_cannot_be_taken_is_met_by_the_page_and_the_reason(
    browser: TestClient, desk: FakeDesk
) -> None:
    desk.gone = True
    answer = browser.post("/a/good", data={"choice": "interested", "number": "1"})
    assert answer.status_code == 409
    assert "这个岗位&lt;已&gt;撤下" in answer.text
    assert "请联系我" in answer.text
    assert "撤下" not in browser.get("/a/good").text


def test_every_dead_link_gets_the_same_page_to_look_and_to_answer(browser: TestClient) -> None:
    tokens = ["forged", "p1-1-1.AAAA", "x" * 101, "%00", "a" * 3000, "请"]
    answers = [browser.get(f"/a/{token}") for token in tokens]
    answers += [browser.post(f"/a/{token}", data={"choice": "interested"}) for token in tokens]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "链接已失效" in answers[0].text
    assert "12333" in answers[0].text


def test_a_service_that_is_starting_says_so_as_a_page(browser: TestClient, desk: FakeDesk) -> None:
    browser.app.state.runtime = None  # type: ignore[attr-defined]
    browser.app.state.not_ready_because = "服务正在启动"  # type: ignore[attr-defined]
    answer = browser.get("/a/good")
    assert answer.status_code == 503
    assert "请稍后再试" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_texts_of_a_posting_are_shown_and_never_obeyed(browser: TestClient, desk: FakeDesk) -> None:
    nasty = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>{{ 7*7 }}"
    desk.offer = replace(
        desk.offer, items=(OfferItem(1, replace(JOB, title=nasty, place=nasty, bring=(nasty,))),)
    )
    html = browser.get("/a/good").text
    assert "<script" not in html
    assert "<img" not in html
    assert "{{ 7*7 }}" in html


def test_an_answered_posting_says_so_and_can_be_changed(browser: TestClient, desk: FakeDesk) -> None:
    answered = OfferItem(1, JOB, AnswerChoice.UNSUITABLE, ResponseReason.LOW_PAY)
    desk.offer = replace(desk.offer, items=(answered,), call_wanted=True)
    html = browser.get("/a/good").text
    assert "您答复了：不合适（钱少）" in html
    assert "改成：我想去" in html
    assert 'value="call_me"' not in html


def test_a_link_used_too_often_has_to_wait(browser: TestClient) -> None:
    answers = [browser.get("/a/good").status_code for _ in range(USES_PER_MINUTE + 1)]
    assert answers[:-1] == [200] * USES_PER_MINUTE
    assert answers[-1] == 429
    assert browser.get("/a/forged").status_code == 404


def test_the_rate_starts_afresh_after_a_minute_and_forgets_made_up_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.pages.token_rate.MOST_TOKENS", 3)
    now = [0.0]
    rate = TokenRate(1, seconds=lambda: now[0])
    assert rate.allows("a")
    assert not rate.allows("a")
    now[0] = 60.0
    assert rate.allows("a")
    for token in "bcde":
        rate.allows(token)
    assert len(rate._windows) == 3


TOKENS = dict(
    re.findall(
        r"--([a-z-]+):\s*([^;]+);", (Path(pages_of.__file__).parent / "static" / "tokens.css").read_text()
    )
)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "ground"), ("ink", "surface"), ("soft", "ground"), ("soft", "surface"), ("accent", "ground"),
        ("accent", "surface"), ("on-accent", "accent"), ("on-accent", "accent-deep"), ("yes", "yes-ground"),
    ],
)  # fmt: skip
def test_every_pair_of_colours_can_be_read(text: str, ground: str) -> None:
    light, dark = sorted((luminance(TOKENS[text]), luminance(TOKENS[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_type_and_targets_are_large_enough_for_older_eyes_and_fingers() -> None:
    assert "html { font-size: 18px" in (Path(pages_of.__file__).parent / "static" / "tokens.css").read_text()
    sizes = {
        name: float(value.removesuffix("rem")) * 18 for name, value in TOKENS.items() if value.endswith("rem")
    }
    assert min(size for name, size in sizes.items() if name.startswith("type-")) >= 18
    assert sizes["target"] >= 48
