"""Import a file over HTTP (导入接口)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile

from api.schemas import ImportBody
from api.security import allowed
from api.state import runtime_of
from matcher.domain.service_terms import Scope
from matcher.errors import InvalidInput
from matcher.services.imports.import_file import import_file
from matcher.store.repositories.api_keys import ApiKey

router = APIRouter(prefix="/imports", tags=["导入"])
IN_PROCESS = 1  # reading in more processes would take the cores from the people waiting for answers


@router.post("", summary="导入岗位或劳动者文件")
def import_upload(
    request: Request,
    file: Annotated[UploadFile, File(description=".csv、.xlsx、.jsonl、.jsonl.gz")],
    key: Annotated[ApiKey, Depends(allowed(Scope.IMPORT))],
    source: Annotated[str, Form(max_length=100, description="来源名称")] = "",
    kind: Annotated[str, Form(pattern="^(postings|workers)?$", description="postings 或 workers")] = "",
    full: Annotated[bool, Form(description="完整名单：没出现的岗位撤回")] = False,
) -> ImportBody:
    """All of the file or nothing of it; rows that cannot be used are counted and kept for correction."""
    if key.source is not None and source != key.source:
        raise InvalidInput(f"这个密钥只能导入来源“{key.source}”")
    runtime = runtime_of(request)
    suffixes = "".join(Path(Path(file.filename or "").name).suffixes[-2:])
    with tempfile.TemporaryDirectory(dir=runtime.config.home) as folder:
        path = Path(folder) / f"upload{suffixes[-20:]}"
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        report = import_file(
            runtime.database,
            path,
            corrections_folder=runtime.config.import_folder,
            kind=kind or None,
            source=source,
            full=full,
            actor=key.name,
            processes=IN_PROCESS,
        )
    return ImportBody.of(report)
