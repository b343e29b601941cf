"""`astra acta` on a recording that ASTRA has never seen in this form."""

import csv
import io
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import av
import psutil
import pytest

from astra.samples import load_sample

ASTRA = Path(sys.executable).with_name("astra")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as a secretary's recorder would give it: an MP3 at 44.1 kHz."""
    path = tmp_path_factory.mktemp("recording") / "sesion.mp3"
    with av.open(str(load_sample().audio_path)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("mp3", rate=44_100)
        for frame in source.decode(audio=0):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


@pytest.fixture
def speakers(tmp_path: Path) -> Path:
    """Who spoke when, as a secretary writes it."""
    sample = load_sample()
    path = tmp_path / "speakers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["start", "end", "speaker", "treatment"])
        for line in sample.lines:
            person = sample.person(line.speaker)
            times = (line.start_ms / 1000, line.end_ms / 1000)
            writer.writerow([*times, person.name, person.treatment])
    return path


def document_of(acta: Path) -> str:
    with zipfile.ZipFile(io.BytesIO(acta.read_bytes())) as package:
        return package.read("word/document.xml").decode()


def servers_in(data: Path) -> list[psutil.Process]:
    """Return the servers that run for a data folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(data) in " ".join(process.info["cmdline"] or ())
    ]


def test_a_recording_becomes_a_verified_acta_and_nothing_stays_running(
    astra: Run,
    recording: Path,
    speakers: Path,
    tmp_path: Path,
    new_data_folder: Callable[[], Path],
) -> None:
    data = new_data_folder()
    made = astra(
        "acta", recording, "--model", "demo", "--speakers", speakers, "--data", data,
        "--council", "Concejo de Prueba", "--field", "ACTA_NUMERO=099", "--out", "acta.docx",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-2000:]
    assert not servers_in(data)
    text = document_of(tmp_path / "acta.docx")
    for words in ("Concejo de Prueba", "099", "Ana Zapata", "De las 09:15", "acueducto veredal"):
        assert words in text
    verified = astra("verify", "acta.docx", "--proof", "acta.proof.json")
    assert verified.returncode == 0
    assert "1 archivos" in verified.stdout


def test_a_run_that_is_stopped_says_so_leaves_nothing_running_and_can_be_done_again(
    astra: Run, recording: Path, environment: dict[str, str], new_data_folder: Callable[[], Path]
) -> None:
    data = new_data_folder()
    command = [ASTRA, "acta", recording, "--model", "demo", "--data", data, "--out", data / "a.docx"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        while not servers_in(data / "postgres"):
            time.sleep(0.1)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.splitlines()[-1].startswith("astra: stopped")
    assert not servers_in(data)
    assert list(data.glob("*.astra-checkpoint"))
    assert astra(*command[1:]).returncode == 0
    assert not list(data.glob("*.astra-checkpoint"))
