"""The one table of who may open which page, and whose things it shows (权限表).

INVARIANTS
- A page that is not in the table is refused to everybody; `api.accounts.admission` enforces it on every route.
- A parameter named in `PARAMETERS` is checked against the sight of the person before the page runs; the answer for a
  thing of somebody else is the answer for a thing that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.service_terms import Role
from matcher.services.accounts.staff import Step


class ObjectScope(StrEnum):
    """Whose thing a page is about; the parameters of its path say which one."""

    NONE = "none"
    WORKER = "worker"
    EMPLOYER = "employer"
    REGION = "region"
    EVENT = "event"
    BATCH = "batch"
    HOUSEHOLD = "household"


PARAMETERS = {
    ObjectScope.WORKER: ("worker_id",),
    ObjectScope.EMPLOYER: ("employer_id", "posting_id"),
    ObjectScope.REGION: ("region_code",),
    ObjectScope.EVENT: ("event_id",),
    ObjectScope.BATCH: ("batch_id",),
    ObjectScope.HOUSEHOLD: ("household_id",),
}
"""Names of path parameters that say which thing. A posting belongs to its employer; only the role 用人单位 is held
to its own, staff see all postings."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a page. roles: None = anybody, signed in or not. step: where in signing in the page stands."""

    roles: frozenset[Role] | None
    scope: ObjectScope = ObjectScope.NONE
    step: Step = Step.DONE


def _for(*roles: Role, scope: ObjectScope = ObjectScope.NONE) -> Access:
    return Access(frozenset(roles), scope)


KIOSK, HOST, CASEWORKER = Role.KIOSK_DEVICE, Role.HOST, Role.CASEWORKER
ORGANISER, MANAGER, EMPLOYER, ADMIN = Role.ORGANISER, Role.MANAGER, Role.EMPLOYER, Role.ADMIN
PEOPLE = frozenset(Role) - {Role.KIOSK_DEVICE, Role.INTEGRATOR}

ANYBODY = Access(None)
SIGNED_IN = Access(frozenset(PEOPLE))
ADMINISTRATION = _for(ADMIN)
STUDIO = _for(HOST, ORGANISER, MANAGER)
SHOW = _for(HOST, ORGANISER, MANAGER, scope=ObjectScope.EVENT)

