"""The smallest Ceph that serves S3: one monitor, one OSD on a sparse file, one radosgw.

After Ceph's "Manual Deployment" page, without its authentication between daemons: nothing but loopback
reaches them. The S3 API's own authentication is all there.
"""

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

REGION: Final = "us-east-1"
START_TIMEOUT_S: Final = 120
STOP_TIMEOUT_S: Final = 10
CONFIGURATION: Final = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{monitor_port}/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms mon client mode = crc
auth cluster required = none
auth service required = none
auth client required = none
log to file = false
log to stderr = true
err to stderr = true
admin socket =
run dir = {folder}
keyring = /dev/null
mon data = {folder}/mon
mon allow pool size one = true
mon allow pool delete = true
paxos propose interval = 0.05
paxos min wait = 0.01
mon pg warn min per osd = 0
mon max pg per osd = 1000
mon data avail crit = 1
osd data = {folder}/osd
osd objectstore = bluestore
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd memory target = 1073741824
bluestore block size = 17179869184
bluestore block db create = false
rgw frontends = beast endpoint=127.0.0.1:{s3_port}
rgw enable apis = s3
rgw run sync thread = false
rgw enable usage log = false
rgw data = {folder}
"""


class ServerFailed(Exception):
    """A server did not start; the message has the end of its log."""


class CephCluster:
    """A throw-away cluster in `folder` with one S3 user."""

    def __init__(self, folder: Path, *, access_key: str, secret_key: str) -> None:
        self._folder = folder
        self._access_key = access_key
        self._secret_key = secret_key
        self._s3_port, self._monitor_port = free_ports(2)
        self._servers: list[subprocess.Popen[bytes]] = []

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self._s3_port}"

    def environment(self) -> dict[str, str]:
        """Return the settings of ASTRA that lead to this server."""
        return {
            "ASTRA_S3_ENDPOINT_URL": self.endpoint_url,
            "ASTRA_S3_ACCESS_KEY": self._access_key,
            "ASTRA_S3_SECRET_KEY": self._secret_key,
            "ASTRA_S3_REGION": REGION,
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start the servers one after another, and stop them in reverse whatever happens."""
        try:
            fsid = self._configure()
            self._start_monitor(fsid)
            self._start_osd()
            self._create_user()
            self._start_gateway()
            yield
        finally:
            for server in reversed(self._servers):
                stop(server)

    def _configure(self) -> str:
        fsid = str(uuid.uuid4())
        (self._folder / "ceph.conf").write_text(
            CONFIGURATION.format(
                fsid=fsid, folder=self._folder, monitor_port=self._monitor_port, s3_port=self._s3_port
            )
        )
        for name in ("mon", "osd"):
            (self._folder / name).mkdir()
        return fsid

    def _start_monitor(self, fsid: str) -> None:
        monitor_map = str(self._folder / "monmap")
        address = f"[v2:127.0.0.1:{self._monitor_port}]"
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, monitor_map)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monitor_map)
        self._serve("ceph-mon", "-i", "a")

    def _start_osd(self) -> None:
        osd_uuid = str(uuid.uuid4())
        osd_id = self._run("ceph", "--connect-timeout", str(START_TIMEOUT_S), "osd", "new", osd_uuid).strip()
        self._run("ceph-osd", "-i", osd_id, "--mkfs", "--osd-uuid", osd_uuid)
        self._serve("ceph-osd", "-i", osd_id)
        self._wait_until(self._has_osd, "ceph-osd")

    def _has_osd(self) -> bool:
        status = json.loads(self._run("ceph", "osd", "stat", "--format", "json"))
        return bool(status["num_up_osds"])

    def _create_user(self) -> None:
        keys = ("--access-key", self._access_key, "--secret-key", self._secret_key)
        self._run("radosgw-admin", "user", "create", "--uid", "astra", "--display-name", "ASTRA", *keys)

    def _start_gateway(self) -> None:
        self._serve("radosgw", "-n", "client.rgw")
        self._wait_until(self._answers, "radosgw")

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(self.endpoint_url, timeout=5).close()  # noqa: S310 - our own http URL
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> str:
        result = subprocess.run(
            [program, "-c", str(self._folder / "ceph.conf"), *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_TIMEOUT_S,
        )
        if result.returncode != 0:
            raise ServerFailed(f"{program} {' '.join(arguments[:3])} failed:\n{result.stderr[-2000:]}")
        return result.stdout

    def _serve(self, program: str, *arguments: str) -> None:
        """Start a server in the foreground that dies with this process."""
        with self._log(program).open("wb") as log:
            server = subprocess.Popen(
                [
                    "setpriv",
                    "--pdeathsig",
                    "KILL",
                    program,
                    "-f",
                    "-c",
                    self._folder / "ceph.conf",
                    *arguments,
                ],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for this process, which stops them in order
            )
        self._servers.append(server)

    def _log(self, program: str) -> Path:
        return self._folder / f"{program}.log"

    def _wait_until(self, is_ready: Callable[[], bool], program: str) -> None:
        """Wait for the server that was started last."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not is_ready():
            if self._servers[-1].poll() is not None or time.monotonic() > deadline:
                log = self._log(program).read_text(errors="replace")
                raise ServerFailed(f"{program} did not start:\n{log[-3000:]}")
            time.sleep(0.1)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a server, by force if it does not go."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(bound.getsockname()[1]) for bound in sockets]
    for bound in sockets:
        bound.close()
    return ports
