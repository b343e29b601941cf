"""`astra transcribe` as a user runs it: formats, progress, Ctrl-C and --resume."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import jiwer
import pytest

from astra.samples import load_sample

ASTRA = Path(sys.executable).with_name("astra")
Run = Callable[..., subprocess.CompletedProcess[str]]
DEMO = ("--model", "demo")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample session three times over, as one Ogg stream after another."""
    path = tmp_path_factory.mktemp("recording") / "sesion.ogg"
    path.write_bytes(load_sample().audio * 3)
    return path


@pytest.fixture
def transcribe(tmp_path: Path) -> Run:
    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [ASTRA, "transcribe", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=150, check=False)

    return run


def test_the_words_go_to_the_standard_output_and_everything_else_does_not(transcribe: Run) -> None:
    done = transcribe(load_sample().audio_path, *DEMO)
    assert done.returncode == 0, done.stderr
    assert jiwer.wer(load_sample().reference_text, " ".join(done.stdout.split())) < 0.01


@pytest.mark.parametrize("name", ["json", "txt", "srt", "vtt"])
def test_every_format_is_written_whole_to_its_file(transcribe: Run, tmp_path: Path, name: str) -> None:
    out = tmp_path / f"sesion.{name}"
    done = transcribe(load_sample().audio_path, *DEMO, "--format", name, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == [out]
    assert "se abre la sesión" in " ".join(out.read_text().lower().split())


def test_the_json_says_who_heard_and_accounts_for_every_millisecond(transcribe: Run, tmp_path: Path) -> None:
    out = tmp_path / "sesion.json"
    transcribe(load_sample().audio_path, *DEMO, "--format", "json", "--words", "--out", out)
    transcript = json.loads(out.read_text())
    assert transcript["identity"]["model"] == "demo"
    spans = transcript["coverage"]
    assert spans[0]["start_ms"] == 0
    assert spans[-1]["end_ms"] == transcript["duration_ms"]
    assert sum(span["end_ms"] - span["start_ms"] for span in spans) == transcript["duration_ms"]
    assert transcript["segments"][0]["words"]


def test_ctrl_c_loses_nothing_and_resume_pays_for_nothing_twice(
    transcribe: Run, recording: Path, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "sesion.txt.astra-checkpoint"
    arguments = [str(recording), *DEMO, "--out", "sesion.txt"]
    process = subprocess.Popen(
        [ASTRA, "transcribe", *arguments], stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    wait_for(lambda: checkpoint.exists() and checkpoint.read_bytes().count(b"\n") > 4)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in stderr
    assert not (tmp_path / "sesion.txt").exists()

    refused = transcribe(*arguments)
    assert refused.returncode == 4
    assert "--resume" in refused.stderr

    header, first, *rest = checkpoint.read_text().splitlines(keepends=True)
    marked = json.loads(first)
    marked["segments"][0]["text"] = "Marca de lo que ya se había oído."
    checkpoint.write_text("".join([header, json.dumps(marked) + "\n", *rest]))
    done = transcribe(*arguments, "--resume")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "sesion.txt").read_text()
    assert "Marca de lo que ya se había oído." in text
    assert text.count("Muchas gracias a todos, buen día.") == 3
    assert not checkpoint.exists()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def address(recording: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(recording.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_recording_at_an_address_is_heard_and_a_missing_one_is_told(transcribe: Run, address: str) -> None:
    done = transcribe(f"{address}/sesion.ogg", *DEMO)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Muchas gracias a todos, buen día.") == 3
    missing = transcribe(f"{address}/otra.ogg", *DEMO)
    assert missing.returncode == 2
    assert "404" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "way_out"),
    [
        (("--format", "docx"), 2, "use one of json"),
        (("--format", "rttm"), 2, "add --diarize"),
        (("--model", "demo", "--diarize", "ears"), 2, "choose one of sortformer"),
        (("--engine", "siri"), 2, "choose one of whisper"),
        (("--out", "no/such/folder.txt"), 2, "give another --out"),
        (("--engine", "parakeet", "--model", "parakeet-tdt-0.6b-v2"), 2, "parakeet-tdt-0.6b-v3"),
        (("--engine", "deepgram"), 5, "ASTRA_DEEPGRAM_API_KEY"),
        (("--engine", "parakeet"), 5, "astra[parakeet]"),
        (("--language", "en", "--model", "demo"), 2, "it knows es"),
        (("--model", "demo", "--hotword", "Comuna 13"), 2, "takes no words to expect"),
    ],
)
def test_what_cannot_work_is_told_at_once_with_the_way_out(
    transcribe: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, way_out: str
) -> None:
    done = transcribe(load_sample().audio_path, *arguments)
    assert done.returncode == code, done.stderr
    assert way_out in done.stderr
    assert done.stderr.count("\n") == 1, "one line says it"
    assert not list(tmp_path.iterdir()), "nothing stands in the way of the next command"
