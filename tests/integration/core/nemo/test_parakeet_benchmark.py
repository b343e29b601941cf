"""The GPU benchmark's Parakeet, reduced and on the processor: it proves itself and prints no figure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.nemo

GPU_BATCH = Path(__file__).parents[4] / "benchmarks" / "gpu_batch.py"


def test_a_dry_run_hears_more_words_than_are_said_at_the_first_try_and_prints_no_figure() -> None:
    script = [sys.executable, GPU_BATCH, "--dry-run", "--model", "parakeet_tdt_0_6b"]
    without_gpu = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(script, capture_output=True, text=True, check=True, timeout=170, env=without_gpu)
    assert done.stdout == ""
    assert "14 chunks with 1843 words, 0 second tries" in done.stderr
