import json
import subprocess
import sys
from pathlib import Path

import pytest

ASTRA = Path(sys.executable).with_name("astra")


@pytest.mark.s3
def test_the_demo_runs_the_same_on_an_s3_server(tmp_path: Path) -> None:
    """`ASTRA_S3_…` come from the environment that `make test-s3` makes."""
    out = tmp_path / "demo-out"
    subprocess.run([ASTRA, "demo", "--out", out], check=True, timeout=170)
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert all(report["checks"].values())
    assert "The store itself refuses" in report["audit_report"]["custody"]["promise"]
