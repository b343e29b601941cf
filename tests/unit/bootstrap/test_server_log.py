"""A server's log is bounded, and errors quote only the run that failed."""

import os
from pathlib import Path

from astra.bootstrap.embedded.server_log import QUOTED_BYTES, ServerLog


def write(log: ServerLog, text: str) -> None:
    descriptor = log.open()
    os.write(descriptor, text.encode())
    os.close(descriptor)


def test_the_tail_joins_the_last_lines_of_the_current_run_only(tmp_path: Path) -> None:
    log = ServerLog(tmp_path / "redis.log")
    write(log, "an earlier run\n")
    write(log, "one\ntwo\n\nthree\nfour\nfive\n")
    assert log.tail() == "two / three / four / five"
    assert log.path.read_text().startswith("an earlier run")


def test_the_tail_of_a_run_that_wrote_nothing_is_empty(tmp_path: Path) -> None:
    log = ServerLog(tmp_path / "redis.log")
    write(log, "an earlier run\n")
    write(log, "")
    assert log.tail() == ""


def test_only_the_end_of_a_long_run_is_read(tmp_path: Path) -> None:
    log = ServerLog(tmp_path / "redis.log")
    write(log, "x" * 100_000)
    assert len(log.current_run()) == QUOTED_BYTES


def test_a_log_beyond_its_limit_makes_room_and_one_older_is_kept(tmp_path: Path) -> None:
    log = ServerLog(tmp_path / "redis.log", limit_bytes=10)
    for run in ("first run, long", "second run, long", "third"):
        write(log, run)
    assert log.path.read_text() == "third"
    assert (tmp_path / "redis.log.1").read_text() == "second run, long"
    assert len(list(tmp_path.iterdir())) == 2


def test_bytes_that_are_no_text_do_not_hide_the_rest(tmp_path: Path) -> None:
    log = ServerLog(tmp_path / "redis.log")
    descriptor = log.open()
    os.write(descriptor, b"\xff\xfe broken\n")
    os.close(descriptor)
    assert "broken" in log.tail()
