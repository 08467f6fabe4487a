"""Claim: of 1,000 planted personal values none is found outside the places of a table, wherever one looks (个人信息植入检验).

    python -m tests.security.planted_values
    python -m tests.security.planted_values --twin      a careless log; the search must then find it

The values come in by import, by the interface and by forms; then everybody opens everything, mistakes included, a
wave is sent, files are exported, commands are run. What may stand where is the table ALLOWED. Exit status 1 when
anything else was found; figures go to benchmarks/results/planted_values.json.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from api.accounts.cookies import PLAIN_NAME
from api.accounts.csrf import FIELD, token_for
from benchmarks.measure import timed, write_result
from matcher.domain.service_terms import Role, Scope
from matcher.services.access import create_key
from matcher.services.demo.demo_accounts import DemoLogin, demo_accounts
from matcher.services.installation import create_home
from matcher.store.repositories.accounts import AccountRepository
from tests.e2e.office_history import play_a_month
from tests.sample_office import config_of
from tests.security.browser_memory import after_sign_out, opened_chromium
from tests.security.faulty_service import BROKEN
from tests.security.filled_office import KnownIds, fill, ids_in_sight
from tests.security.kiosk_turn import leave_a_phone
from tests.security.leak_search import Allowed, LeakSearch
from tests.security.office_walk import Walk
from tests.security.open_office import API, OpenOffice, key_for_everything, serving
from tests.security.planted_people import Planted, Plants

CLAIM = __doc__.split("\n", 1)[0].removeprefix("Claim: ")
OF_PEOPLE = frozenset(Planted) - {Planted.CONTACT_NAME, Planted.CONTACT_PHONE}
OF_FIRMS = frozenset({Planted.CONTACT_NAME, Planted.CONTACT_PHONE})

ALLOWED = (
    Allowed(r"page CASEWORKER POST /desk/people/\{worker_id\}/reveal", OF_PEOPLE, "查看完整信息，写明理由并留痕"),
    Allowed(
        r"page CASEWORKER GET /desk/people/\{worker_id\}",
        frozenset({Planted.CARD, Planted.NOTE}),
        "本人原话和档案记录，只给负责的帮扶干部看",
    ),
    Allowed(
        r"page CASEWORKER GET /desk/imports/\{job_id\}(/workbook)?", frozenset(Planted), "读不懂的行，退给导入的人改"
    ),
    Allowed(
        r"page EMPLOYER POST /employer/postings/\{posting_id\}/people/\{push_id\}/contact",
        frozenset({Planted.NAME, Planted.PHONE}),
        "本人同意给单位看，双方都有意向",
    ),
    Allowed(r"page [A-Z]+ POST /desk/leads/\{lead_id\}/reveal", frozenset({Planted.STRANGER}), "回电要用，留痕"),
    Allowed(r"file imports/corrections-\d+\.xlsx", frozenset(Planted), "更正表：原样退给导入的人改"),
    Allowed(r"file push/短信-\d+\.xlsx", frozenset({Planted.PHONE, Planted.NAME}), "短信文件，交给发送平台"),
)
"""Who may get what. Everything that is not here must never come out."""

COMMANDS = (
    ("status",),
    ("push", "show", "1"),
    ("care", "queue", "--limit", "20"),
    ("care", "log", "{name}", "--kind", "unemployed", "--mode", "phone"),
    ("push", "list"),
    ("push", "status", "1"),
    ("care", "households"),
    ("account", "list"),
    ("audit", "verify"),
    ("review", "list"),
    ("live", "list"),
    ("live", "calls", "1"),
    ("fair", "list"),
    ("fair", "register", "1", "会做保洁", "--matching", "--phone", "{phone}"),
    ("fair", "conflicts"),
    ("instant", "list"),
    ("match", "--worker", "{worker_id}"),
    ("match", "--posting", "{posting_id}"),
    ("match", "--text", "{phone} 会贴砖"),
    ("import", "{address}"),
)
QUICK_COMMANDS = 2
MORE_PEOPLE = 8
IMPORT_S = 60.0


@dataclass(frozen=True)
class Planting:
    """The office in which everything is planted. ids: a real thing for each parameter of an address."""

    office: OpenOffice
    plants: Plants
    logins: dict[Role, DemoLogin]
    ids: dict[str, str]
    known: KnownIds
    approver: str
    more_people: Path


@contextmanager
def planted(folder: Path, *, workers: int, postings: int, twin: bool = False) -> Iterator[Planting]:
    """Start an empty office and bring the values in as an office does."""
    plants = Plants()
    files = plants.write(folder / "files", workers=workers, postings=postings)
    more = plants.write_more(folder / "more", MORE_PEOPLE)
    home = folder / "home"
    database = create_home(config_of(home))
    key = key_for_everything(database)
    approver = create_key(database, "测试批准", [Scope.PUSH], actor="test").text
    module = ("tests.security.faulty_service", *(("--twin",) if twin else ()))
    try:
        with serving(home, key, module) as office:
            _import(office, files)
            logins = {login.role: login for login in reversed(demo_accounts(database))}
            with database.reading() as session:
                employer = AccountRepository(session).named(logins[Role.EMPLOYER].login).employer_id
            play_a_month(database, employer)
            yield Planting(office, plants, logins, ids_in_sight(database, logins), fill(office), approver, more)
    finally:
        database.close()


def _import(office: OpenOffice, files: Sequence[Path]) -> None:
    with httpx.Client(base_url=f"{office.url}{API}", headers=office.headers, timeout=120) as client:
        for path in files:
            answer = client.post("/imports", files={"file": (path.name, path.read_bytes())}, data={"source": "样例"})
            answer.raise_for_status()


def typed_by_people(plants: Plants) -> dict[str, str]:
    """What is typed into forms, by field: other people's values, in every field that takes words."""
    one, two = plants.people[1], plants.people[2]
    return {
        "words": one[Planted.NAME],
        "phone": plants.strangers[0],
        "own_phone": plants.strangers[1],
        "text": f"1号 {plants.strangers[2]} 急，{two[Planted.NOTE]}",
        "note": f"本人说 {two[Planted.CARD]}，{two[Planted.NOTE]}",
        "result": f"见{two[Planted.NOTE]}",
        "message": f"招保洁1名，月薪3000元，联系{two[Planted.NAME]}{plants.strangers[3]}",
        "reason": "电话联系推荐岗位",
        "field": "phone",
        "section": "needs",
        "informant": "worker",
        "mode": "phone",
        "agreed": "yes",
        "name": "样例批次",
        "words_of_viewer": two[Planted.ADDRESS],
    }


