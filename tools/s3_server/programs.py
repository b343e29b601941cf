"""The programs of a small Ceph, and how to get them."""

import os
import shutil
import subprocess
from typing import Final

PACKAGES: Final = {  # program: Debian package
    "radosgw": "radosgw",
    "radosgw-admin": "ceph-common",
    "ceph": "ceph-common",
    "ceph-mon": "ceph-mon",
    "ceph-osd": "ceph-osd",
    "monmaptool": "ceph-base",
}


class ProgramsMissing(Exception):
    """Programs are missing and cannot be installed here."""


def ensure_programs() -> None:
    """Install what is missing with apt; `ProgramsMissing` says what to do where that cannot be."""
    if not (missing := missing_programs()):
        return
    packages = sorted(set(PACKAGES.values()))
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise ProgramsMissing(
            f"missing programs: {', '.join(missing)}. On Debian or Ubuntu: "
            f"sudo apt-get install --no-install-recommends {' '.join(packages)}; "
            "elsewhere install Ceph 16 or later (its monitor, OSD, radosgw and command line)."
        )
    install(packages)
    if missing := missing_programs():
        raise ProgramsMissing(
            f"apt-get installed {', '.join(packages)}, but {', '.join(missing)} is not there"
        )


def missing_programs() -> list[str]:
    """Return the programs that are not on the PATH."""
    return [program for program in PACKAGES if shutil.which(program) is None]


def install(packages: list[str]) -> None:
    """Install Debian packages without asking."""
    print(f"installing {', '.join(packages)} …", flush=True)
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    for command in (
        ["apt-get", *wait, "update", "-qq"],
        ["apt-get", *wait, "install", "-qq", "-y", "--no-install-recommends", *packages],
    ):
        result = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise ProgramsMissing(
                f"{' '.join(command)} failed:\n{result.stdout[-2000:]}{result.stderr[-2000:]}"
            )
