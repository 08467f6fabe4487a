"""The ways out that an installation has: gateway or file for SMS, letters, call lists (外发渠道)."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path

from matcher.clock import Clock, local_date
from matcher.config import Config
from matcher.delivery.call_list import CallList
from matcher.delivery.channels import DeliveryChannel
from matcher.delivery.letters import Letters
from matcher.delivery.sms_file import SmsFile
from matcher.delivery.sms_gateway import GatewaySettings, SmsGateway
from matcher.domain.service_terms import Channel
from matcher.errors import InvalidInput, Unavailable
from matcher.services.sending.deliver_outbox import Way

_LISTS = {Channel.PHONE: "电话清单", Channel.VISIT: "上门清单"}
_GATEWAY_KEYS = {"url", "key_id", "key", "allowed_hosts"}


def push_ways(
    config: Config, clock: Clock, channels: Iterable[Channel], *, reveal: bool = False
) -> dict[Channel, Way]:
    """The ways of these channels; those that this office has none for are left out.

    reveal: call lists with names and phones in clear. Raises InvalidInput or Unavailable for a faulty gateway
    file. Files are named after their claim, so that a claim handed over twice is one file.
    """
    folder = config.push_folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ways: dict[Channel, Way] = {}
    for channel in channels:
        if channel is Channel.SMS:
            ways[channel] = _sms(config, clock, folder)
        elif channel is Channel.LETTER:
            ways[channel] = _letters(config, clock, folder)
        elif channel in _LISTS:
            ways[channel] = _call_list(folder, _LISTS[channel], reveal)
    return ways


def read_gateway(path: Path) -> GatewaySettings | None:
    """The gateway of the office's own file, None where there is none.

    The file holds url, key_id, key and allowed_hosts, and belongs to its owner alone: it is a password. Raises
    InvalidInput that names what is wrong, Unavailable when others may read it.
    """
    if not path.exists():
        return None
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Unavailable(f"短信网关配置 {path.name} 可被其他用户读取；请先执行 chmod 600")
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise InvalidInput(f"短信网关配置 {path.name} 不是 UTF-8 的 TOML，无法读出") from None
    if set(content) != _GATEWAY_KEYS or not isinstance(content["allowed_hosts"], list):
        raise InvalidInput(
            f"短信网关配置 {path.name} 应有且只有 url、key_id、key、allowed_hosts（主机名列表）四项"
        )
    return GatewaySettings(
        url=str(content["url"]),
        key_id=str(content["key_id"]),
        key=str(content["key"]).encode(),
        allowed_hosts=frozenset(map(str, content["allowed_hosts"])),
    )


def _sms(config: Config, clock: Clock, folder: Path) -> Way:
    gateway = read_gateway(config.gateway_path)
    if gateway is not None:
        return Way(lambda _: SmsGateway(gateway, clock))
    return Way(lambda claim: SmsFile(folder / f"短信-{claim}.xlsx"), by_file=True)


def _letters(config: Config, clock: Clock, folder: Path) -> Way:
    def printed(claim: int) -> DeliveryChannel:
        target = folder / f"信函-{claim}"
        target.mkdir(exist_ok=True, mode=0o700)
        return Letters(target, printed_on=local_date(clock.now()), font_folder=config.font_folder)

    return Way(printed, by_file=True)


def _call_list(folder: Path, name: str, reveal: bool) -> Way:
    return Way(
        lambda claim: CallList(folder / f"{name}-{claim}.xlsx", reveal=reveal), by_file=True, by_hand=True
    )