def walk_of(planting: Planting, search: LeakSearch) -> Walk:
    """A walk that has not begun."""
    return Walk(planting.office, search, planting.ids, planting.known, typed_by_people(planting.plants))


def walk_everything(planting: Planting, search: LeakSearch, *, quick: bool) -> Walk:
    """Everybody, everything; then the log, the files on disk and the commands."""
    walk = walk_of(planting, search)
    _send_a_wave(planting, walk)
    for role, login in planting.logins.items():
        with walk.signed_in(login) as client:
            if role is Role.KIOSK_DEVICE:
                _kiosk_turn(planting, walk, client)
            if role is Role.ORGANISER:
                _register_at_the_door(planting, walk, client)
            if role is Role.CASEWORKER:
                _reveal_all_of_one(planting, walk, client)
                _import_at_desk(planting, walk, client)
            if role is Role.EMPLOYER:
                address = "/employer/postings/{posting_id}/people/{push_id}/contact"
                form = {FIELD: token_for(client.cookies[PLAIN_NAME])}
                walk.take(f"page EMPLOYER POST {address}", client.post(walk.filled(address), data=form))
            walk.pages(role, client, refused_too=not quick)
    with walk.client() as client:
        walk.interface(client.get(f"{API}/openapi.json").json())
    walk.public({"token": "nothing"})
    break_things(planting, walk)
    for words in COMMANDS[: QUICK_COMMANDS if quick else None]:
        _command(planting, walk, words)
    search_what_is_left(planting, search)
    return walk


def _send_a_wave(planting: Planting, walk: Walk) -> None:
    """Plan, approve by another, send: letters, a call list and an SMS file are written."""
    office = planting.office
    approving = {"Authorization": f"Bearer {planting.approver}"}
    with walk.client(headers=office.headers) as client:
        for path, headers, body in (
            ("push-batches", {}, {"name": "样例批次", "population": {"categories": [], "unknown_status": True}}),
            ("push-batches/3/approve", approving, {}),
            ("push-batches/3/send", {}, None),
        ):
            once = {"Idempotency-Key": f"wave-{path}"}
            answer = client.post(f"{API}/{path}", json=body, headers=headers | once)
            answer.raise_for_status()
            walk.take(f"api POST {API}/{path}", answer)


def _kiosk_turn(planting: Planting, walk: Walk, client: httpx.Client) -> None:
    """One person leaves a number at the kiosk; the next opens the machine."""
    for where, answer in leave_a_phone(client, planting.plants.strangers[4]):
        walk.take(f"page KIOSK_DEVICE {where}", answer)


def _register_at_the_door(planting: Planting, walk: Walk, client: httpx.Client) -> None:
    """Somebody without a file, then one whose phone is known: whoever types the number learns no name by it."""
    template, token = "/fair/{event_id}/desk/register", token_for(client.cookies[PLAIN_NAME])
    known, new = planting.plants.people[5], planting.plants
    for phone, name, told in (
        (new.strangers[5], new.people[0][Planted.NAME], "建档并签到了"), (known[Planted.PHONE], "", "这个手机号已有档案")
    ):  # fmt: skip
        form = {
            "words": "会做保洁，日结", "name": name, "phone": phone, "agreed": "matching", "channel": "desk", FIELD: token
        }  # fmt: skip
        answer = client.post(walk.filled(template), data=form)
        if told not in answer.text:
            raise RuntimeError(f"the door answered {answer.status_code}")
        # the name of somebody new is typed here, and yet need not be shown again
        walk.take(f"page ORGANISER POST {template}", answer, own=phone)


