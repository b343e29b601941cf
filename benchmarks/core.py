"""CORE on recordings of 1 and 7 hours, with the demo model: time, memory and words, beside faster-whisper.

The peer is `faster_whisper.BatchedInferencePipeline` with its voice detection, on the same file and model.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import jiwer

from support.long_recording import make_mp3, reference_text
from support.measurement import print_figure

RECOGNITION: Final = Path(__file__).with_name("support") / "recognition.py"
PEER: Final = "faster-whisper batched"
IMPORTS: Final = 5


def run(what: str, path: Path) -> dict[str, float]:
    """Return the figures of one run in a process of its own, with its word error rate."""
    done = subprocess.run(
        [sys.executable, RECOGNITION, what, path], check=True, capture_output=True, text=True
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    text = figures.pop("text")
    if what != "overhead":
        figures["wer"] = jiwer.wer(plain(reference_text(hours_of(path))), plain(text))
    return figures


def hours_of(path: Path) -> int:
    """Return the length that a recording's name tells."""
    return int(path.stem.removesuffix("h"))


def plain(text: str) -> str:
    """Return the words alone, in lower case."""
    return " ".join(re.sub(r"[^\w ]", " ", text.lower()).split())


def import_s(module: str) -> float:
    """Return how long Python takes to start and import a module."""
    command = [sys.executable, "-c", f"import {module}"]
    times = []
    for _ in range(IMPORTS):
        started = time.perf_counter()
        subprocess.run(command, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Print the figures."""
    print_figure("core.import_s", import_s("astra.core.service"), "s", "import numpy", import_s("numpy"))
    with tempfile.TemporaryDirectory() as folder:
        short, long = (make_mp3(Path(folder, f"{hours}h.mp3"), hours) for hours in (1, 7))
        ours, peer = {}, {}
        for path in (short, long):
            ours[path], peer[path] = run("ours", path), run("peer", path)
            name = f"core.wall_ratio_{path.stem}"
            print_figure(name, ours[path]["wall_s"] / peer[path]["wall_s"], "ratio", PEER, 1.0)
            print_figure(f"core.wall_s_{path.stem}", ours[path]["wall_s"], "s", PEER, peer[path]["wall_s"])
            print_figure(f"core.wer_{path.stem}", ours[path]["wer"], "ratio", PEER, peer[path]["wer"])
        print_figure("core.wer_delta", ours[long]["wer"] - peer[long]["wer"], "ratio", PEER, 0.0)
        memory = peer[long]["peak_rss_mb"]
        print_figure("core.peak_rss_7h_mb", ours[long]["peak_rss_mb"], "MB", PEER, memory)
        print_figure(
            "core.growth_1h_to_7h", ours[long]["wall_s"] / ours[short]["wall_s"] / 7, "ratio", "linear", 1
        )
        print_overhead(short, long)


def print_overhead(short: Path, long: Path) -> None:
    """Print what everything but the engine costs; in stereo too, whose decoding costs more."""
    mono = {path: run("overhead", path)["cpu_s"] for path in (short, long)}
    print_figure("core.overhead_cpu_s_7h", mono[long], "s")
    print_figure("core.overhead_growth_1h_to_7h", mono[long] / mono[short] / 7, "ratio", "linear", 1)
    stereo = make_mp3(long, 7, channels=2)
    print_figure("core.overhead_cpu_s_7h_stereo", run("overhead", stereo)["cpu_s"], "s")


if __name__ == "__main__":
    main()
