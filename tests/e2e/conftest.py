"""The command line as a person uses it, in processes of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ASTRA = Path(sys.executable).with_name("astra")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment without anything of ASTRA's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ASTRA_")}


@pytest.fixture
def astra(environment: dict[str, str], tmp_path: Path) -> Run:
    """Run a command to its end in an empty folder."""

    def run(*arguments: object, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ASTRA, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    return run
