"""The whole thread: how long the demo takes, and the command line's first answer."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.measurement import print_figure

ASTRA = Path(sys.executable).with_name("astra")
RUNS = 7


def seconds(*command: str | Path) -> float:
    """Return how long a command takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the figures; the peer of the command line is Python's own start."""
    print_figure(
        "thread.cli_help_s",
        min(seconds(ASTRA, "--help") for _ in range(RUNS)),
        "s",
        peer="python -c pass",
        peer_value=min(seconds(sys.executable, "-c", "pass") for _ in range(RUNS)),
    )
    print_figure(
        "thread.import_s", min(seconds(sys.executable, "-c", "import astra") for _ in range(RUNS)), "s"
    )
    with tempfile.TemporaryDirectory() as folder:
        print_figure("thread.demo_s", seconds(ASTRA, "demo", "--out", folder), "s")
        report = json.loads(Path(folder, "report.json").read_text("utf-8"))
    print_figure("thread.demo_wer", report["wer"], "ratio")


if __name__ == "__main__":
    main()
