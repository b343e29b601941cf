"""A real S3 server for tests: Ceph's radosgw over one monitor and one OSD, on loopback.

    python tools/s3_server -- pytest -m s3 tests/contract/storage

Installs what is missing (Debian and Ubuntu, as root), starts the servers, prints the `ASTRA_S3_*` variables,
runs the command with them set and stops everything; its exit code is the command's. Without a command it
serves until Ctrl-C.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from ceph_cluster import CephCluster, ServerFailed
from programs import ProgramsMissing, ensure_programs


def main(arguments: list[str]) -> int:
    """Serve during the command after `--`, or until interrupted."""
    if arguments and arguments[0] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        ensure_programs()
        return serve(arguments[1:])
    except (ProgramsMissing, ServerFailed) as error:
        print(f"s3_server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def serve(command: list[str]) -> int:
    """Run the command, or wait for a signal, with the server up."""
    with tempfile.TemporaryDirectory(prefix="astra-s3-") as folder:
        cluster = CephCluster(
            Path(folder), access_key=secrets.token_hex(10).upper(), secret_key=secrets.token_hex(20)
        )
        with cluster.running():
            for name, value in cluster.environment().items():
                print(f"{name}={value}", flush=True)
            if not command:
                signal.pause()
            return subprocess.run(command, env=os.environ | cluster.environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
