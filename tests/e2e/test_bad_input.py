import socket
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from astra.builder.skeletons import default_skeleton
from astra.samples import load_sample

Run = Callable[..., subprocess.CompletedProcess[str]]


def assert_explained(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line on standard error, that says what and the way out; no traceback; an exit code."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("astra: ")]
    assert result.returncode not in {0, 1}, (result.returncode, result.stderr[-2000:])
    assert len(lines) == 1, result.stderr[-2000:]
    assert "Traceback" not in result.stderr + result.stdout
    for word in words:
        assert word.lower() in lines[0].lower(), lines[0]


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "notes.mp3"
    path.write_text("these are notes, not sound")
    return path


@pytest.fixture
def sound() -> Path:
    return load_sample().audio_path


def test_a_missing_recording(astra: Run, tmp_path: Path) -> None:
    assert_explained(astra("acta", tmp_path / "none.mp3"), "none.mp3", "check its name")


def test_a_file_that_is_no_recording(astra: Run, text_file: Path, tmp_path: Path) -> None:
    result = astra("acta", text_file, "--model", "demo")
    assert_explained(result, "recording", "send")
    assert not (tmp_path / "acta.docx").exists()


def test_an_empty_recording(astra: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    result = astra("acta", empty, "--model", "demo")
    assert_explained(result, "no sound")


def test_an_unknown_timezone(astra: Run, sound: Path) -> None:
    assert_explained(astra("acta", sound, "--timezone", "Bogota"), "Bogota", "America/Bogota")


def test_an_unknown_engine(astra: Run, text_file: Path) -> None:
    assert_explained(astra("acta", text_file, "--engine", "magic"), "magic", "whisper")


def test_a_skeleton_without_placeholders(astra: Run, sound: Path, tmp_path: Path) -> None:
    skeleton = tmp_path / "plain.docx"
    docx.Document().save(str(skeleton))
    assert_explained(astra("acta", sound, "--skeleton", skeleton), "content control")


def test_a_skeleton_that_is_no_docx(astra: Run, sound: Path, tmp_path: Path) -> None:
    skeleton = tmp_path / "zip.docx"
    with zipfile.ZipFile(skeleton, "w") as package:
        package.writestr("a.txt", "nothing")
    assert_explained(astra("acta", sound, "--skeleton", skeleton), "docx")


def test_a_model_that_cannot_be_had(astra: Run, sound: Path, new_data_folder: Callable[[], Path]) -> None:
    result = astra("acta", sound, "--model", "large-v3-turbo", "--data", new_data_folder())
    assert_explained(result, "large-v3-turbo", "--model")


def test_a_port_in_use(astra: Run) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert_explained(astra("up", "--port", port), str(port), "--port")


def test_a_data_folder_that_cannot_be_one(astra: Run, text_file: Path) -> None:
    assert_explained(astra("up", "--port", 0, "--data", text_file), "--data")


def test_an_acta_where_nothing_can_be_written(astra: Run, sound: Path, text_file: Path) -> None:
    assert_explained(astra("acta", sound, "--out", text_file / "acta.docx"), "notes.mp3")


def test_a_wrong_setting(astra: Run, environment: dict[str, str]) -> None:
    environment["ASTRA_CORE_CONCURRENCY"] = "many"
    assert_explained(astra("up"), "ASTRA_CORE_CONCURRENCY")


def test_a_proof_that_is_missing(astra: Run, text_file: Path, tmp_path: Path) -> None:
    assert_explained(astra("verify", text_file, "--proof", tmp_path / "none.json"), "none.json")


def test_an_acta_that_would_overwrite_what_is_read(astra: Run, tmp_path: Path, sound: Path) -> None:
    skeleton = tmp_path / "council.docx"
    skeleton.write_bytes(default_skeleton())
    result = astra("acta", sound, "--skeleton", skeleton, "--out", skeleton)
    assert_explained(result, "council.docx", "--out")
    assert skeleton.read_bytes() == default_skeleton()


def test_an_acta_under_a_name_that_is_no_documents(astra: Run, sound: Path) -> None:
    for name in ("acta.vtt", ".", "acta"):
        assert_explained(astra("acta", sound, "--out", name), ".docx")


def test_an_acta_in_place_of_a_folder(astra: Run, sound: Path, tmp_path: Path) -> None:
    (tmp_path / "acta.docx").mkdir()
    assert_explained(astra("acta", sound), "acta.docx", "--out")


def test_a_field_the_skeleton_does_not_have(astra: Run, sound: Path) -> None:
    assert_explained(astra("acta", sound, "--field", "NOSUCH=x"), "NOSUCH", "ACTA_NUMERO")


def test_an_address_that_is_none(astra: Run, environment: dict[str, str]) -> None:
    environment["ASTRA_REDIS_URL"] = "foo"
    assert_explained(astra("up"), "ASTRA_REDIS_URL", "redis://")
