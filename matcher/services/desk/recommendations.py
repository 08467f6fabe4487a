"""What to offer one person: matches as they may be shown now, with all that a caseworker weighs (推荐).

Beside the reasons and gaps of the match: how many people the posting was pushed to already, how its employer has
answered and kept people, and the caseworker's own pins. What a caseworker ruled out is listed apart, to be taken
back; what was pushed lately or is crowded stays visible and cannot be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from matcher.domain.match import Line, Match
from matcher.domain.posting import Posting
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.answers import MatchAnswer, PostingCard, jobs_for_worker
from matcher.services.care.employer_record import EmployerRecord, EmployerRecords
from matcher.services.desk.hand_batch import Chosen, under_way
from matcher.services.output_gate import cleared
from matcher.services.runtime import Runtime
from matcher.services.sending.push_terms import PushTerms
from matcher.store.repositories.overrides import Override, OverrideKind, OverrideRepository
from matcher.store.repositories.pushes import PlacesFacts, PushRepository
from matcher.store.session import StoreSession

SHOWN = 12
_LOOKED_AT = 40  # so that what is ruled out or pushed lately does not empty the page
PRESELECTED = 2


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One posting for one person, as the caseworker sees it.

    open_pushes of allowed: people it is pushed to and not settled, of those it may be. record: None where the
    employer is not registered. barred: why it cannot be chosen, "" when it can. picked: chosen beforehand.
    """

    card: PostingCard
    score: float
    reasons: tuple[Line, ...]
    gaps: tuple[Line, ...]
    open_pushes: int
    allowed: int
    record: EmployerRecord | None
    pin: Override | None = None
    barred: str = ""
    picked: bool = False

    @property
    def crowding(self) -> str:
        """已推 14/20."""
        return f"已推 {self.open_pushes}/{self.allowed}"

    def chosen(self) -> Chosen:
        """As it is handed to a push by hand."""
        return Chosen(self.card.posting_id, self.score, self.reasons, self.gaps)


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The recommendations of one person. banned: (card, the word against it), still to be shown today."""

    items: tuple[Recommendation, ...]
    banned: tuple[tuple[PostingCard, Override], ...]
    unlocks: tuple[Line, ...]
    widened: tuple[Line, ...]
    eligible: int


def recommendations(runtime: Runtime, terms: PushTerms, sight: Sight, worker_id: str) -> Recommendations:
    """Recommendations for a person in sight. Raises NotFound for others, and without consent to matching."""
    with runtime.database.reading() as session:
        require_worker(session, sight, worker_id)
    answer = jobs_for_worker(runtime, worker_id, top=_LOOKED_AT)
    with runtime.database.reading() as session:
        return _weighed(session, terms, worker_id, answer)


def chosen_of(found: Recommendations, posting_ids: Sequence[str]) -> list[Chosen]:
    """What was picked, in the order of picking, with what the match says of it where it says anything."""
    known = {one.card.posting_id: one.chosen() for one in found.items}
    return [known.get(one) or Chosen(one) for one in dict.fromkeys(posting_ids)]


def _weighed(
    session: StoreSession, terms: PushTerms, worker_id: str, answer: MatchAnswer
) -> Recommendations:
    words = OverrideRepository(session).of(worker_id)
    pinned = [one for one, word in words.items() if word.kind is OverrideKind.PIN]
    matches = {match.posting_id: match for match in answer.matches}
    live = cleared(session, [*matches, *words])
    pushes, ids = PushRepository(session), list(live)
    lately = pushes.sent_since(worker_id, session.now() - timedelta(days=terms.repeat_days))
    against = dict.fromkeys(lately, f"{terms.repeat_days} 天内推过")
    against |= dict.fromkeys(under_way(session, worker_id, ids), "已推，等结果")
    facts, busy = pushes.places(ids), pushes.open_counts(ids)
    employers = [one.employer_id for one in live.values() if one.employer_id]
    records = EmployerRecords(session).get_many(employers)
    wanted = [one for one in [*pinned, *matches] if one in live]
    items = [
        _item(live[one], matches.get(one), facts[one], busy.get(one, 0), terms, records, words.get(one), against)
        for one in dict.fromkeys(wanted)
        if one not in words or words[one].kind is OverrideKind.PIN
    ]
    banned = [(PostingCard.of(live[one]), word) for one, word in words.items() if _rules_out(word) and one in live]
    return Recommendations(
        _picked(items[:SHOWN]), tuple(banned), answer.unlocks, answer.widened, answer.eligible
    )


def _item(
    posting: Posting,
    match: Match | None,
    facts: PlacesFacts,
    busy: int,
    terms: PushTerms,
    records: Mapping[str, EmployerRecord],
    word: Override | None,
    against: Mapping[str, str],
) -> Recommendation:
    allowed = terms.pushes_allowed(facts)
    return Recommendation(
        card=PostingCard.of(posting),
        score=match.score if match else 0.0,
        reasons=match.reasons if match else (),
        gaps=match.gaps if match else (),
        open_pushes=busy,
        allowed=allowed,
        record=records.get(posting.employer_id or ""),
        pin=word,
        barred=against.get(posting.posting_id) or ("名额已推满" if busy >= allowed else ""),
    )


def _picked(items: Sequence[Recommendation]) -> tuple[Recommendation, ...]:
    """The first two that can be chosen, of two employers, are chosen beforehand."""
    taken: set[str] = set()
    marked = []
    for one in items:
        free = not one.barred and len(taken) < PRESELECTED and one.card.employer not in taken
        taken |= {one.card.employer} if free else set()
        marked.append(replace(one, picked=True) if free else one)
    return tuple(marked)


def _rules_out(word: Override) -> bool:
    return word.kind is OverrideKind.BAN

