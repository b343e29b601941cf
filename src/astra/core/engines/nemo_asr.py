"""`Engine` over NVIDIA NeMo: the Parakeet transducers and the Canary models, by hub name or `.nemo` file."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from astra.core.engines import nemo_file
from astra.core.engines.model_digest import file_digest
from astra.core.engines.nemo_file import NemoFile
from astra.core.engines.nemo_models import LoadedCanary, LoadedNemo, LoadedParakeet
from astra.core.engines.nvidia_models import KNOWN, NvidiaModel, advice_for
from astra.core.errors import EngineUnavailable
from astra.core.values import EngineFeatures, EngineIdentity

DEFAULT_MODEL: Final = "parakeet-tdt-0.6b-v3"
DEFAULT_CANARY: Final = "canary-1b-v2"
_GPU_BATCH: Final = 16
_CPU_BATCH: Final = 4
_TALKATIVE: Final = ("nemo_logger", "nv_one_logger", "hydra", "lhotse", "lightning", "torch.distributed")


class NemoAsr:
    """A Parakeet or a Canary model. Which of the two decides the engine's name in its identity.

    A careful second hearing is that of the chunk's halves: these models have no temperatures to fall back
    on. Beams are not used: both decode greedily, as published.

    Args:
        model: a `.nemo` file, or a name of the hub such as `parakeet-tdt-0.6b-v3` or `canary-1b-v2` (of
            NVIDIA unless it says `owner/name`), which is downloaded once.
        device: `auto`, `cpu` or `cuda`.
        may_download: whether a hub model that is not on this machine is fetched.
    """

    def __init__(
        self, model: str | Path = DEFAULT_MODEL, *, device: str = "auto", may_download: bool = True
    ) -> None:
        self._given = str(model)
        self._name = Path(self._given).name.removesuffix(nemo_file.SUFFIX)
        self._device = device
        self._may_download = may_download

    @cached_property
    def features(self) -> EngineFeatures:
        """Its limits: by name where the model is a known one, else as its file tells.

        Raises:
            EngineUnavailable: a file is given that is no model.
        """
        return EngineFeatures(
            languages=self._known.languages if self._known else self._told.languages,
            advice=advice_for(self._known),
            word_times=self._known is not None or self._told.word_times,
            batch_size=_GPU_BATCH if self._is_on_gpu else _CPU_BATCH,
        )

    @cached_property
    def identity(self) -> EngineIdentity:
        try:
            engine_version = f"nemo {version('nemo-toolkit')}"
        except PackageNotFoundError as error:
            raise _not_installed(error) from error
        return EngineIdentity(
            engine="canary" if self._is_canary else "parakeet",
            engine_version=engine_version,
            model=self._name,
            model_digest=file_digest(self._file),
        )

    def load(self) -> LoadedNemo:
        with _quiet():
            model = self._restored()
            if self._is_canary:
                return LoadedCanary(model, self._name, has_times=self.features.word_times)
            if not hasattr(model, "joint"):
                raise EngineUnavailable(
                    f"The model {self._name} is neither a transducer nor a Canary; use {DEFAULT_MODEL}."
                )
            return LoadedParakeet(model, self._name)

    def _restored(self) -> Any:
        model_class = _asr_model_class()
        try:
            model = model_class.restore_from(str(self._file), map_location=self._torch_device)
        except Exception as error:  # what a damaged file raises depends on where the damage is
            raise EngineUnavailable(
                f"The model {self._file} cannot be loaded: {error}. Check that the file is whole and that "
                "the device exists on this machine."
            ) from error
        return model.eval()

    @property
    def _known(self) -> NvidiaModel | None:
        return KNOWN.get(self._name)

    @property
    def _is_canary(self) -> bool:
        return self._known.is_canary if self._known else self._told.is_canary

    @cached_property
    def _told(self) -> NemoFile:
        return nemo_file.read(self._file)

    @property
    def _torch_device(self) -> str:
        return "cuda" if self._is_on_gpu else "cpu"

    @cached_property
    def _is_on_gpu(self) -> bool:
        if self._device != "auto":
            return self._device == "cuda"
        if find_spec("torch") is None:
            return False
        import torch  # noqa: PLC0415  # heavy

        return bool(torch.cuda.is_available())

    @cached_property
    def _file(self) -> Path:
        path = Path(self._given)
        if path.is_file():
            return path
        if path.is_dir() or path.suffix == nemo_file.SUFFIX:
            raise EngineUnavailable(f"There is no file {path}; give a {nemo_file.SUFFIX} file or a hub name.")
        return nemo_file.from_hub(self._given, may_download=self._may_download)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep from users what NeMo and its packages warn their developers of while they are imported."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is raised
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _asr_model_class() -> Any:
    try:
        from nemo.collections.asr.models import ASRModel  # noqa: PLC0415  # heavy, of an extra
        from nemo.utils import logging as nemo_logging  # noqa: PLC0415
    except ImportError as error:
        raise _not_installed(error) from error
    nemo_logging.set_verbosity(nemo_logging.ERROR)
    nemo_logging.captureWarnings(capture=False)  # those of the rest of the process are none of its business
    return ASRModel


def _not_installed(error: ImportError) -> EngineUnavailable:
    return EngineUnavailable(
        f"The engines parakeet and canary need NVIDIA NeMo, which cannot be imported ({error}): "
        "install astra[parakeet], or use the engine parakeet-onnx or canary-onnx (astra[onnx]), which needs "
        "no torch."
    )
