"""Where each role begins and what its bar offers (导航)."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.domain.service_terms import Role


@dataclass(frozen=True, slots=True)
class NavLink:
    """One entry of the bar."""

    href: str
    label: str


HOME = {
    Role.KIOSK_DEVICE: "/kiosk",
    Role.HOST: "/live",
    Role.CASEWORKER: "/desk",
    Role.ORGANISER: "/fair",
    Role.MANAGER: "/manage",
    Role.EMPLOYER: "/employer",
    Role.ADMIN: "/admin",
    Role.INTEGRATOR: "/account",
}

NAV: dict[Role, tuple[NavLink, ...]] = {
    Role.HOST: (NavLink("/live", "直播"),),
    Role.CASEWORKER: (
        NavLink("/desk", "今日待办"),
        NavLink("/desk/people", "人员"),
        NavLink("/desk/households", "家庭"),
        NavLink("/desk/batches", "推送批次"),
        NavLink("/desk/leads", "直播线索"),
        NavLink("/desk/imports", "导入"),
    ),
    Role.ORGANISER: (NavLink("/fair", "招聘会"), NavLink("/live", "直播")),
    Role.MANAGER: (
        NavLink("/manage", "总览"),
        NavLink("/desk/batches", "推送批次"),
        NavLink("/manage/review", "岗位审核"),
        NavLink("/live", "直播"),
        NavLink("/fair", "招聘会"),
        NavLink("/manage/report", "月报"),
        NavLink("/manage/settings", "地区设置"),
    ),
    Role.EMPLOYER: (NavLink("/employer", "我的岗位"), NavLink("/employer/new", "发布岗位")),
    Role.ADMIN: (
        NavLink("/admin", "账号"),
        NavLink("/admin/devices", "自助机"),
        NavLink("/admin/audit", "审计日志"),
        NavLink("/manage/settings", "地区设置"),
    ),
}


def nav_of(role: Role, path: str) -> tuple[tuple[NavLink, bool], ...]:
    """The entries for a role, each with whether it leads to the page at `path`: the longest fitting one does."""
    links = NAV.get(role, ())
    fitting = [link.href for link in links if path == link.href or path.startswith(f"{link.href}/")]
    here = max(fitting, key=len, default="")
    return tuple((link, link.href == here) for link in links)
