"""Errors as people see them: one sentence and the way back (出错页面)."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.accounts.staff import SignInNeeded, Staff
from api.pages.navigation import HOME
from api.pages.rendering import staff_page
from matcher.services.accounts.staff import Step

API_PREFIX = "/api/"
SIGN_IN = "/sign-in"
STEP_PAGES = {
    Step.ENROL: "/sign-in/enrol",
    Step.SECOND_FACTOR: "/sign-in/code",
    Step.NEW_PASSWORD: "/sign-in/new-password",
}
RETRY_AFTER_S = "2"
_HEADINGS = {
    401: "请先登录",
    403: "不能打开",
    404: "没有找到",
    405: "不能这样操作",
    409: "刚刚有变动",
    413: "文件太大",
    422: "请改一改",
    429: "请稍等",
    500: "出了点问题",
    503: "系统正忙",
}


def for_people(request: Request) -> bool:
    """Whether whoever asks is a person with a browser, not a program with a key."""
    return not request.url.path.startswith(API_PREFIX)


def is_htmx(request: Request) -> bool:
    """Whether a piece of a page is asked for."""
    return request.headers.get("HX-Request") == "true"


def problem_page(request: Request, status: int, sentence: str) -> Response:
    """The page, or for htmx the piece of a page, that tells of an error."""
    staff: Staff | None = getattr(request.state, "staff", None)
    template = "problem_piece.html" if is_htmx(request) else "problem.html"
    home = HOME[staff.role] if staff else "/"
    heading = _HEADINGS.get(status, "出错了")
    answer = staff_page(request, template, status, heading=heading, sentence=sentence, code=status, home=home)
    if status in (429, 503):
        answer.headers["Retry-After"] = RETRY_AFTER_S
    return answer


def sign_in_page(request: Request, needed: SignInNeeded) -> Response:
    """To the step of signing in that is due; afterwards back to the page that was asked for."""
    if needed.step is not None:
        address = STEP_PAGES[needed.step]
    elif request.method in ("GET", "HEAD") and not is_htmx(request):
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        address = SIGN_IN if asked == "/" else f"{SIGN_IN}?next={quote(asked, safe='/')}"
    else:
        address = SIGN_IN
    if is_htmx(request):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)
