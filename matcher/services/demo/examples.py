"""The people and postings that the report of the sample run shows in full (样例报告里的人和岗位)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from matcher.demo.report import MatchCard, PostingExample, WorkerExample
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.services.answers import MatchAnswer, workers_for_job
from matcher.services.runtime import Runtime

WORKER_EXAMPLES = 6
POSTING_EXAMPLES = 2
SHOWN = 3


def worker_examples(workers: Sequence[Worker], answers: Mapping[str, MatchAnswer]) -> list[WorkerExample]:
    """People of different trades with their best postings, half of them with something widened."""
    return [_worker_example(worker, answers[worker.worker_id]) for worker in _telling_workers(workers, answers)]


def posting_examples(
    runtime: Runtime, postings: Sequence[Posting], workers: Sequence[Worker]
) -> list[PostingExample]:
    """The postings with most openings and the people who fit them best."""
    return [_posting_example(runtime, posting, workers) for posting in _busiest(postings)]


def _telling_workers(workers: Sequence[Worker], answers: Mapping[str, MatchAnswer]) -> list[Worker]:
    chosen: list[Worker] = []
    trades: Counter[str] = Counter()
    for widened in (True, False):
        for worker in workers:
            trade = worker.occupations[0].code if worker.occupations else ""
            fits = bool(answers[worker.worker_id].widened) == widened and worker.text
            if fits and trade and not trades[trade] and answers[worker.worker_id].matches:
                chosen.append(worker)
                trades[trade] += 1
            if len(chosen) == (WORKER_EXAMPLES // 2 if widened else WORKER_EXAMPLES):
                break
    return chosen


def _busiest(postings: Sequence[Posting]) -> list[Posting]:
    named = [posting for posting in postings if posting.occupations and posting.employer_name]
    return sorted(named, key=lambda p: -(p.headcount or 0))[:POSTING_EXAMPLES]


def _worker_example(worker: Worker, answer: MatchAnswer) -> WorkerExample:
    facts = [occupation.name for occupation in worker.occupations[:2]]
    facts += [settlement.label for settlement in worker.settlements]
    facts += [constraint.label for constraint in worker.constraints]
    if worker.max_minutes:
        facts.append(f"{worker.max_minutes}分钟内")
    cards = []
    for match in answer.matches:
        card = answer.cards[match.posting_id]
        cards.append(
            MatchCard(
                title=card.title,
                subtitle=card.employer,
                pay=card.pay or "没写",
                place=card.place or "没写",
                score=match.score,
                reasons=[line.text for line in match.reasons],
                gaps=[line.text for line in match.gaps],
            )
        )
    return WorkerExample(
        name=f"样例 {worker.worker_id.rpartition(':')[2]}",
        sentence=worker.text,
        facts=facts,
        matches=cards,
        widened=[line.text for line in answer.widened],
    )


def _posting_example(runtime: Runtime, posting: Posting, workers: Sequence[Worker]) -> PostingExample:
    answer = workers_for_job(runtime, posting.posting_id, top=SHOWN)
    sentences = {worker.worker_id: worker.text for worker in workers}
    people = [
        MatchCard(
            title=f"样例 {match.worker_id.rpartition(':')[2]}",
            subtitle=sentences.get(match.worker_id, ""),
            pay="",
            place="",
            score=match.score,
            reasons=[line.text for line in match.reasons],
            gaps=[line.text for line in match.gaps],
        )
        for match in answer.matches
    ]
    facts = [occupation.name for occupation in posting.occupations[:1]]
    if posting.headcount:
        facts.append(f"招{posting.headcount}人")
    return PostingExample(
        title=posting.title,
        employer=posting.employer_name,
        text=posting.duties,
        facts=facts,
        candidates=people,
        widened=[line.text for line in answer.widened],
    )
