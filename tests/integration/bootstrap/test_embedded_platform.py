"""Starting, stopping and sharing: what the embedded platform promises while nothing is killed."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from astra.bootstrap.embedded.data_folder import DataFolder
from astra.bootstrap.embedded.errors import DataFolderInUse, DataFolderNotWritable, DataFolderUnreachable
from astra.bootstrap.embedded.platform import EmbeddedPlatform
from astra.bootstrap.embedded.postgres_server import postgres_slot
from astra.bootstrap.embedded.redis_server import redis_slot
from astra.bootstrap.embedded.watchdog import Watchdog
from astra.kernel.errors import Unavailable

NewFolder = Callable[[], Path]


def no_process_is_left(folder: Path) -> bool:
    layout = DataFolder(folder)
    return not any(
        slot.is_taken() for slot in (postgres_slot(layout), redis_slot(layout), Watchdog(layout).slot)
    )


def remember(platform: EmbeddedPlatform, value: str) -> None:
    with psycopg.connect(platform.postgres_conninfo) as connection:
        connection.execute("CREATE TABLE memory AS SELECT %s::text AS value", [value])
    with redis.Redis.from_url(platform.redis_url) as client:
        client.set("memory", value)


def recall(platform: EmbeddedPlatform) -> tuple[Any, Any]:
    with psycopg.connect(platform.postgres_conninfo) as connection:
        row = connection.execute("SELECT value FROM memory").fetchone()
    with redis.Redis.from_url(platform.redis_url, decode_responses=True) as client:
        return row and row[0], client.get("memory")


async def test_both_servers_answer_within_three_seconds_of_the_very_first_start(
    new_data_folder: NewFolder,
) -> None:
    folder = new_data_folder()
    begun = time.monotonic()

    async with EmbeddedPlatform(folder) as platform:
        elapsed_s = time.monotonic() - begun
        remember(platform, "acta")
        assert platform.is_healthy
        assert set(platform.pids) == {"postgres", "redis", "watchdog"}

    assert elapsed_s < 3.0
    assert no_process_is_left(folder)


def test_one_platform_stops_and_starts_again_with_what_was_stored(new_data_folder: NewFolder) -> None:
    platform = EmbeddedPlatform(new_data_folder())
    platform.stop()
    platform.start()
    remember(platform, "Proposición 12")
    platform.stop()
    platform.stop()
    assert not platform.is_healthy
    assert platform.pids == {}

    platform.start()
    assert recall(platform) == ("Proposición 12", "Proposición 12")
    platform.stop()


def test_addresses_are_asked_of_a_running_platform_only(new_data_folder: NewFolder) -> None:
    with pytest.raises(Unavailable, match="not running"):
        _ = EmbeddedPlatform(new_data_folder()).redis_url


def test_the_servers_listen_on_private_unix_sockets_and_on_no_port(platform: EmbeddedPlatform) -> None:
    sockets = platform.folder.socket_folder()
    with psycopg.connect(platform.postgres_conninfo) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with redis.Redis.from_url(platform.redis_url, decode_responses=True) as client:
        assert client.config_get("port") == {"port": "0"}
    assert sockets.stat().st_mode & 0o077 == 0
    assert platform.folder.postgres.stat().st_mode & 0o077 == 0
    assert platform.folder.redis.stat().st_mode & 0o077 == 0


def test_the_servers_write_to_the_disk_before_they_acknowledge(platform: EmbeddedPlatform) -> None:
    with psycopg.connect(platform.postgres_conninfo) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)  # type: ignore[arg-type]
    with redis.Redis.from_url(platform.redis_url, decode_responses=True) as client:
        assert client.config_get("append*")["appendfsync"] == "always"
        assert client.config_get("append*")["appendonly"] == "yes"


def test_the_database_knows_spanish_letters_on_every_system(platform: EmbeddedPlatform) -> None:
    with psycopg.connect(platform.postgres_conninfo) as connection:
        assert connection.execute("SELECT lower('ÁÑÜ'), 'peñón' ILIKE 'PEÑÓN'").fetchone() == ("áñü", True)


def test_what_clients_send_stays_out_of_the_logs(platform: EmbeddedPlatform) -> None:
    with psycopg.connect(platform.postgres_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TEMPORARY TABLE turns (words text PRIMARY KEY)")
        connection.execute("INSERT INTO turns VALUES ('palabras reservadas')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO turns VALUES ('palabras reservadas')")

    log = (platform.folder.logs / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "reservadas" not in log


def test_the_servers_never_run_as_root(platform: EmbeddedPlatform) -> None:
    assert platform.folder.postgres.stat().st_uid != 0
    assert platform.folder.redis.stat().st_uid != 0


async def test_a_start_that_is_cancelled_leaves_no_process_and_a_folder_that_can_be_used(
    new_data_folder: NewFolder,
) -> None:
    folder = new_data_folder()

    async def serve() -> None:
        async with EmbeddedPlatform(folder):
            await asyncio.sleep(60)

    serving = asyncio.create_task(serve())
    await asyncio.sleep(0.2)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving

    assert no_process_is_left(folder)
    async with EmbeddedPlatform(folder) as platform:
        assert platform.is_healthy


async def test_two_platforms_run_side_by_side_in_two_folders(new_data_folder: NewFolder) -> None:
    async with EmbeddedPlatform(new_data_folder()) as one, EmbeddedPlatform(new_data_folder()) as other:
        remember(one, "Bello")
        remember(other, "Envigado")
        assert recall(one) == ("Bello", "Bello")
        assert recall(other) == ("Envigado", "Envigado")


def test_a_second_platform_in_the_same_folder_is_refused_and_harms_nothing(
    platform: EmbeddedPlatform,
) -> None:
    with pytest.raises(DataFolderInUse, match=rf"another ASTRA \(pid {os.getpid()}\) uses .*--data"):
        EmbeddedPlatform(platform.folder.root).start()
    with psycopg.connect(platform.postgres_conninfo) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert platform.is_healthy


async def test_a_folder_whose_path_is_too_long_for_sockets_works(new_data_folder: NewFolder) -> None:
    folder = new_data_folder() / ("concejo-municipal-" * 6) / ("sesiones ordinarias y 'extras' " * 3)
    folder.mkdir(parents=True)
    if os.geteuid() == 0:
        for path in (folder, *folder.parents[:2]):
            path.chmod(0o755)

    async with EmbeddedPlatform(folder) as platform:
        remember(platform, "acta")
        sockets = platform.folder.socket_folder()
        assert sockets == platform.folder.socket_folder()
        assert not sockets.is_relative_to(folder)

    assert not sockets.exists()
    async with EmbeddedPlatform(folder) as platform:
        assert recall(platform) == ("acta", "acta")


@pytest.mark.parametrize("name", ['it\'s "años" 100% #1', "sesiones, actas"])
async def test_a_folder_named_with_punctuation_or_accents_works(
    new_data_folder: NewFolder, name: str
) -> None:
    folder = new_data_folder() / name
    folder.parent.chmod(0o755)
    async with EmbeddedPlatform(folder) as platform:
        remember(platform, "acta")
        assert recall(platform) == ("acta", "acta")


def test_a_file_in_the_place_of_the_folder_is_refused(new_data_folder: NewFolder) -> None:
    folder = new_data_folder() / "data"
    folder.write_text("")
    with pytest.raises(DataFolderNotWritable, match="give a folder of your own with --data"):
        EmbeddedPlatform(folder).start()


@pytest.mark.parametrize("who", ["current_user", "ordinary_user"])
def test_the_platform_works_as_whoever_runs_the_tests_and_as_an_ordinary_user(
    who: str, request: pytest.FixtureRequest, new_data_folder: NewFolder, start_app: Callable[..., Any]
) -> None:
    interpreter = request.getfixturevalue(who)
    folder = new_data_folder()
    if interpreter.uid is not None:
        os.chown(folder, interpreter.uid, -1)

    app = start_app(interpreter, folder)
    with psycopg.connect(app.printed["postgres"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(app.printed["redis"]) as client:
        assert client.ping()
    app.process.terminate()

    assert app.process.wait() == 0
    assert no_process_is_left(folder)
    assert (folder / "logs").stat().st_uid == (interpreter.uid or os.geteuid())


def test_a_folder_that_an_ordinary_user_may_not_write_is_refused(
    ordinary_user: Any, new_data_folder: NewFolder, start_app: Callable[..., Any]
) -> None:
    folder = new_data_folder()
    folder.chmod(0o555)
    app = start_app(ordinary_user, folder)
    assert app.process.wait() == 3
    assert app.printed["code"] == "data_folder_not_writable"
    assert "give a folder of your own with --data" in app.printed["message"]
    folder.chmod(0o755)


if os.geteuid() == 0:

    def test_root_is_told_when_the_servers_cannot_enter_the_folder(new_data_folder: NewFolder) -> None:
        private = new_data_folder()
        with pytest.raises(DataFolderUnreachable, match="/var/lib/astra"):
            EmbeddedPlatform(private / "data").start()
