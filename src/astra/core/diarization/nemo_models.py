"""The models of NVIDIA NeMo that diarization uses: how one is found, loaded, lent and given back."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from astra.core.errors import EngineUnavailable

_SUFFIX: Final = ".nemo"
_OWNER: Final = "nvidia"


class NemoModel:
    """One model, loaded at first use and used by one thread at a time: NeMo's are not thread-safe.

    Args:
        kind: the model's class in `nemo.collections.asr.models`.
        name: a `.nemo` file, or a name of the hub (of NVIDIA unless it says `owner/name`), which is
            downloaded once.
        device: `auto`, `cpu` or `cuda`.
        may_download: whether a hub model that is not on this machine is fetched.
    """

    def __init__(self, kind: str, name: str | Path, *, device: str, may_download: bool) -> None:
        self._kind = kind
        self._name = str(name)
        self._device = device
        self._may_download = may_download
        self._lock = Lock()
        self._model: Any = None

    @contextmanager
    def lent(self) -> Iterator[Any]:
        """Lend the model, for inference only.

        Raises:
            EngineUnavailable: the package, the model or the device cannot be had, or the model failed.
        """
        with self._lock:
            if self._model is None:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # meant for NeMo's developers
                    self._model = self._loaded()
            import torch  # noqa: PLC0415  # loaded already

            try:
                with torch.inference_mode():
                    yield self._model
            except RuntimeError as error:
                raise EngineUnavailable(f"The model {self._name} failed: {error}.") from error

    def close(self) -> None:
        """Give back the memory once nobody uses the model; the next use loads it again."""
        with self._lock:
            self._model = None
        gc.collect()

    def _loaded(self) -> Any:
        model_class = _model_class(self._kind)
        file = self._file()
        try:
            model = model_class.restore_from(
                str(file), map_location=_torch_device(self._device), strict=False
            )
        except Exception as error:  # what a damaged file raises depends on where the damage is
            raise EngineUnavailable(
                f"The model {file} cannot be loaded: {error}. Check that the file is whole and that the "
                "device exists on this machine."
            ) from error
        if not isinstance(model, model_class):
            raise EngineUnavailable(f"The model {file} is a {type(model).__name__}, not a {self._kind}.")
        model.preprocessor.featurizer.dither = 0.0  # noise that would make results differ from call to call
        return model.eval()

    def _file(self) -> Path:
        path = Path(self._name)
        if path.is_file():
            return path
        if path.is_dir() or path.suffix == _SUFFIX:
            raise EngineUnavailable(f"There is no file {path}; give a {_SUFFIX} file or a name of the hub.")
        repository = self._name if "/" in self._name else f"{_OWNER}/{self._name}"
        return _from_hub(repository, may_download=self._may_download)


def _from_hub(repository: str, *, may_download: bool) -> Path:
    """Return the file of a hub model: the copy on this machine, else a download if that is allowed."""
    from huggingface_hub import hf_hub_download  # noqa: PLC0415  # heavy

    file = Path(repository).name + _SUFFIX
    for is_local_only in (True, not may_download):
        try:
            return Path(hf_hub_download(repository, file, local_files_only=is_local_only))
        except (OSError, ValueError) as error:  # no copy here, or no way to it
            failure = error
    raise EngineUnavailable(
        f"The diarization model {repository} is not on this machine and could not be downloaded. Connect to "
        f"the internet once so that it downloads from the hub, or give a copy of its {_SUFFIX} file."
    ) from failure


def _model_class(kind: str) -> Any:
    try:
        from nemo.collections.asr import models  # noqa: PLC0415  # heavy, of an extra
        from nemo.utils import logging as nemo_logging  # noqa: PLC0415
    except ImportError as error:
        raise EngineUnavailable(
            f"Sortformer and TitaNet need NVIDIA NeMo, which cannot be imported ({error}): "
            "install astra[parakeet]."
        ) from error
    nemo_logging.set_verbosity(nemo_logging.ERROR)
    nemo_logging.captureWarnings(capture=False)  # those of the rest of the process are none of its business
    return getattr(models, kind)


def _torch_device(device: str) -> str:
    if device != "auto":
        return device
    import torch  # noqa: PLC0415  # loaded already

    return "cuda" if torch.cuda.is_available() else "cpu"
