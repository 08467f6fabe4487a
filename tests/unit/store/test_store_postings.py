"""Postings in the store: re-import, withdrawal, history, the live gate."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select, text
from store_samples import posting_row

from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import FindingKind, IndexedEntity, Severity
from matcher.domain.service_terms import BlacklistReason
from matcher.errors import InvalidInput, NotFound
from matcher.store.database import Database
from matcher.store.freshness import is_live
from matcher.store.posting_mapping import posting_to_row, row_to_posting
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.imports import ImportRepository
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import HistoryRow


def _upsert(database: Database, *rows: dict, job_id: int | None = None) -> list[tuple[str, str]]:
    with database.writing("importer") as session:
        outcomes = PostingRepository(session).upsert(rows, job_id=job_id)
    return [(one.entity_id, one.status.value) for one in outcomes]


def _live(database: Database) -> list[str]:
    with database.reading() as session:
        return [posting.posting_id for posting in PostingRepository(session).all_live()]


def _history(database: Database) -> list[HistoryRow]:
    with database.reading() as session:
        return list(session.scalars(select(HistoryRow).order_by(HistoryRow.id)))


def _job(database: Database) -> int:
    with database.writing("importer") as session:
        return ImportRepository(session).start(
            entity="posting", source="county", file_name="a.xlsx", file_sha256="0" * 64, full=True
        )


def test_reimport_tells_new_changed_and_unchanged_apart(database: Database) -> None:
    assert _upsert(database, posting_row(1), posting_row(2)) == [("p1", "new"), ("p2", "new")]
    again = _upsert(database, posting_row(1), posting_row(2, title="样例抹灰工"), posting_row(3))
    assert again == [("p1", "unchanged"), ("p2", "changed"), ("p3", "new")]


def test_a_posting_comes_back_as_it_was_stored(database: Database) -> None:
    row = posting_row(1)
    _upsert(database, row)
    with database.reading() as session:
        stored = PostingRepository(session).get_many(["p1", "absent"])
    expected = row_to_posting(row)
    expected.employer_id = stored["p1"].employer_id  # the store links the employer by its name
    assert stored == {"p1": expected}
    assert expected.employer_id.startswith("name-")


def test_the_same_key_twice_in_one_file_is_refused_the_second_time(database: Database) -> None:
    rows = (posting_row(1), posting_row(1, title="另一个"))
    assert _upsert(database, *rows) == [("p1", "new"), ("p1", "duplicate")]


def test_a_second_source_may_use_the_same_id_without_overwriting(database: Database) -> None:
    _upsert(database, posting_row(1))
    other = posting_row(1, source="city", title="样例保洁")
    assert _upsert(database, other) == [("city:p1", "new")]
    assert _upsert(database, other) == [("city:p1", "unchanged")]
    assert _live(database) == ["city:p1", "p1"]


def test_a_change_keeps_what_the_row_held_before(database: Database) -> None:
    _upsert(database, posting_row(1, contact_phone="138 0000 1234"))
    _upsert(database, posting_row(1, title="样例抹灰工", contact_phone="13900005678"))
    (kept,) = _history(database)
    assert (kept.table_name, kept.row_key, kept.version) == ("postings", "p1", 1)
    assert kept.content["title"] == "样例砌筑工"
    assert kept.replaced_by == "importer"
    assert kept.sealed is not None
    assert "13800001234" in kept.sealed
    assert "13800001234" not in str(kept.content)
    with database.engine.connect() as connection:
        raw = connection.execute(text("SELECT sealed, content FROM row_history")).one()
    assert b"13800001234" not in bytes(raw[0])
    with database.reading() as session:
        assert session.get_one(PostingRow, "p1").version == 2


def test_an_unchanged_row_leaves_no_history_and_no_index_change(database: Database) -> None:
    _upsert(database, posting_row(1))
    with database.reading() as session:
        before = IndexChangeRepository(session).high_water_mark()
    _upsert(database, posting_row(1))
    assert _history(database) == []
    with database.reading() as session:
        assert IndexChangeRepository(session).changes_since(before) == []


def test_being_seen_again_moves_the_verification_date_alone(database: Database, place) -> None:
    now = place.clock.at
    _upsert(database, posting_row(1, verified_at=now - timedelta(days=9)))
    assert _upsert(database, posting_row(1, verified_at=now)) == [("p1", "unchanged")]
    assert _upsert(database, posting_row(1, verified_at=now - timedelta(days=3))) == [("p1", "unchanged")]
    with database.reading() as session:
        assert session.get_one(PostingRow, "p1").verified_at == now


def test_a_silent_file_does_not_wipe_the_live_count(database: Database) -> None:
    _upsert(database, posting_row(1))
    with database.writing() as session:
        PostingRepository(session).set_headcount_left("p1", 1)
    _upsert(database, posting_row(1, title="样例抹灰工"))
    with database.reading() as session:
        assert session.get_one(PostingRow, "p1").headcount_left == 1


def test_what_a_full_file_no_longer_holds_is_withdrawn(database: Database) -> None:
    _upsert(database, posting_row(1), posting_row(2), posting_row(9, source="city"))
    job_id = _job(database)
    _upsert(database, posting_row(2), job_id=job_id)
    with database.writing() as session:
        assert PostingRepository(session).withdraw_absent("county", job_id) == ["p1"]
    assert _live(database) == ["p2", "p9"]


def test_a_posting_that_comes_back_is_live_again(database: Database) -> None:
    _upsert(database, posting_row(1), posting_row(2))
    job_id = _job(database)
    _upsert(database, posting_row(2), job_id=job_id)
    with database.writing() as session:
        PostingRepository(session).withdraw_absent("county", job_id)
    assert _upsert(database, posting_row(1)) == [("p1", "changed")]
    assert _live(database) == ["p1", "p2"]


def test_an_empty_file_withdraws_nothing(database: Database) -> None:
    _upsert(database, posting_row(1))
    job_id = _job(database)
    with pytest.raises(InvalidInput, match="没有读到"), database.writing() as session:
        PostingRepository(session).withdraw_absent("county", job_id)
    assert _live(database) == ["p1"]


def test_reimport_never_undoes_an_office_decision(database: Database) -> None:
    _upsert(database, posting_row(1))
    with database.writing("officer") as session:
        PostingRepository(session).set_states(["p1"], review_state=ReviewState.FROZEN)
    _upsert(database, posting_row(1, title="样例抹灰工"))
    assert _live(database) == []


def test_every_insert_change_and_withdrawal_is_in_the_index_log(database: Database) -> None:
    _upsert(database, posting_row(1), posting_row(2))
    _upsert(database, posting_row(1, title="样例抹灰工"), posting_row(2))
    with database.writing() as session:
        PostingRepository(session).set_states(["p2"], publish_state=PublishState.WITHDRAWN)
    with database.reading() as session:
        log = IndexChangeRepository(session)
        changes = log.changes_since(0)
        assert [(c.entity, c.entity_id) for c in changes] == [
            (IndexedEntity.POSTING, one) for one in ("p1", "p2", "p1", "p2")
        ]
        assert log.high_water_mark() == changes[-1].seq
        assert [c.entity_id for c in log.changes_since(changes[2].seq)] == ["p2"]


def test_a_rolled_back_change_is_not_in_the_index_log(database: Database) -> None:
    def store_and_fail() -> None:
        with database.writing() as session:
            PostingRepository(session).upsert([posting_row(1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store_and_fail()
    with database.reading() as session:
        assert IndexChangeRepository(session).high_water_mark() == 0


def test_the_gate_says_the_same_in_sql_and_in_python(database: Database, place) -> None:
    now = place.clock.at
    hour = timedelta(hours=1)
    rows = [
        posting_row(
            number,
            employer_name=employer,
            review_state=review,
            publish_state=publish,
            valid_from=start,
            valid_to=end,
            headcount_left=left,
            fees_fen=fees,
        )
        for number, (employer, review, publish, start, end, left, fees) in enumerate(
            product(
                ("样例好单位", "样例坏单位"),
                (ReviewState.PASSED, ReviewState.PENDING),
                (PublishState.LIVE, PublishState.PAUSED),
                (None, now - hour, now + hour),
                (None, now - hour, now, now + hour),
                (None, 0, 2),
                (None, 0, 100),
            )
        )
    ]
    _upsert(database, *rows)
    with database.writing() as session:
        postings = PostingRepository(session)
        bad = session.scalars(select(PostingRow).where(PostingRow.employer_name == "样例坏单位")).first()
        EmployerRepository(session).blacklist(
            bad.employer_id, BlacklistReason.UNPAID_WAGES, "样例〔2026〕1号"
        )
        finding = {
            "kind": FindingKind.COMPLIANCE,
            "rule_id": "sample",
            "field": "title",
            "span_start": 0,
            "span_end": 2,
        }
        for number in range(0, len(rows), 4):
            severity = Severity.BLOCK if number % 8 else Severity.HINT
            postings.set_findings(f"p{number}", [finding | {"severity": severity}])
    ids = [row["posting_id"] for row in rows]
    with database.reading() as session:
        postings = PostingRepository(session)
        in_sql = postings.live_ids(ids, now)
        in_python = {one for one, facts in postings.live_facts(ids).items() if is_live(facts, now)}
        assert in_sql == in_python == {p.posting_id for p in postings.all_live(now)}
        assert 0 < len(in_sql) < len(ids) / 4
        assert postings.counts(now).live == len(in_sql)


def test_blacklisting_an_employer_takes_its_postings_out_and_tells_the_index(database: Database) -> None:
    _upsert(database, posting_row(1), posting_row(2, employer_name="另一样例单位"))
    with database.writing() as session:
        employer = session.get_one(PostingRow, "p1").employer_id
        before = IndexChangeRepository(session).high_water_mark()
        EmployerRepository(session).blacklist(employer, BlacklistReason.FALSE_POSTING, "样例〔2026〕2号")
        changes = IndexChangeRepository(session).changes_since(before)
        assert [change.entity_id for change in changes] == ["p1"]
    assert _live(database) == ["p2"]
    with database.writing() as session:
        EmployerRepository(session).lift_blacklist(employer)
    assert _live(database) == ["p1", "p2"]


def test_a_dismissed_finding_stays_dismissed_when_rules_run_again(database: Database) -> None:
    from matcher.domain.record_terms import FindingState
    from matcher.store.tables.postings import PostingFindingRow

    _upsert(database, posting_row(1))
    found = {"kind": FindingKind.RISK, "rule_id": "r", "field": "title", "span_start": 0, "span_end": 1}
    with database.writing() as session:
        PostingRepository(session).set_findings("p1", [found | {"severity": Severity.BLOCK}])
    assert _live(database) == []
    with database.writing() as session:
        session.scalars(select(PostingFindingRow)).one().state = FindingState.DISMISSED
    with database.writing() as session:
        PostingRepository(session).set_findings("p1", [found | {"severity": Severity.BLOCK}])
    assert _live(database) == ["p1"]


def test_default_reading_masks_the_contact(database: Database) -> None:
    _upsert(
        database, posting_row(1, contact_name="样例甲", contact_phone="13800001234", door_address="3号楼")
    )
    with database.reading() as session:
        shown = PostingRepository(session).get_masked("p1")
    assert (shown["contact_name"], shown["contact_phone"]) == ("样*甲", "138****1234")
    assert "3号楼" not in str(shown)
    assert "13800001234" not in str(shown)


@pytest.mark.parametrize("title", ["带\0空字符", "半个\ud800字符"])
def test_text_that_a_database_cannot_hold_is_refused_by_row(database: Database, title: str) -> None:
    with pytest.raises(InvalidInput, match="岗位 p1"):
        _upsert(database, posting_row(1, title=title))


def test_a_backslash_that_only_looks_like_a_nul_is_stored(database: Database) -> None:
    title = "路径 \\u0000 与 \\\\u0000"
    _upsert(database, posting_row(1, title=title))
    with database.reading() as session:
        assert PostingRepository(session).get_many(["p1"])["p1"].title == title


def test_a_number_too_large_to_store_is_a_clear_error(database: Database) -> None:
    with pytest.raises(InvalidInput, match="超出"):
        _upsert(database, posting_row(1, pay_min_fen=10**30))


def test_changing_an_unknown_posting_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        PostingRepository(session).set_states(["absent"], publish_state=PublishState.LIVE)


def test_an_unknown_extra_column_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(InvalidInput, match="contact_phone"):
        posting_to_row(row_to_posting(posting_row(1)), {"gender": "x"})


def test_a_region_code_must_have_twelve_digits(database: Database) -> None:
    with pytest.raises(InvalidInput, match="12位"):
        _upsert(database, posting_row(1, region_code="130629"))
