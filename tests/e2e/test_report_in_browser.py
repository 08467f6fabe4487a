"""The sample report as a person sees it: rendered by a real Chromium, without a network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium(folder: Path, *arguments: str) -> str:
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("找不到 chromium；请先运行 make system-packages", pytrace=False)
    done = subprocess.run(
        [program, *CHROMIUM, f"--user-data-dir={folder / 'profile'}", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.mark.browser
def test_the_sample_report_renders_with_its_pictures(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    subprocess.run(
        [sys.executable, "-m", "matcher", "demo", "--home", str(home), "--workers", "40", "--postings", "80"],
        check=True,
        capture_output=True,
    )
    address = (home / "report.html").as_uri()
    page = chromium(tmp_path, "--dump-dom", address)
    assert "样例" in page
    assert page.count("<svg") >= 3
    assert "http://" not in page.replace("http://127.0.0.1:8000", "").replace("http://www.w3.org", "")
    picture = tmp_path / "report.png"
    chromium(tmp_path, f"--screenshot={picture}", "--window-size=1200,2400", address)
    assert picture.stat().st_size > 100_000