ACCESS: dict[tuple[str, str], Access] = {
    # signing in
    ("GET", "/"): ANYBODY,
    ("GET", "/sign-in"): ANYBODY,
    ("POST", "/sign-in"): ANYBODY,
    ("GET", "/sign-in/device"): ANYBODY,
    ("POST", "/sign-in/device"): ANYBODY,
    ("GET", "/sign-in/enrol"): Access(frozenset(PEOPLE), step=Step.ENROL),
    ("POST", "/sign-in/enrol"): Access(frozenset(PEOPLE), step=Step.ENROL),
    ("GET", "/sign-in/code"): Access(frozenset(PEOPLE), step=Step.SECOND_FACTOR),
    ("POST", "/sign-in/code"): Access(frozenset(PEOPLE), step=Step.SECOND_FACTOR),
    ("GET", "/sign-in/new-password"): Access(frozenset(PEOPLE), step=Step.NEW_PASSWORD),
    ("POST", "/sign-in/new-password"): Access(frozenset(PEOPLE), step=Step.NEW_PASSWORD),
    ("POST", "/sign-out"): ANYBODY,
    ("POST", "/sign-out/everywhere"): SIGNED_IN,
    ("GET", "/account"): SIGNED_IN,
    ("POST", "/account/password"): SIGNED_IN,
    # accounts, kiosks, the log
    ("GET", "/admin"): ADMINISTRATION,
    ("POST", "/admin/accounts"): ADMINISTRATION,
    ("GET", "/admin/accounts/{login}"): ADMINISTRATION,
    ("POST", "/admin/accounts/{login}/disable"): ADMINISTRATION,
    ("POST", "/admin/accounts/{login}/enable"): ADMINISTRATION,
    ("POST", "/admin/accounts/{login}/unlock"): ADMINISTRATION,
    ("POST", "/admin/accounts/{login}/reset"): ADMINISTRATION,
    ("POST", "/admin/accounts/{login}/caseload"): ADMINISTRATION,
    ("GET", "/admin/devices"): ADMINISTRATION,
    ("POST", "/admin/devices"): ADMINISTRATION,
    ("POST", "/admin/devices/{login}/code"): ADMINISTRATION,
    ("POST", "/admin/devices/{login}/revoke"): ADMINISTRATION,
    ("GET", "/admin/audit"): ADMINISTRATION,
    ("POST", "/admin/audit/verify"): ADMINISTRATION,
    # the caseworker's desk
    ("GET", "/desk"): _for(CASEWORKER),
    ("GET", "/desk/people"): _for(CASEWORKER),
    ("POST", "/desk/people"): _for(CASEWORKER),
    ("GET", "/desk/people/{worker_id}"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/reveal"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/categories"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/welfare"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/entries"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/overrides"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/agree-contact"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/stop-contact"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/call"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/push/preview"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/push"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/pushes/{push_id}/objection"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("POST", "/desk/people/{worker_id}/pushes/{push_id}/correction"): _for(CASEWORKER, scope=ObjectScope.WORKER),
    ("GET", "/desk/letters/{batch_id}"): _for(CASEWORKER, MANAGER, scope=ObjectScope.BATCH),
    ("GET", "/desk/batches"): _for(CASEWORKER, MANAGER),
    ("POST", "/desk/batches"): _for(CASEWORKER, MANAGER),
    ("GET", "/desk/batches/{batch_id}"): _for(CASEWORKER, MANAGER, scope=ObjectScope.BATCH),
    ("GET", "/desk/batches/{batch_id}/status"): _for(CASEWORKER, MANAGER, scope=ObjectScope.BATCH),
    ("GET", "/desk/batches/{batch_id}/workbook"): _for(CASEWORKER, MANAGER, scope=ObjectScope.BATCH),
    ("POST", "/desk/batches/{batch_id}/approve"): _for(MANAGER, scope=ObjectScope.BATCH),
    ("POST", "/desk/batches/{batch_id}/cancel"): _for(CASEWORKER, MANAGER, scope=ObjectScope.BATCH),
    ("POST", "/desk/batches/{batch_id}/stop"): _for(CASEWORKER, MANAGER, scope=ObjectScope.BATCH),
    ("POST", "/desk/batches/{batch_id}/send"): _for(CASEWORKER, MANAGER, scope=ObjectScope.BATCH),
    ("GET", "/desk/jobs/{job_id}"): _for(CASEWORKER, MANAGER),
    ("GET", "/desk/imports"): _for(CASEWORKER),
    ("POST", "/desk/imports"): _for(CASEWORKER),
    ("GET", "/desk/imports/{job_id}"): _for(CASEWORKER),
    ("POST", "/desk/imports/{job_id}"): _for(CASEWORKER),
    ("GET", "/desk/imports/{job_id}/workbook"): _for(CASEWORKER),
    ("GET", "/desk/households"): _for(CASEWORKER),
    ("GET", "/desk/households/{household_id}"): _for(CASEWORKER, scope=ObjectScope.HOUSEHOLD),
    ("POST", "/desk/households/{household_id}/verify"): _for(CASEWORKER, scope=ObjectScope.HOUSEHOLD),
    ("POST", "/desk/households/{household_id}/target"): _for(CASEWORKER, scope=ObjectScope.HOUSEHOLD),
    # livestreams: no page of these shows anything of a person but the last four digits of a lead
    ("GET", "/live"): STUDIO,
    ("POST", "/live"): STUDIO,
    ("GET", "/live/{event_id}"): SHOW,
    ("GET", "/live/{event_id}/board"): SHOW,
    ("GET", "/live/{event_id}/signals"): SHOW,
    ("POST", "/live/{event_id}/state"): SHOW,
    ("POST", "/live/{event_id}/lineup"): SHOW,
    ("POST", "/live/{event_id}/callers"): SHOW,
    ("POST", "/live/{event_id}/answer"): SHOW,
    ("POST", "/live/{event_id}/overlay-link"): SHOW,
    ("POST", "/live/{event_id}/air"): SHOW,
    ("POST", "/live/{event_id}/off"): SHOW,
    ("POST", "/live/{event_id}/move"): SHOW,
    ("POST", "/live/{event_id}/items"): SHOW,
    ("POST", "/live/{event_id}/leads"): SHOW,
    ("GET", "/live/{event_id}/prompter"): SHOW,
    ("GET", "/live/{event_id}/prompter/card"): SHOW,
    ("GET", "/live/{event_id}/funnel"): SHOW,
    # leads of livestreams, called back off the air; the service holds a caller to their own
    ("GET", "/desk/leads"): _for(CASEWORKER),
    ("POST", "/desk/leads/{lead_id}/claim"): _for(CASEWORKER),
    ("POST", "/desk/leads/{lead_id}/reveal"): _for(CASEWORKER),
    ("POST", "/desk/leads/{lead_id}/result"): _for(CASEWORKER),
    # the kiosk
    ("GET", "/kiosk"): _for(KIOSK),
    ("GET", "/kiosk/board"): _for(KIOSK),
    ("GET", "/kiosk/offline"): _for(KIOSK),
    ("GET", "/kiosk/worker.js"): _for(KIOSK),
    ("POST", "/kiosk/aim"): _for(KIOSK),
    ("POST", "/kiosk/trade"): _for(KIOSK),
    ("POST", "/kiosk/reach"): _for(KIOSK),
    ("POST", "/kiosk/words"): _for(KIOSK),
    ("POST", "/kiosk/all"): _for(KIOSK),
    ("POST", "/kiosk/for-me"): _for(KIOSK),
    ("POST", "/kiosk/more"): _for(KIOSK),
    ("POST", "/kiosk/another"): _for(KIOSK),
    ("POST", "/kiosk/back"): _for(KIOSK),
    ("POST", "/kiosk/slip"): _for(KIOSK),
    ("POST", "/kiosk/phone"): _for(KIOSK),
    ("POST", "/kiosk/phone/leave"): _for(KIOSK),
    ("POST", "/kiosk/window"): _for(KIOSK),
    ("POST", "/kiosk/code"): _for(KIOSK),
    ("POST", "/kiosk/beat"): _for(KIOSK),
    ("POST", "/kiosk/end"): _for(KIOSK),
    # the head of the office
    ("GET", "/manage"): _for(MANAGER),
    ("GET", "/manage/rows/{figure}"): _for(MANAGER),
    ("POST", "/manage/rows/{figure}/export"): _for(MANAGER),
    ("GET", "/manage/report"): _for(MANAGER),
    ("GET", "/manage/report/rows/{number}"): _for(MANAGER),
    ("POST", "/manage/report/file"): _for(MANAGER),
    ("GET", "/manage/review"): _for(MANAGER),
    ("POST", "/manage/review/{posting_id}/accept"): _for(MANAGER),
    ("POST", "/manage/review/{posting_id}/return"): _for(MANAGER),
    ("GET", "/manage/settings"): _for(MANAGER, ADMIN),
    ("POST", "/manage/settings"): _for(MANAGER, ADMIN),
    # fairs
    ("GET", "/fair"): _for(ORGANISER, MANAGER),
    ("POST", "/fair"): _for(ORGANISER),
    ("GET", "/fair/new"): _for(ORGANISER),
    ("GET", "/fair/suggestions"): _for(ORGANISER),
    ("POST", "/fair/merge"): _for(ORGANISER),
    ("GET", "/fair/{event_id}"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/booths"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/cancel"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/release"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/close"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/timetable"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/plan"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/decisions"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/invitations"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/invitations"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/invitations/reply"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/invitations/file"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/desk"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/desk"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/desk/person"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/desk/visitor"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/desk/find"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/desk/offer"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/desk/walk-in"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/desk/register"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/booths/{booth_id}"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/booths/{booth_id}"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/print"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/print/{kind}"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/wall"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/wall/board"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/report"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("GET", "/fair/{event_id}/carry"): _for(ORGANISER, MANAGER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/carry"): _for(ORGANISER, scope=ObjectScope.EVENT),
    ("POST", "/fair/{event_id}/conflicts/{conflict_id}"): _for(ORGANISER, scope=ObjectScope.EVENT),
    # employers
    ("GET", "/employer"): _for(EMPLOYER),
    ("GET", "/employer/new"): _for(EMPLOYER),
    ("POST", "/employer/new"): _for(EMPLOYER),
    ("POST", "/employer/new/rewrite"): _for(EMPLOYER),
    ("POST", "/employer/new/submit"): _for(EMPLOYER),
    ("GET", "/employer/postings/{posting_id}"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("GET", "/employer/postings/{posting_id}/edit"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("POST", "/employer/postings/{posting_id}/edit"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("POST", "/employer/postings/{posting_id}/renew"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("POST", "/employer/postings/{posting_id}/filled"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("POST", "/employer/postings/{posting_id}/withdraw"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("POST", "/employer/postings/{posting_id}/invite"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("POST", "/employer/postings/{posting_id}/people/{push_id}/contact"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
    ("POST", "/employer/postings/{posting_id}/people/{push_id}/answer"): _for(EMPLOYER, scope=ObjectScope.EMPLOYER),
}
"""(method, path template) → who. HEAD goes by GET."""


PUBLIC_PAGES = frozenset(
    {
        ("GET", "/a/{token}"),
        ("POST", "/a/{token}"),
        ("GET", "/j/{token}"),
        ("GET", "/l/{token}"),
        ("POST", "/l/{token}"),
        ("GET", "/live/{event_id}/overlay"),
        ("GET", "/live/{event_id}/overlay/card"),
        ("GET", "/live/{event_id}/overlay/signals"),
    }
)
"""Pages behind a signed link, for people without an account; they check their token themselves."""


def access_of(method: str, template: str) -> Access | None:
    """The row of a route; None = refused to everybody."""
    return ACCESS.get(("GET" if method == "HEAD" else method, template))
