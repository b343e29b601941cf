"""`astra serve core` as an operator runs it: a process, its API, and its end."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import soundfile

from astra.samples import load_sample

ASTRA = Path(sys.executable).with_name("astra")
KEY = "una-llave-de-prueba-larga"
Run = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    url: str

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@contextmanager
def started(environment: dict[str, str], folder: Path, *options: object) -> Iterator[Running]:
    """Run the service with the demo model; read where it is."""
    process = subprocess.Popen(
        [ASTRA, "serve", "core", "--port", "0", "--model", "demo", *map(str, options)],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        url = re.search(r"http://\S+", said)
        assert url is not None
        yield Running(process, url[0].replace("0.0.0.0", "127.0.0.1"))  # noqa: S104
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_transcribes_and_stops_cleanly(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    with started(environment, tmp_path) as running:
        with load_sample().audio_path.open("rb") as recording:
            answer = httpx.post(
                f"{running.url}/v1/audio/transcriptions",
                files={"file": recording},
                data={"model": "demo", "response_format": "text"},
                timeout=120,
            )
        assert "se abre la sesión ordinaria del Concejo Municipal" in answer.text
        assert httpx.get(f"{running.url}/ready").json()["status"] == "ready"
        assert running.stop(number) == 0


def test_asked_to_stop_it_finishes_what_it_streams(environment: dict[str, str], tmp_path: Path) -> None:
    sound, rate = soundfile.read(load_sample().audio_path, frames=48_000 * 60)
    soundfile.write(tmp_path / "minute.wav", sound, rate)
    with started(environment, tmp_path) as running, (tmp_path / "minute.wav").open("rb") as recording:
        request = {"files": {"file": recording}, "data": {"model": "demo", "stream": "true"}, "timeout": 120}
        with httpx.stream("POST", f"{running.url}/v1/audio/transcriptions", **request) as answer:  # type: ignore[arg-type]
            lines = answer.iter_lines()
            assert "transcript.text.delta" in next(lines)
            running.process.send_signal(signal.SIGTERM)
            assert "transcript.text.done" in [line for line in lines if line][-1]
        assert running.process.wait(timeout=30) == 0


def test_with_a_file_of_keys_it_serves_other_machines_too(
    environment: dict[str, str], tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"# la aplicación web\n{KEY}\n", "utf-8")
    with started(environment, tmp_path, "--host", "0.0.0.0", "--api-key-file", keys) as running:  # noqa: S104
        models = f"{running.url}/v1/models"
        assert httpx.get(models).status_code == 401
        assert httpx.get(models, headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


def test_without_keys_it_refuses_to_serve_other_machines(astra: Run) -> None:
    outcome = astra("serve", "core", "--host", "0.0.0.0", "--model", "demo")  # noqa: S104
    assert outcome.returncode == 2
    assert "--api-key-file" in outcome.stderr
    assert "--host 127.0.0.1" in outcome.stderr


def test_keys_that_protect_nothing_are_refused(astra: Run, tmp_path: Path) -> None:
    for content, message in (("# nothing\n", "holds no key"), ("1234\n", "16 characters")):
        (tmp_path / "keys").write_text(content, "utf-8")
        outcome = astra("serve", "core", "--model", "demo", "--api-key-file", "keys")
        assert outcome.returncode == 2
        assert message in outcome.stderr
    outcome = astra("serve", "core", "--model", "demo", "--api-key-file", "nowhere")
    assert outcome.returncode == 3
    assert "nowhere" in outcome.stderr


def test_an_unknown_engine_is_refused(astra: Run) -> None:
    outcome = astra("serve", "core", "--engine", "ears")
    assert outcome.returncode == 2
    assert "whisper" in outcome.stderr


def test_its_help_has_examples(astra: Run) -> None:
    assert "astra serve core --model demo" in astra("serve", "core", "--help").stdout
