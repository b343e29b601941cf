"""The GPU benchmark on a machine without one: it proves itself and prints no figure."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
PRICES = json.loads((BENCHMARKS / "data" / "gpu_prices.json").read_text())["providers"]


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from support import gpu  # noqa: PLC0415  # found only now

    return gpu


def gpu_batch(*options: str) -> subprocess.CompletedProcess[str]:
    without_gpu = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    script = [sys.executable, BENCHMARKS / "gpu_batch.py", *options]
    return subprocess.run(script, capture_output=True, text=True, check=True, timeout=170, env=without_gpu)


def test_without_a_gpu_it_says_so_in_one_line_and_prints_no_figure() -> None:
    done = gpu_batch()
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "no CUDA device" in done.stderr


def test_a_dry_run_hears_120_words_in_every_chunk_at_the_first_try_and_prints_no_figure() -> None:
    done = gpu_batch("--dry-run", "--model", "large_v3_turbo")
    assert done.stdout == ""
    assert "14 chunks with 1680 words, 0 second tries" in done.stderr


@pytest.mark.parametrize(
    ("line", "price"),
    [
        ("NVIDIA L4, 23034", {"RunPod": 0.00019, "Modal": 0.000222}),
        ("NVIDIA L40S, 46068", {"RunPod": 0.00053, "Modal": 0.000542}),
        ("NVIDIA A100-SXM4-40GB, 40960", {"Modal": 0.000583}),
        ("NVIDIA A100-SXM4-80GB, 81920", {"RunPod": 0.00076, "Modal": 0.000694}),
        ("NVIDIA H100 80GB HBM3, 81559", {"RunPod": 0.00116, "Modal": 0.001097}),
        ("NVIDIA H200, 143771", {"RunPod": 0.00155, "Modal": 0.001261}),
        ("NVIDIA RTX A6000, 49140", {"RunPod": 0.00034}),
        ("NVIDIA RTX 6000 Ada Generation, 49140", {"RunPod": 0.00053}),
        ("NVIDIA GeForce GTX 1080, 8192", {}),
    ],
)
def test_a_price_is_that_of_the_very_card(cards: ModuleType, line: str, price: dict[str, float]) -> None:
    found = cards.prices_of(cards.read_gpu(line))
    assert {one.provider: one.usd_per_second for one in found} == price


def test_the_card_is_what_its_driver_names(
    cards: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho 'NVIDIA L4, 23034'\necho 'NVIDIA T4, 15360'\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cards.first_gpu() == cards.read_gpu("NVIDIA L4, 23034")


def test_without_a_driver_there_is_no_card(
    cards: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cards.first_gpu() is None


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        (
            "NVIDIA L4, 23034",
            {
                "gpu.w_7h_s": 80,
                "gpu.w_load_s": 5,
                "gpu.w_7h_usd_runpod": 0.0152,
                "gpu.w_7h_usd_modal": 0.0178,
            },
        ),
        ("NVIDIA GeForce GTX 1080, 8192", {"gpu.w_7h_s": 80, "gpu.w_load_s": 5}),
    ],
)
def test_dollars_are_the_seconds_at_the_price_of_the_card_they_were_measured_on(
    cards: ModuleType, capsys: pytest.CaptureFixture[str], line: str, figures: dict[str, float]
) -> None:
    import gpu_batch as script  # noqa: PLC0415  # found only now

    run = script.Run(load_s=5, total_s=80, chunks=1, tries=1, words=120)
    card = cards.read_gpu(line)
    script.print_figures("w", run, card)
    printed = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert {figure["name"]: figure["value"] for figure in printed} == figures
    assert all(figure["machine"].endswith(card.name) for figure in printed)


def test_every_price_has_a_source_and_a_date() -> None:
    for provider in PRICES:
        assert provider["source"].startswith("https://")
        assert provider["date_read"]
        assert all(0 < row["usd_per_second"] < 0.01 for row in provider["prices"])
