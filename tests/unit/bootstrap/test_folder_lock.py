"""One ASTRA at a time in a data folder, whatever became of the last one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from astra.bootstrap.embedded.data_folder import FolderLock
from astra.bootstrap.embedded.errors import DataFolderInUse

HOLD_AND_FORK = """
import os, sys, time
from pathlib import Path
from astra.bootstrap.embedded.data_folder import FolderLock
lock = FolderLock(Path(sys.argv[1]), Path("/data"))
lock.acquire()
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


def lock_at(folder: Path) -> FolderLock:
    return FolderLock(folder / "astra.lock", Path("/data"))


def test_the_second_is_told_who_has_the_folder(tmp_path: Path) -> None:
    first = lock_at(tmp_path)
    first.acquire()
    with pytest.raises(DataFolderInUse, match=rf"another ASTRA \(pid {os.getpid()}\) uses /data"):
        lock_at(tmp_path).acquire()
    first.release()
    second = lock_at(tmp_path)
    second.acquire()
    second.release()


def test_releasing_what_was_never_taken_takes_nothing_from_others(tmp_path: Path) -> None:
    first = lock_at(tmp_path)
    first.acquire()
    lock_at(tmp_path).release()
    with pytest.raises(DataFolderInUse):
        lock_at(tmp_path).acquire()
    first.release()


def test_whoever_comes_during_a_clean_up_waits_for_it(tmp_path: Path) -> None:
    cleaning = lock_at(tmp_path)
    assert cleaning.try_for_cleanup()
    with pytest.raises(DataFolderInUse, match="an ASTRA that is ending"):
        lock_at(tmp_path).acquire(patience_s=0.1)
    cleaning.release()
    lock = lock_at(tmp_path)
    lock.acquire(patience_s=0.1)
    lock.release()


def test_a_clean_up_leaves_a_folder_alone_that_a_new_astra_has(tmp_path: Path) -> None:
    new = lock_at(tmp_path)
    new.acquire()
    assert not lock_at(tmp_path).try_for_cleanup()
    new.release()


def test_a_forked_worker_does_not_keep_the_folder_of_a_killed_astra(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_FORK, tmp_path / "astra.lock"], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    worker = int(holder.stdout.readline())
    holder.kill()
    holder.wait()
    holder.stdout.close()

    lock = lock_at(tmp_path)
    lock.acquire(patience_s=0.5)
    lock.release()
    os.kill(worker, signal.SIGKILL)
