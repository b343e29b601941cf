"""A small ASTRA to kill: runs the embedded platform in the folder given until SIGTERM or SIGINT.

Prints one JSON line when it is up. Exit code 3 and the error's code and message if it cannot start.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

from astra.bootstrap.embedded.platform import EmbeddedPlatform
from astra.kernel.errors import AstraError


async def serve(folder: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with EmbeddedPlatform(folder) as platform:
        up = {"pids": platform.pids, "postgres": platform.postgres_conninfo, "redis": platform.redis_url}
        sys.stdout.write(json.dumps(up) + "\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(Path(sys.argv[1])))
    except AstraError as error:
        sys.stdout.write(json.dumps({"code": error.code, "message": str(error)}) + "\n")
        sys.exit(3)
