import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ASTRA = Path(sys.executable).with_name("astra")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def demo_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of one demo; its exit code says that everything in it holds."""
    out = tmp_path_factory.mktemp("demo") / "demo-out"
    subprocess.run([ASTRA, "demo", "--out", out], check=True, timeout=170)
    return out


def test_the_demo_hears_every_word_and_puts_each_fact_in_its_place(demo_out: Path) -> None:
    report = json.loads((demo_out / "report.json").read_text("utf-8"))
    assert report["wer"] <= 0.03
    assert all(report["checks"].values()), report["checks"]
    coverage = report["coverage"]
    assert coverage["text"] + coverage["silence"] + coverage["gap"] == coverage["duration_ms"]
    assert report["audit_report"]["build"]["warnings"] == []
    assert {"platform", "append", "finalize"} <= set(report["stages_s"])


def test_the_demo_leaves_its_files_and_page_pictures(demo_out: Path) -> None:
    assert {"acta.docx", "proof.json", "transcript.vtt", "report.json", "page-001.png"} <= {
        path.name for path in demo_out.iterdir()
    }
    assert (demo_out / "transcript.vtt").read_text("utf-8").startswith("WEBVTT")


def test_an_acta_verifies_and_any_altered_byte_is_named(demo_out: Path, astra: Run, tmp_path: Path) -> None:
    acta, proof = (demo_out / name for name in ("acta.docx", "proof.json"))
    fine = astra("verify", acta, "--proof", proof)
    assert (fine.returncode, "AUTÉNTICA" in fine.stdout) == (0, True)
    for original, other, names in ((acta, proof, "document"), (proof, acta, "proof_format")):
        altered = bytearray(original.read_bytes())
        altered[len(altered) // 2] ^= 1
        (tmp_path / original.name).write_bytes(altered)
        pair = (tmp_path / "acta.docx", proof) if original is acta else (acta, tmp_path / "proof.json")
        bad = astra("verify", pair[0], "--proof", pair[1])
        assert bad.returncode == 6, (other, bad.stdout)
        assert "NO COINCIDE" in bad.stdout
        assert original is proof or names in bad.stdout


def servers_of(process: psutil.Process, name: str) -> list[psutil.Process]:
    """Return the running servers of that name that the process started."""
    return [
        child
        for child in process.children(recursive=True)
        if child.name().startswith(name) and child.status() != psutil.STATUS_ZOMBIE
    ]


def kill_once(process: psutil.Process, name: str) -> None:
    """Kill a server as soon as there is one."""
    deadline = time.monotonic() + 60
    while not (found := servers_of(process, name)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    found[0].send_signal(signal.SIGKILL)


def test_a_demo_whose_redis_and_postgresql_are_killed_ends_the_same(tmp_path: Path) -> None:
    out = tmp_path / "demo-out"
    demo = subprocess.Popen([ASTRA, "demo", "--out", out])
    process = psutil.Process(demo.pid)
    time.sleep(8)
    kill_once(process, "redis")
    time.sleep(2)
    kill_once(process, "postgres")
    assert demo.wait(timeout=160) == 0
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert all(report["checks"].values())
    assert report["audit_report"]["seal"]["log_index"] == 0


def test_a_demo_that_is_told_to_stop_leaves_nothing_behind(
    tmp_path: Path, new_data_folder: Callable[[], Path]
) -> None:
    temporary = new_data_folder()
    temporary.chmod(0o711)
    environment = {**os.environ, "TMPDIR": str(temporary)}
    demo = subprocess.Popen([ASTRA, "demo", "--out", tmp_path / "out"], env=environment)
    while not list(temporary.glob("astra-demo-*/postgres/postmaster.pid")):
        assert demo.poll() is None
        time.sleep(0.05)
    servers = psutil.Process(demo.pid).children(recursive=True)
    demo.terminate()
    assert demo.wait(timeout=60) == 130
    assert not [server for server in servers if server.is_running()]
    assert not list(temporary.glob("astra-demo-*"))
