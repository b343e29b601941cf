"""Whatever is killed, nothing acknowledged is lost and no process stays behind."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from astra.bootstrap.embedded.data_folder import DataFolder
from astra.bootstrap.embedded.errors import ServerKeepsDying
from astra.bootstrap.embedded.platform import EmbeddedPlatform
from astra.bootstrap.embedded.postgres_server import postgres_slot
from astra.bootstrap.embedded.redis_server import redis_slot
from astra.bootstrap.embedded.supervisor import RestartPolicy, ServerState
from astra.bootstrap.embedded.watchdog import Watchdog
from astra.kernel.errors import AstraError

NewFolder = Callable[[], Path]
StartApp = Callable[..., Any]
WRITES = 60
KILL_AFTER = 20


def eventually(condition: Callable[[], bool], patience_s: float = 10.0) -> bool:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def no_process_is_left(folder: Path) -> bool:
    layout = DataFolder(folder)
    return not any(
        slot.is_taken() for slot in (postgres_slot(layout), redis_slot(layout), Watchdog(layout).slot)
    )


def until_acknowledged(write: Callable[[], object]) -> None:
    """Repeat a write that a killed server could not acknowledge, as ASTRA's clients do."""

    def is_acknowledged() -> bool:
        try:
            write()
        except (psycopg.OperationalError, redis.ConnectionError):
            return False
        return True

    assert eventually(is_acknowledged)


def insert(conninfo: str, number: int) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute("INSERT INTO blocks VALUES (%s) ON CONFLICT DO NOTHING", [number])


def append(url: str, number: int) -> None:
    with redis.Redis.from_url(url, retry=None) as client:
        client.zadd("blocks", {str(number): number})


def stored_rows(conninfo: str) -> set[int]:
    with psycopg.connect(conninfo) as connection:
        return {number for (number,) in connection.execute("SELECT number FROM blocks").fetchall()}


def stored_members(url: str) -> set[int]:
    with redis.Redis.from_url(url) as client:
        return {int(member) for member in client.zrange("blocks", 0, -1)}


