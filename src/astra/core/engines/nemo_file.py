"""A `.nemo` file: a tar of a model's configuration, tokenizers and weights; and where to get one."""

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from astra.core.errors import EngineUnavailable

SUFFIX: Final = ".nemo"
_CONFIG: Final = "model_config.yaml"
_ALIGNER: Final = "timestamps_asr_model_weights.ckpt"
_SPECIAL_TOKENS: Final = "spl_tokens"
_OWNER: Final = "nvidia"


@dataclass(frozen=True, slots=True, kw_only=True)
class NemoFile:
    """What a file says about its model without being loaded."""

    config: Mapping[str, Any]
    has_aligner: bool  # a second model that finds the words' times

    @property
    def is_canary(self) -> bool:
        return str(self.config.get("target", "")).endswith("EncDecMultiTaskModel")

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have a tokenizer of their own; none: it does not tell."""
        tokenizers = set(self.config.get("tokenizer", {}).get("langs") or ()) - {_SPECIAL_TOKENS}
        return frozenset(tokenizers if len(tokenizers) > 1 else ())

    @property
    def word_times(self) -> bool:
        return not self.is_canary or self.has_aligner or self.config.get("prompt_format") == "canary2"


def read(path: Path) -> NemoFile:
    """Read what a file says about its model; raises `EngineUnavailable` if it is no NeMo model."""
    try:
        with tarfile.open(path) as archive:
            members = {Path(member.name).name: member for member in archive.getmembers()}
            content = archive.extractfile(members[_CONFIG])
            config = yaml.safe_load(content) if content else None
    except (OSError, tarfile.TarError, KeyError, yaml.YAMLError) as error:
        raise EngineUnavailable(f"{path} is not a NeMo model ({SUFFIX} file): {error}.") from error
    if not isinstance(config, dict):
        raise EngineUnavailable(f"{path} is not a NeMo model: its {_CONFIG} is empty.")
    return NemoFile(config=config, has_aligner=_ALIGNER in members)


def from_hub(name: str, *, may_download: bool) -> Path:
    """Return the file of a hub model: the copy on this machine, else a download if that is allowed."""
    from huggingface_hub import hf_hub_download  # noqa: PLC0415  # heavy

    repository = name if "/" in name else f"{_OWNER}/{name}"
    file = Path(repository).name + SUFFIX
    try:
        return Path(hf_hub_download(repository, file, local_files_only=True))
    except (OSError, ValueError):  # no copy here
        pass
    try:
        return Path(hf_hub_download(repository, file, local_files_only=not may_download))
    except (OSError, ValueError) as error:
        raise EngineUnavailable(
            f"The model {name} is not on this machine and could not be downloaded. Connect to the internet "
            f"once so that it downloads from the hub ({repository}), or give a copy of its {SUFFIX} file "
            "with --model FILE (ASTRA_MODEL for a server). The demo model (--engine whisper --model demo) "
            "needs no download but only knows the demo's synthetic voices."
        ) from error
