"""`Engine` over onnx-asr: the Parakeet and Canary models on ONNX Runtime, without torch."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from astra.core.engines.halves import heard_in_halves
from astra.core.engines.model_digest import files_digest
from astra.core.engines.nvidia_models import KNOWN, NvidiaModel, advice_for
from astra.core.engines.padding import padded
from astra.core.engines.token_words import Token, hearing_of_tokens, hearing_without_times, probability_of
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.values import (
    SAMPLES_PER_MS,
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    TranscribeOptions,
)

DEFAULT_MODEL: Final = "parakeet-tdt-0.6b-v3"
DEFAULT_CANARY: Final = "canary-1b-v2"
_PREFIX: Final = "nemo-"  # of onnx-asr's names
_SUFFIX: Final = "-onnx"  # of the hub's folders
_CONFIG: Final = "config.json"
_CANARY_TYPE: Final = "nemo-conformer-aed"
_GPU_BATCH: Final = 16
_CPU_BATCH: Final = 4
_CUDA: Final = "CUDAExecutionProvider"
_CPU: Final = "CPUExecutionProvider"


class OnnxAsr:
    """A Parakeet or a Canary model. Which of the two decides the engine's name in its identity.

    A careful second hearing is that of the chunk's halves; beams are not used.

    Args:
        model: a folder with an exported model and its `config.json`, or `parakeet-tdt-0.6b-v3`,
            `canary-1b-v2` or another name that onnx-asr knows, which is downloaded once.
        device: `auto`, `cpu` or `cuda`; for `cuda`, onnxruntime-gpu must be installed.
        quantization: `int8`, or none for the full precision.
        may_download: whether a hub model that is not on this machine is fetched.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        device: str = "auto",
        quantization: str | None = None,
        may_download: bool = True,
    ) -> None:
        self._given = str(model)
        self._name = Path(self._given).name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
        self._device = device
        self._quantization = quantization
        self._may_download = may_download

    @cached_property
    def features(self) -> EngineFeatures:
        """Its limits; raises `EngineUnavailable` if a folder is given that holds no model."""
        batch_size = _GPU_BATCH if _CUDA in self._providers else _CPU_BATCH
        return EngineFeatures(
            languages=self._known.languages if self._known else frozenset[str](),
            advice=advice_for(self._known),
            word_times=not self._is_canary,
            batch_size=1 if self._is_canary else batch_size,  # see `LoadedOnnx`
        )

    @cached_property
    def identity(self) -> EngineIdentity:
        files = self._files  # first: without the package it says what to install
        return EngineIdentity(
            engine="canary-onnx" if self._is_canary else "parakeet-onnx",
            engine_version=f"onnx-asr {version('onnx-asr')}",
            model="-".join(filter(None, (self._name, self._quantization))),
            model_digest=files_digest(_with_weights(files)),
        )

    def load(self) -> "LoadedOnnx":
        self._refuse_missing_device()
        folder = self._files[0].parent
        try:
            manager = _loader().Manager(providers=self._providers)
            model = manager.create_asr(None, folder, quantization=self._quantization).with_timestamps()
        except Exception as error:  # ONNX Runtime's errors have no common family of their own
            raise EngineUnavailable(
                f"The model in {folder} cannot be loaded: {error}. Check that the folder holds a whole "
                "model as onnx-asr reads them."
            ) from error
        return LoadedOnnx(model.recognize, self._name, is_canary=self._is_canary)

    @property
    def _known(self) -> NvidiaModel | None:
        return KNOWN.get(self._name)

    @cached_property
    def _is_canary(self) -> bool:
        if self._known:
            return self._known.is_canary
        try:
            config = json.loads((Path(self._given) / _CONFIG).read_text())
        except (OSError, ValueError) as error:
            raise EngineUnavailable(
                f"There is no readable {_CONFIG} in {self._given}; give a folder with a model as onnx-asr "
                f"reads them, or one of {', '.join(sorted(KNOWN))}."
            ) from error
        return bool(config.get("model_type") == _CANARY_TYPE)

    @cached_property
    def _providers(self) -> list[str]:
        import onnxruntime  # noqa: PLC0415  # heavy

        has_gpu = _CUDA in onnxruntime.get_available_providers()
        return [_CUDA, _CPU] if self._device != "cpu" and has_gpu else [_CPU]

    def _refuse_missing_device(self) -> None:
        if self._device == "cuda" and _CUDA not in self._providers:
            raise EngineUnavailable(
                "ONNX Runtime sees no CUDA here; install onnxruntime-gpu in place of onnxruntime, or use the "
                "device cpu."
            )

    @cached_property
    def _files(self) -> list[Path]:
        """The model's files, those of the quantisation only; they are in one folder."""
        loader = _loader()
        is_folder = Path(self._given).is_dir()
        try:
            resolver = loader.create_asr_resolver(
                None if is_folder else _PREFIX + self._name,
                self._given if is_folder else None,
                offline=is_folder or not self._may_download,
            )
            return sorted(resolver.resolve_model(quantization=self._quantization).values())
        except (OSError, ValueError) as error:
            raise self._missing(error, is_folder=is_folder) from error

    def _missing(self, error: Exception, *, is_folder: bool) -> EngineUnavailable:
        if is_folder:
            return EngineUnavailable(
                f"The folder {self._given} holds no whole model as onnx-asr reads them: {error}"
            )
        return EngineUnavailable(
            f"The model {self._given} is not on this machine and could not be downloaded. Connect to the "
            "internet once so that it downloads, or give the folder of a copy with --model FOLDER "
            "(ASTRA_MODEL for a server). The demo model (--engine whisper --model demo) needs no download "
            "but only knows the demo's synthetic voices."
        )


