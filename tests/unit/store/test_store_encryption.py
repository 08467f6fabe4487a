"""Personal data at rest: sealed, bound to its column, rotated, classified."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from store_samples import ADDRESS, ID_NUMBER, NAME, PHONE, posting_row, worker_entry

from matcher.domain.masking import mask_address, mask_id_number, mask_name, mask_phone
from matcher.errors import Conflict, InvalidInput, Unavailable
from matcher.store.database import Database
from matcher.store.encryption import EncryptedText, KeyedHash, seal, unseal
from matcher.store.identity import Identity, Phone
from matcher.store.keyring import Keyring
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.rotation import encrypted_columns, keys_in_use, rotate
from matcher.store.tables import Base, Privacy

SNAPSHOT = Path(__file__).parent / "personal_columns.txt"
PERSON_SNAPSHOT = Path(__file__).parent / "references_to_people.txt"


def _fill(database: Database, people: int = 5) -> None:
    with database.writing("importer") as session:
        entries = [worker_entry(n, identity=_person(n)) for n in range(people)]
        WorkerRepository(session).upsert(entries)
        PostingRepository(session).upsert([posting_row(1, contact_name=NAME, contact_phone=PHONE)])


def _person(number: int) -> Identity:
    return Identity(
        name=NAME, id_number=ID_NUMBER, phones=(Phone(f"1380000{number:04}"),), address=ADDRESS, nation="汉族"
    )


def _raw_columns() -> Iterator[tuple[str, str]]:
    for table, columns in encrypted_columns():
        yield from ((table.name, column.name) for column in columns)


def test_sealing_twice_gives_different_bytes_that_open_to_the_same(keyring: Keyring) -> None:
    first, second = seal(keyring, "t.c", "样例"), seal(keyring, "t.c", "样例")
    assert first != second
    assert unseal(keyring, "t.c", first) == unseal(keyring, "t.c", second) == "样例"


def test_every_altered_byte_is_noticed(keyring: Keyring) -> None:
    blob = seal(keyring, "t.c", "样例甲")
    for position in range(len(blob)):
        altered = bytearray(blob)
        altered[position] ^= 1
        with pytest.raises((InvalidInput, Unavailable)):
            unseal(keyring, "t.c", bytes(altered))
    for length in range(len(blob)):
        with pytest.raises((InvalidInput, Unavailable)):
            unseal(keyring, "t.c", blob[:length])


def test_a_value_moved_to_another_column_does_not_open(database: Database) -> None:
    _fill(database)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE worker_identities SET address = name"))
    with pytest.raises(InvalidInput, match="放错了列"), database.reading() as session:
        WorkerRepository(session).masked_identity("w1")


def test_a_tampered_value_is_an_error_and_never_text(database: Database) -> None:
    _fill(database)
    with database.engine.begin() as connection:
        blob = connection.execute(
            text("SELECT name FROM worker_identities WHERE worker_id = 'w1'")
        ).scalar_one()
        blob = bytes(blob)[:-1] + bytes([bytes(blob)[-1] ^ 1])
        connection.execute(
            text("UPDATE worker_identities SET name = :blob WHERE worker_id = 'w1'"), {"blob": blob}
        )
    with pytest.raises(InvalidInput, match="改动"), database.reading() as session:
        WorkerRepository(session).masked_identity("w1")


def test_no_personal_text_is_readable_in_the_database(database: Database) -> None:
    _fill(database)
    with database.writing() as session:  # a change, so that the history holds personal data as well
        WorkerRepository(session).upsert([worker_entry(1, identity=Identity(name="样例乙"))])
    secrets = [word.encode() for word in (NAME, ID_NUMBER, "13800001234", "1380000000", ADDRESS, "会贴砖")]
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")):
                stored = b"|".join(
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
                )
                assert not [word for word in secrets if word in stored], table.name


def test_without_a_keyring_personal_data_cannot_be_read(place, database: Database) -> None:
    from matcher.store.engine import open_engine

    _fill(database)
    engine = open_engine(place.url)
    blind = Database(engine, place.keyring)
    with pytest.raises(Unavailable, match="密钥"), blind.reading() as session:
        WorkerRepository(session).masked_identity("w1")
    engine.dispose()


def test_another_keyring_opens_nothing(place, database: Database, tmp_path: Path) -> None:
    _fill(database)
    stranger = place.open(Keyring.create(tmp_path / "other.json"))
    with pytest.raises(InvalidInput), stranger.reading() as session:
        WorkerRepository(session).masked_identity("w1")


def test_rotation_rewrites_everything_and_the_old_key_can_go(place, database: Database) -> None:
    _fill(database, people=7)
    with database.reading() as session:
        before = WorkerRepository(session)._identity("w3")
    keyring = place.keyring
    keyring.add_key()
    assert keys_in_use(database.engine) == {1}
    report = rotate(database.engine, keyring, batch_rows=2)
    assert report.rows["worker_identities"] == 7
    assert keys_in_use(database.engine) == {2}
    keyring.drop_key(1)
    reopened = place.open(Keyring.load(keyring.path))
    with reopened.reading() as session:
        assert WorkerRepository(session)._identity("w3") == before
        assert WorkerRepository(session).find_by_phone("13800000003") == ["w3"]
    assert rotate(database.engine, keyring).rows == {}


def test_a_rotation_cut_short_goes_on_where_it_stopped(place, database: Database) -> None:
    _fill(database, people=6)
    place.keyring.add_key()

    def stop(_table: str, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(database.engine, place.keyring, batch_rows=2, after_batch=stop)
    assert keys_in_use(database.engine) == {1, 2}
    with database.reading() as session:  # both keys work meanwhile
        assert [WorkerRepository(session).masked_identity(f"w{n}").name for n in range(6)] == ["样*甲"] * 6
    rotate(database.engine, place.keyring, batch_rows=2)
    assert keys_in_use(database.engine) == {2}


def test_the_active_key_cannot_be_dropped(keyring: Keyring) -> None:
    with pytest.raises(Conflict):
        keyring.drop_key(keyring.active)


def test_a_missing_old_key_is_named(place, database: Database) -> None:
    _fill(database)
    place.keyring.add_key()
    place.keyring.drop_key(1)
    with pytest.raises(Unavailable, match="编号 1"):
        rotate(database.engine, place.keyring)


def test_a_plain_text_is_refused_by_a_hash_column(database: Database) -> None:
    from sqlalchemy import update

    from matcher.store.tables.people import WorkerIdentityRow

    with pytest.raises(InvalidInput, match="散列"), database.writing() as session:
        session.execute(update(WorkerIdentityRow).values(id_hash=ID_NUMBER))


def test_hashes_of_two_kinds_or_two_keyrings_differ(keyring: Keyring, tmp_path: Path) -> None:
    other = Keyring.create(tmp_path / "other.json")
    hashes = {
        keyring.lookup_hash("phone", "1"),
        keyring.lookup_hash("name", "1"),
        other.lookup_hash("phone", "1"),
    }
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (mask_name("王小明"), "王*明"),
        (mask_name("王明"), "王*"),
        (mask_name("欧阳小明"), "欧**明"),
        (mask_name("王"), "*"),
        (mask_name(None), ""),
        (mask_phone("13800001234"), "138****1234"),
        (mask_phone("0312-1234567"), "********4567"),
        (mask_phone("12345"), "*****"),
        (mask_id_number("110101199003070011"), "110***********0011"),
        (mask_id_number("1234567"), "*******"),
        (mask_address("样例县样例镇样例村12号"), "样例县样例镇样例村***"),
        (mask_address("样例街道3号楼"), "样例街道***"),
        (mask_address("3号楼2单元"), "******"),
    ],
)
def test_masks_show_the_agreed_part(shown: str, expected: str) -> None:
    assert shown == expected


def test_an_identity_does_not_show_itself_in_logs() -> None:
    shown = repr(_person(1)) + repr(Phone(PHONE)) + repr(worker_entry(1).identity)
    assert not [word for word in (NAME, ID_NUMBER, PHONE, ADDRESS, "汉族") if word in shown]


def test_every_column_states_its_privacy_class() -> None:
    allowed = {one.value for one in Privacy}
    unclassified = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.info.get("privacy") not in allowed
    ]
    assert unclassified == []


def test_every_identifying_column_is_encrypted_or_hashed() -> None:
    bare = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.info["privacy"] == Privacy.IDENTIFYING
        and not isinstance(column.type, EncryptedText | KeyedHash)
    ]
    assert bare == []


def test_columns_named_like_personal_data_are_classified_as_such() -> None:
    """A phone or ID number must not slip in as public or operational."""
    words = ("phone", "id_number", "birth", "legal_person", "contact_name", "door", "nation", "gender")
    harmless = {"workers.no_phone", "postings.gender_requirement"}
    loose = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(word in column.name for word in words)
        and column.info["privacy"] in {Privacy.PUBLIC, Privacy.OPERATIONAL}
        and f"{table.name}.{column.name}" not in harmless
    ]
    assert [one for one in loose if "destination" not in one] == []


def test_the_matching_table_of_workers_identifies_nobody() -> None:
    for name in ("workers", "worker_intents"):
        classes = {column.info["privacy"] for column in Base.metadata.tables[name].columns}
        assert classes <= {Privacy.PERSONAL, Privacy.OPERATIONAL}


def test_each_encrypted_column_is_bound_to_its_own_name() -> None:
    for table, columns in encrypted_columns():
        assert [column.type.place for column in columns] == [f"{table.name}.{c.name}" for c in columns]


def test_new_personal_columns_need_a_decision() -> None:
    """Review the new column (purpose, who sees it, how long), then add its line to the list."""
    found = sorted(
        f"{column.info['privacy']}  {table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.info["privacy"] in {Privacy.PERSONAL, Privacy.IDENTIFYING, Privacy.SENSITIVE}
    )
    _compare(SNAPSHOT, found)


def test_new_references_to_a_person_need_a_decision() -> None:
    """Whoever points at a person must be thought of when the person asks to be forgotten."""
    found = sorted(
        f"{table.name}.{key.parent.name} -> {key.target_fullname}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in {"workers", "worker_identities", "households"}
    )
    _compare(PERSON_SNAPSHOT, found)


def _compare(snapshot: Path, found: list[str]) -> None:
    if os.environ.get("REVIEWED_PRIVACY") == "yes":
        snapshot.write_text("\n".join(found) + "\n", encoding="utf-8")
    assert snapshot.read_text(encoding="utf-8").splitlines() == found
