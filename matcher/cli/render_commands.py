"""`matcher render`: one posting for a display, a board, a group, a phone or a livestream (多渠道展示)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.screen import errors
from matcher.config import Config
from matcher.errors import InvalidInput

FORMS = "led 电子屏 / notice 公告栏A4 / wechat 微信文字 / sms 短信 / card 直播卡片"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("render")(render)


def render(
    postings: Annotated[list[str], typer.Argument(help="岗位编号；公告栏可以一次给多个")],
    form: Annotated[str, typer.Option("--as", help=FORMS)] = "wechat",
    large: Annotated[bool, typer.Option("--large", help="公告栏用大字，一页一个岗位，三米外能看清")] = False,
    out: Annotated[Path | None, typer.Option(help="公告栏 PDF 写到哪里，例如 公告.pdf")] = None,
) -> None:
    """把岗位做成电子屏、公告栏、微信、短信或直播卡片；当下不能对外的岗位会说明原因，不输出。"""
    from matcher.delivery.renderings import RenderingForm
    from matcher.regions.loading import load_pack
    from matcher.services.installation import open_database
    from matcher.services.renderings import render_posting, sign_of

    wanted = RenderingForm.read(form, field="--as")
    config = Config.from_environment()
    sign = sign_of(load_pack(config.region, config.home))
    if wanted is RenderingForm.NOTICE:
        _print_notices(config, postings, large=large, out=out)
        return
    if large or out is not None:
        raise InvalidInput("--large 和 --out 只用于公告栏（--as notice）")
    database = open_database(config)
    try:
        for place, posting_id in enumerate(postings):
            made = render_posting(database, sign, posting_id, wanted)
            if made.card:
                print(json.dumps(made.card, ensure_ascii=False))
                continue
            if place and wanted is RenderingForm.WECHAT:
                print()
            print("\n".join(made.lines) or made.text)
    finally:
        database.close()


def _print_notices(config: Config, postings: list[str], *, large: bool, out: Path | None) -> None:
    from matcher.regions.loading import load_pack
    from matcher.services.installation import open_database
    from matcher.services.renderings import print_notices, sign_of
    from matcher.services.whole_files import existing_folder_of, whole_bytes

    if out is None:
        raise InvalidInput("公告栏要写成 PDF 文件，请加 --out 公告.pdf")
    existing_folder_of(out)
    database = open_database(config)
    try:
        sign = sign_of(load_pack(config.region, config.home))
        sheets = print_notices(database, sign, postings, large=large, font_folder=config.font_folder)
    finally:
        database.close()
    whole_bytes(out, sheets.pdf)
    for posting_id, line in sheets.left_out.items():
        errors.print(f"[yellow]没有印[/] {posting_id}：{line.text}", highlight=False)
    errors.print(f"公告 {len(sheets.posting_ids)} 个岗位 → {out}", highlight=False)