def _reveal_all_of_one(planting: Planting, walk: Walk, client: httpx.Client) -> None:
    """Each field of one person in clear, for a reason: it must be possible, and is the proof that values are there."""
    token = token_for(client.cookies[PLAIN_NAME])
    address = walk.filled("/desk/people/{worker_id}/reveal")
    for name in ("name", "phone", "id_number", "address"):
        answer = client.post(address, data={"field": name, "reason": "电话联系推荐岗位", FIELD: token})
        walk.take("page CASEWORKER POST /desk/people/{worker_id}/reveal", answer)


def _import_at_desk(planting: Planting, walk: Walk, client: httpx.Client) -> None:
    """A file with rows that cannot be read: the grid shows them to whoever brought them in."""
    form = {FIELD: token_for(client.cookies[PLAIN_NAME]), "kind": "workers", "source": "样例二"}
    path = planting.more_people
    answer = client.post("/desk/imports", data=form, files={"file": (path.name, path.read_bytes())})
    job = answer.headers["location"]
    until = time.monotonic() + IMPORT_S
    while time.monotonic() < until and not answer.headers.get("location", "").startswith("/desk/imports/"):
        time.sleep(0.1)
        answer = client.get(job)
        walk.take("page CASEWORKER GET /desk/jobs/{job_id}", answer)
    number = answer.headers["location"].rpartition("/")[2]
    for address in (f"/desk/imports/{number}", f"/desk/imports/{number}/workbook"):
        template = address.replace(number, "{job_id}")
        walk.take(f"page CASEWORKER GET {template}", client.get(address))


def break_a_request(planting: Planting, walk: Walk) -> None:
    """An error of the interface that nobody foresaw, with somebody's name in its words."""
    name = planting.plants.people[3][Planted.NAME]
    with walk.client(headers=planting.office.headers) as client:
        answer = client.get(f"{API}/workers/{BROKEN}{name}")
        assert answer.status_code == 500
        walk.take("error of the interface", answer)


def break_things(planting: Planting, walk: Walk) -> None:
    """The same, and one of a page."""
    name = planting.plants.people[3][Planted.NAME]
    break_a_request(planting, walk)
    with walk.signed_in(planting.logins[Role.CASEWORKER]) as client:
        form = {"words": BROKEN + name, FIELD: token_for(client.cookies[PLAIN_NAME])}
        answer = client.post("/desk/people", data=form)
        assert answer.status_code == 500
        walk.take("error of a page", answer)


def _command(planting: Planting, walk: Walk, words: Sequence[str]) -> None:
    one = planting.plants.people[4]
    given = {kind.name.lower(): value for kind, value in one.items()} | planting.ids
    done = subprocess.run(
        [sys.executable, "-m", "matcher", *(word.format(**given) for word in words)],
        env=os.environ | {"MATCHER_HOME": str(planting.office.home), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    own = " ".join(word.format(**given) for word in words)
    walk.search.look(f"command {' '.join(words)}", done.stdout + done.stderr, own=own)


def search_what_is_left(planting: Planting, search: LeakSearch) -> None:
    """The log of the process, and every file of the installation: database, index, exports."""
    search.look("log", planting.office.log.read_bytes())
    search.look_in_folder(planting.office.home)


def main() -> None:
    """Run, tell, keep the figures."""
    parser = argparse.ArgumentParser(description=CLAIM)
    parser.add_argument("--workers", type=int, default=160)
    parser.add_argument("--postings", type=int, default=60)
    parser.add_argument("--twin", action="store_true")
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        planted(Path(folder), workers=asked.workers, postings=asked.postings, twin=asked.twin) as planting,
    ):
        search = LeakSearch(planting.plants.values, ALLOWED)
        with timed(figures, "seconds"):
            walk = walk_everything(planting, search, quick=False)
            with opened_chromium() as browser:
                after_sign_out(browser, planting, search)
    figures |= {
        "values": len(planting.plants.values),
        "places": len(search.seen),
        "characters": sum(search.seen.values()),
        "answers": {str(status): count for status, count in sorted(walk.answers.items())},
        "leaks": sum(search.leaks.values()),
        "header_faults": sum(walk.faults.values()),
        "where_it_may_be": sorted({where for where, _ in search.granted}),
        "at": time.strftime("%Y-%m-%d"),
    }
    for (where, kind), count in search.leaks.most_common():
        print(f"{count:5d} {kind} {where}")
    for (where, fault), count in walk.faults.most_common():
        print(f"{count:5d} {fault} {where}")
    print({name: figures[name] for name in ("values", "places", "characters", "answers", "leaks", "header_faults")})
    if not asked.twin:
        write_result("planted_values", CLAIM, figures)
    sys.exit(1 if search.leaks or walk.faults else 0)


if __name__ == "__main__":
    main()