def create_blocks(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS blocks (number integer PRIMARY KEY)")


def write_meanwhile_kill(write: Callable[[int], None], kill: Callable[[], None]) -> None:
    """Write from another thread, and kill when some writes are acknowledged and others are under way."""
    enough = threading.Event()
    failures: list[BaseException] = []

    def write_all() -> None:
        try:
            for number in range(WRITES):
                until_acknowledged(lambda number=number: write(number))  # type: ignore[misc]
                if number == KILL_AFTER:
                    enough.set()
        except BaseException as failure:  # noqa: BLE001 - the test's own thread must see it
            failures.append(failure)

    writer = threading.Thread(target=write_all)
    writer.start()
    assert enough.wait(timeout=20)
    kill()
    writer.join()
    assert failures == []


@pytest.fixture(scope="module")
def own_platform(new_data_folder: NewFolder) -> Iterator[EmbeddedPlatform]:
    platform = EmbeddedPlatform(new_data_folder())
    platform.start()
    yield platform
    platform.stop()
    assert no_process_is_left(platform.folder.root)


@pytest.fixture(scope="module")
def lived_in_folder(new_data_folder: NewFolder) -> Path:
    """One folder for all the applications that are started and killed one after another."""
    return new_data_folder()


def kill(platform: EmbeddedPlatform, name: str) -> None:
    os.kill(platform.pids[name], signal.SIGKILL)


def restarts(platform: EmbeddedPlatform, name: str) -> int:
    return next(server.restarts for server in platform.health if server.name == name)


def test_every_committed_row_is_there_after_postgres_is_killed_while_writing(
    own_platform: EmbeddedPlatform,
) -> None:
    conninfo = own_platform.postgres_conninfo
    create_blocks(conninfo)

    write_meanwhile_kill(lambda number: insert(conninfo, number), lambda: kill(own_platform, "postgres"))

    assert stored_rows(conninfo) == set(range(WRITES))
    assert restarts(own_platform, "postgres") == 1


def test_every_acknowledged_block_is_there_after_redis_is_killed_while_writing(
    own_platform: EmbeddedPlatform,
) -> None:
    url = own_platform.redis_url

    write_meanwhile_kill(lambda number: append(url, number), lambda: kill(own_platform, "redis"))

    assert stored_members(url) == set(range(WRITES))
    assert restarts(own_platform, "redis") == 1


def test_a_killed_watchdog_is_replaced(own_platform: EmbeddedPlatform) -> None:
    killed = own_platform.pids["watchdog"]
    kill(own_platform, "watchdog")
    assert eventually(lambda: own_platform.pids.get("watchdog", killed) != killed)
    assert own_platform.is_healthy


def test_astra_killed_leaves_no_process_and_the_next_start_finds_everything(
    current_user: Any, lived_in_folder: Path, start_app: StartApp
) -> None:
    folder = lived_in_folder
    app = start_app(current_user, folder)
    create_blocks(app.printed["postgres"])
    insert(app.printed["postgres"], 7)
    append(app.printed["redis"], 7)
    app.process.kill()
    app.process.wait()

    assert eventually(lambda: no_process_is_left(folder), patience_s=2.0)
    again = start_app(current_user, folder)
    assert 7 in stored_rows(again.printed["postgres"])
    assert 7 in stored_members(again.printed["redis"])


def test_astra_can_start_again_the_moment_after_it_was_killed(
    current_user: Any, lived_in_folder: Path, start_app: StartApp
) -> None:
    folder = lived_in_folder
    app = start_app(current_user, folder)
    create_blocks(app.printed["postgres"])
    for number in (100, 101, 102):
        insert(app.printed["postgres"], number)
        append(app.printed["redis"], number)
        app.process.kill()
        app = start_app(current_user, folder)

    time.sleep(0.5)  # a watchdog of a killed ASTRA must not stop the servers of the new one
    assert stored_rows(app.printed["postgres"]) >= {100, 101, 102}
    assert stored_members(app.printed["redis"]) >= {100, 101, 102}


def test_orphans_of_an_astra_killed_with_its_watchdog_are_replaced_by_the_next_start(
    current_user: Any, lived_in_folder: Path, start_app: StartApp
) -> None:
    folder = lived_in_folder
    app = start_app(current_user, folder)
    create_blocks(app.printed["postgres"])
    os.kill(app.process.pid, signal.SIGSTOP)  # or it would start its watchdog again
    os.kill(app.printed["pids"]["watchdog"], signal.SIGKILL)
    app.process.kill()
    app.process.wait()
    insert(app.printed["postgres"], 70)
    append(app.printed["redis"], 70)

    again = start_app(current_user, folder)

    assert again.printed["pids"]["postgres"] != app.printed["pids"]["postgres"]
    assert 70 in stored_rows(again.printed["postgres"])
    assert 70 in stored_members(again.printed["redis"])


@pytest.mark.parametrize("after_s", [0.15, 0.5])
def test_astra_killed_during_its_very_first_start_can_start_again(
    current_user: Any, new_data_folder: NewFolder, start_app: StartApp, after_s: float
) -> None:
    folder = new_data_folder()
    script = Path(__file__).parent / "embedded_app.py"
    first = current_user.run(script, folder)
    assert eventually((folder / "run" / "postgres.lock").exists)
    time.sleep(after_s)
    first.kill()
    first.communicate()

    app = start_app(current_user, folder)

    create_blocks(app.printed["postgres"])
    append(app.printed["redis"], 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_astra_asked_to_end_stops_its_servers_cleanly(
    current_user: Any, lived_in_folder: Path, start_app: StartApp, number: signal.Signals
) -> None:
    folder = lived_in_folder
    app = start_app(current_user, folder)

    app.process.send_signal(number)

    assert app.process.wait(timeout=10) == 0
    assert no_process_is_left(folder)
    assert (folder / "logs" / "postgres.log").read_text().endswith("database system is shut down\n")
    assert (folder / "logs" / "redis.log").read_text().endswith("ready to exit, bye bye...\n")


def test_a_busy_query_does_not_keep_the_platform_from_stopping(new_data_folder: NewFolder) -> None:
    platform = EmbeddedPlatform(new_data_folder())
    platform.start()
    with psycopg.connect(platform.postgres_conninfo) as connection:
        query = threading.Thread(target=run_until_cut_off, args=(connection,))
        query.start()
        begun = time.monotonic()
        platform.stop()
        query.join()
    assert time.monotonic() - begun < 5.0


def run_until_cut_off(connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT pg_sleep(60)")


def test_a_server_that_cannot_come_back_is_given_up_with_the_reason(new_data_folder: NewFolder) -> None:
    given_up: list[AstraError] = []
    policy = RestartPolicy(max_deaths=3, first_delay_s=0.01)
    platform = EmbeddedPlatform(new_data_folder(), restart_policy=policy, on_failure=given_up.append)
    platform.start()
    try:
        (platform.folder.redis / "appendonly.aof").write_bytes(b"not an append-only file\n" * 9)
        kill(platform, "redis")
        assert eventually(lambda: len(given_up) == 1)
    finally:
        states = {server.name: server.state for server in platform.health}
        platform.stop()
    assert isinstance(given_up[0], ServerKeepsDying)
    assert "redis died 3 times in a row" in str(given_up[0])
    assert "Bad file format reading the append only file" in str(given_up[0])
    assert states["redis"] is ServerState.FAILED
    assert states["postgres"] is ServerState.RUNNING
