"""A live session whose ASTRA is killed again and again while a client appends."""

import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from astra.client import AstraClient

ASTRA = Path(sys.executable).with_name("astra")
EMAIL = "secretaria@concejo.local"
APPENDS = 120
KILLS = 3


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Platform:
    """`astra up` on one port and one folder, started as often as it is killed."""

    def __init__(self, data: Path, log: Path) -> None:
        self._data = data
        self._log = log
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "ASTRA_MODEL": "demo", "ASTRA_CORE_CLAIM_MS": "1000"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [ASTRA, "up", "--port", str(self.port), "--data", self._data],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def password(self) -> str:
        while not (found := re.search(r"password (\S{12,})", self._log.read_text())):
            time.sleep(0.1)
        return found[1]

    def kill(self, victim: str) -> None:
        assert self._process is not None
        if victim == "astra":
            self._process.kill()
            self._process.wait()
            self.start()
            return
        for child in psutil.Process(self._process.pid).children(recursive=True):
            if child.name().startswith(victim):
                child.send_signal(signal.SIGKILL)
                return

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=20)


async def append_under_kills(platform: Platform, client: AstraClient, session_id: str) -> None:
    """Append everything, killing something at random moments meanwhile."""
    dice = random.Random(7)
    victims = ["astra", "redis", "postgres"] * KILLS
    moments = dict(zip(sorted(dice.sample(range(5, APPENDS), len(victims))), victims, strict=True))

    async def append(number: int) -> None:
        await client.append_text(session_id, number, f"Esta es la frase {number} de la sesión.")

    for number in range(APPENDS):
        under_way = asyncio.create_task(append(number))
        if number in moments:
            await asyncio.sleep(dice.random() * 0.01)
            await asyncio.to_thread(platform.kill, moments[number])
        await under_way


async def test_no_acknowledged_append_is_lost_or_doubled(
    new_data_folder: Callable[[], Path], tmp_path: Path
) -> None:
    platform = Platform(new_data_folder(), tmp_path / "log")
    platform.start()
    try:
        password = await asyncio.to_thread(platform.password)
        async with AstraClient(f"http://127.0.0.1:{platform.port}") as client:
            await client.sign_in(EMAIL, password)
            session = await client.start_session(client_timezone="America/Bogota")
            session_id = session["session_id"]
            await append_under_kills(platform, client, session_id)
            texts = [block["text"] for block in await client.blocks(session_id)]
            result = await client.finalize(session_id)
    finally:
        platform.stop()
    assert texts == [f"Esta es la frase {number} de la sesión." for number in range(APPENDS)]
    assert result["audit_report"]["recording"]["chunks"] == APPENDS
    assert result["audit_report"]["seal"]["log_index"] == 0
