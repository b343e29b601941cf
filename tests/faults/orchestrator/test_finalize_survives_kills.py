import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from astra.orchestrator.sessions.finalizing.values import NEXT

SCRIPT = Path(__file__).with_name("dying_process.py")
INSTANTS = [(step, moment) for step in NEXT for moment in ("before", "after")]


@pytest.fixture
def environment(postgres_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "ASTRA_DATA": str(tmp_path / "data"),
        "ASTRA_DATABASE_URL": postgres_url,
        "ASTRA_REDIS_URL": redis_url,
        "ASTRA_MODEL": "demo",
        "ASTRA_FINALIZE_LEASE_S": "0.5",
        "ASTRA_RECONCILE_S": "0.1",
    }


def run(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_killed_before_and_after_every_step_there_is_exactly_one_acta(
    environment: dict[str, str], postgres_conninfo: str, tmp_path: Path
) -> None:
    session = tmp_path / "session"
    for step, moment in INSTANTS:
        process = run(environment, session, step.value, moment)
        assert process.returncode == -signal.SIGKILL, (step, moment, process.stderr[-2000:])
    survivor = run(environment, session, "live")
    assert survivor.returncode == 0, survivor.stderr[-2000:]
    result = json.loads(survivor.stdout.splitlines()[-1])
    assert (result["step"], result["error"]) == ("DONE", "")
    assert (result["log_index"], result["actas_in_custody"]) == (0, 1)
    with psycopg.connect(postgres_conninfo) as connection:
        assert connection.execute("SELECT count(*) FROM guard_log_leaves").fetchone() == (1,)
