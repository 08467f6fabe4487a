"""Everybody opens everything: each role each page, each key each route, with mistakes on purpose (全站走查)."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
import pyotp

from api.accounts.access import ACCESS, PUBLIC_PAGES
from api.accounts.cookies import PLAIN_NAME
from api.accounts.csrf import FIELD, token_for
from api.accounts.sign_in_pages import router as sign_in
from matcher.domain.service_terms import Role
from matcher.services.accounts.staff import Step
from matcher.services.demo.demo_accounts import DemoLogin
from tests.security.filled_office import KnownIds
from tests.security.header_rules import header_faults
from tests.security.leak_search import LeakSearch
from tests.security.open_office import OpenOffice

ENDS_THE_WALK = {("POST", "/sign-out"), ("POST", "/sign-out/everywhere"), ("POST", "/account/password")}
SELF_CONTAINED = "api GET /api/v1/push-batches/{batch_id}/page"
"""A report in one file, its styles in it and no script: the only answer whose policy admits inline styles."""

NUMBERED = ("event_id", "request_id", "lead_id", "batch_id")
ENDLESS = re.compile(r"signals|events|stream")
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
_KEYS = count(1)
SIGN_IN = {route.path for route in sign_in.routes if route.path.startswith("/sign-in")}


@dataclass
class Walk:
    """One walk. ids: a real thing for each parameter; known: of the interface; typed: what people type into forms."""

    office: OpenOffice
    search: LeakSearch
    ids: Mapping[str, str]
    known: KnownIds
    typed: Mapping[str, str]
    answers: Counter[int] = field(default_factory=Counter)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    nonces: set[str] = field(default_factory=set)


    def filled(self, template: str, **other: str) -> str:
        """The address of a page with things that exist."""
        event = str(self.known.of("event_id", template))
        values = {**self.ids, "event_id": event, **other}
        return _PARAMETER.sub(lambda found: quote(values.get(found[1], "0"), safe=""), template)

    def take(self, where: str, answer: httpx.Response, own: str = "") -> None:
        """Search an answer: its body against what was typed, its headers against everything; and judge the headers."""
        self.answers[answer.status_code] += 1
        self.statuses.setdefault(where, []).append(answer.status_code)
        if where != SELF_CONTAINED:
            self.faults.update((where, fault) for fault in header_faults(answer, self.nonces))
        self.search.look(where, answer.content, own=own)
        told = "\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
        self.search.look(f"header {where}", told)

    def pages(self, role: Role, client: httpx.Client, *, refused_too: bool) -> None:
        """Every page of the table that the role may open, and those that it may not."""
        token = token_for(client.cookies.get(PLAIN_NAME, ""))
        own = "\n".join(self.typed.values())
        for (method, template), access in sorted(ACCESS.items()):
            may = access.roles is None or role in access.roles
            if not (may or refused_too) or (method, template) in ENDS_THE_WALK or template in SIGN_IN:
                continue
            if ENDLESS.search(template) or access.step is not Step.DONE:
                continue
            where = f"page {role.name} {method} {template}"
            other = {"login": "nobody"} if method == "POST" else {}
            for address in (self.filled(template, **other), _PARAMETER.sub("0", template)):
                if method == "GET":
                    self.take(where, client.get(address))
                else:
                    self.take(where, client.post(address, data={**self.typed, FIELD: token}), own)
                if "{" not in template:
                    break

    def interface(self, document: Mapping[str, Any]) -> None:
        """Every route of the document, with things that exist and with bodies that cannot be read."""
        own = "\n".join(self.typed.values())
        with self.client(headers=self.office.headers) as client:
            for path, methods in sorted(document["paths"].items()):
                for method, told in sorted(methods.items()):
                    if ENDLESS.search(path):
                        continue
                    where = f"api {method.upper()} {path}"
                    ids = {**self.ids, **{name: str(self.known.of(name, path)) for name in NUMBERED}}
                    for body in _bodies(told, document, self.typed, ids):
                        headers = {"Idempotency-Key": f"walk-{next(_KEYS)}"}
                        answer = client.request(
                            method, self.filled(path, **ids), json=body, params=_query(told), headers=headers
                        )
                        self.take(where, answer, own)

    def public(self, tokens: Mapping[str, str]) -> None:
        """Pages for people without an account."""
        with self.client() as client:
            for method, template in sorted(PUBLIC_PAGES):
                if not ENDLESS.search(template):
                    address = self.filled(template, **tokens)
                    own = "\n".join(self.typed.values())
                    self.take(f"public {method} {template}", client.request(method, address, data=self.typed), own)

    def client(self, **options: Any) -> httpx.Client:
        """A browser or program that keeps its cookies and follows nothing."""
        return httpx.Client(base_url=self.office.url, timeout=120, trust_env=False, **options)

    @contextmanager
    def signed_in(self, login: DemoLogin) -> Iterator[httpx.Client]:
        """A browser in which somebody signed in through the door that the role has."""
        with self.client(headers={"Origin": self.office.url}) as client:
            if login.role is Role.KIOSK_DEVICE:
                client.post("/sign-in/device", data={"code": login.password})
            else:
                client.post("/sign-in", data={"login": login.login, "password": login.password})
            if login.totp_secret:
                token = token_for(client.cookies[PLAIN_NAME])
                code = pyotp.TOTP(login.totp_secret).at(int(time.time()))
                client.post("/sign-in/code", data={"code": code, FIELD: token})
            if client.get("/", follow_redirects=True).url.path.startswith("/sign-in"):
                raise RuntimeError(f"{login.role} could not sign in")
            yield client


def _query(told: Mapping[str, Any]) -> dict[str, str]:
    needed = (one for one in told.get("parameters", ()) if one["in"] == "query" and one.get("required"))
    return {one["name"]: {"ym": time.strftime("%Y-%m")}.get(one["name"], "0") for one in needed}


def _bodies(
    told: Mapping[str, Any], document: Mapping[str, Any], typed: Mapping[str, str], ids: Mapping[str, str]
) -> Iterator[Any]:
    """No body; or one with every field filled with what people type, one as good as may be, and a list."""
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        yield None
        return
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    fields = document["components"]["schemas"].get(name, {}).get("properties", {})
    words = list(typed.values())
    # a reason goes readable into the audit log, where an auditor reads it: it is the one field without a value
    yield {
        field: typed[field] if field == "reason" else words[number % len(words)]
        for number, field in enumerate(sorted(fields))
    }
    yield {field: _fitting(field, shape, typed, ids) for field, shape in fields.items() if field != "again"}
    yield words


def _fitting(name: str, shape: Mapping[str, Any], typed: Mapping[str, str], ids: Mapping[str, str]) -> Any:
    """A value that the field may well take."""
    kinds = [one.get("type") for one in shape.get("anyOf", [shape])]
    known = {"version": 1, "short_no": 1, "rows": [], "result": typed["note"], "said": typed["phone"]}
    if name in known:
        return known[name]
    if name in ids:
        return int(ids[name]) if "integer" in kinds else ids[name]
    if "string" in kinds:
        return typed.get(name, typed["words"])
    return {"integer": 1, "boolean": True, "number": 0.5, "array": [], None: None}.get(kinds[0])
