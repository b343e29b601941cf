"""`astra up` as an operator runs it: a process, its pages in a browser, and its end."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import sync_playwright

ASTRA = Path(sys.executable).with_name("astra")
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    url: str
    password: str | None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def start(data: Path, environment: dict[str, str]) -> Running:
    """Start the platform and read where it is and how to enter."""
    process = subprocess.Popen(
        [ASTRA, "up", "--port", "0", "--data", data],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    said = ""
    assert process.stdout is not None
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    url = re.search(r"http://\S+", said)
    password = re.search(r"password (\S{12,})", said)
    assert url is not None
    return Running(process=process, url=url[0], password=password[1] if password else None)


@pytest.fixture
def running(new_data_folder: Callable[[], Path], environment: dict[str, str]) -> Iterator[Running]:
    running = start(new_data_folder(), {**environment, "ASTRA_MODEL": "demo"})
    yield running
    running.stop()


def test_the_documentation_opens_in_a_browser_without_the_internet(running: Running) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_OPTIONS)
        page = browser.new_page()
        foreign: list[str] = []
        page.on("request", lambda request: foreign.append(request.url))
        page.goto(f"{running.url}/docs")
        page.get_by_text("Ask for the sealed acta").wait_for(timeout=20_000)
        assert page.get_by_role("link", name="/v1/orchestrator/session/start").is_visible()
        assert all(url.startswith((running.url, "data:")) for url in foreign), foreign
        browser.close()


def test_health_metrics_and_sign_in_answer(running: Running) -> None:
    health = httpx.get(f"{running.url}/health").json()
    assert health == {
        "status": "ok",
        "services": {"postgresql": "ok", "redis": "ok", "object_store": "ok"},
    }
    assert "astra_http_request_seconds" in httpx.get(f"{running.url}/metrics").text
    sign_in = {"username": "secretaria@concejo.local", "password": running.password}
    assert httpx.post(f"{running.url}/auth/token", data=sign_in).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_keeps_what_it_had(
    new_data_folder: Callable[[], Path], environment: dict[str, str], number: signal.Signals
) -> None:
    data = new_data_folder()
    first = start(data, environment)
    children = psutil.Process(first.process.pid).children(recursive=True)
    assert {"postgres", "redis-server"} <= {child.name() for child in children}
    assert first.stop(number) == 0
    assert first.password is not None
    assert not [child for child in children if child.is_running()]
    second = start(data, environment)
    try:
        assert second.password is None
        sign_in = {"username": "secretaria@concejo.local", "password": first.password}
        assert httpx.post(f"{second.url}/auth/token", data=sign_in).status_code == 200
    finally:
        second.stop()


def test_two_platforms_run_side_by_side(
    running: Running, new_data_folder: Callable[[], Path], environment: dict[str, str]
) -> None:
    other = start(new_data_folder(), environment)
    try:
        for url in (running.url, other.url):
            assert httpx.get(f"{url}/health").status_code == 200
    finally:
        other.stop()


def test_killed_it_leaves_no_process_and_starts_again(
    new_data_folder: Callable[[], Path], environment: dict[str, str]
) -> None:
    data = new_data_folder()
    first = start(data, environment)
    children = psutil.Process(first.process.pid).children(recursive=True)
    assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while alive := [child for child in children if child.is_running()]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.1)
    second = start(data, environment)
    assert httpx.get(f"{second.url}/health").status_code == 200
    assert second.stop() == 0
