"""What sending needs of an installation: terms of its region, judge, links (推送办公)."""

from __future__ import annotations

from collections.abc import Callable

from matcher.config import Config
from matcher.delivery.links import KEY_PURPOSE, AnswerLinks
from matcher.regions.loading import load_pack
from matcher.services.runtime import Runtime
from matcher.services.sending.push_judge import MatchingJudge
from matcher.services.sending.push_terms import PushOffice, PushTerms
from matcher.store.database import Database


def push_office(runtime: Runtime) -> PushOffice:
    """The office of an open installation. Raises InvalidInput for a faulty region pack or answer address."""
    return lazy_office(runtime.config, runtime.database, lambda: runtime)


def lazy_office(config: Config, database: Database, runtime: Callable[[], Runtime]) -> PushOffice:
    """As `push_office`, for a command that opens the index when it first needs a replacement."""
    pack = load_pack(config.region, config.home)
    terms = PushTerms(
        office=pack.office.name,
        office_phone=pack.office.phone,
        referral_ratio=pack.referral_ratio,
        unknown_headcount=pack.unknown_headcount,
        repeat_days=pack.repeat_days,
        contacts_per_week=pack.contacts_per_week,
        link_days=pack.link_days,
        answer_days=pack.answer_days,
    )
    key = database.keyring.derived_key(KEY_PURPOSE)
    return PushOffice(
        terms, MatchingJudge(runtime), AnswerLinks(key, config.answer_url, days=pack.link_days)
    )