class LoadedOnnx:
    """A model in memory; ONNX Runtime is thread-safe, and uses all cores for one call.

    Canary hears its chunks one after another: in a batch, onnx-asr goes on writing after the end of a
    chunk until the longest one ends, and keeps what it wrote.
    """

    def __init__(self, recognize: Callable[..., list[Any]], name: str, *, is_canary: bool) -> None:
        self._recognize: Callable[..., list[Any]] | None = recognize
        self._name = name
        self._is_canary = is_canary

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        together = partial(self._one_by_one if self._is_canary else self._together, options=options)
        sounding = [chunk for chunk in chunks if len(chunk)]
        try:
            if options.is_careful:
                heard = iter([heard_in_halves(chunk, together) for chunk in sounding])
            else:
                heard = iter(together(sounding))
        except KeyError as error:  # no token for the language
            raise OptionUnsupported(
                f"The model {self._name} does not know the language {options.language!r}."
            ) from error
        except Exception as error:  # as in `load`
            raise EngineUnavailable(f"The model {self._name} failed while hearing: {error}.") from error
        return [next(heard) if len(chunk) else Hearing(segments=()) for chunk in chunks]

    def close(self) -> None:
        self._recognize = None

    def _one_by_one(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        return [
            hearing_without_times(result.tokens, result.logprobs, len(chunk) // SAMPLES_PER_MS)
            for chunk in chunks
            for result in self._results([chunk], language=options.language)
        ]

    def _together(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        return [
            hearing_of_tokens(_tokens(result), len(chunk) // SAMPLES_PER_MS, word_times=options.word_times)
            for chunk, result in zip(chunks, self._results(chunks), strict=True)
        ]

    def _results(self, chunks: Sequence[Pcm16k], **options: str) -> list[Any]:
        if self._recognize is None:
            raise RuntimeError("the model is closed")
        return self._recognize([padded(chunk) for chunk in chunks], **options)


def _loader() -> Any:
    try:
        from onnx_asr import loader  # noqa: PLC0415  # heavy, of an extra
    except ImportError as error:
        raise EngineUnavailable(
            f"The engines parakeet-onnx and canary-onnx need onnx-asr, which cannot be imported ({error}): "
            "install astra[onnx]."
        ) from error
    return loader


def _with_weights(files: Sequence[Path]) -> Iterator[Path]:
    """Yield the files, and those beside a graph that hold its weights (`.onnx.data`, `.onnx_data`)."""
    for path in files:
        yield path
        if path.suffix == ".onnx":
            yield from path.parent.glob(f"{path.name}?data")


def _tokens(result: Any) -> Iterator[Token]:
    for text, start_s, logprob in zip(result.tokens, result.timestamps, result.logprobs, strict=True):
        yield Token(start_ms=round(start_s * 1000), text=text, probability=probability_of(logprob))
