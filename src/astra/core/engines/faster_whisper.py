"""`Engine` over faster-whisper (CTranslate2): Whisper by hub name, by folder, or the demo model."""

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from itertools import accumulate
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from astra.core.engines.model_digest import folder_digest
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.values import (
    SAMPLE_RATE,
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Segment,
    TranscribeOptions,
    Word,
)

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

DEFAULT_MODEL: Final = "large-v3-turbo"
DEMO_MODEL: Final = "demo"
_DEMO_LANGUAGES: Final = frozenset({"es"})
_MODEL_FILE: Final = "model.bin"
_GPU_BATCH: Final = 16
_FALLBACKS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # temperatures, as in the paper's decoding


class FasterWhisper:
    """A Whisper model, language named and previous text never used as a prompt.

    Args:
        model: `demo`, a folder with a CTranslate2 model, or a name of the hub such as `large-v3-turbo`,
            which is downloaded once.
        device: `auto`, `cpu` or `cuda`.
        compute_type: CTranslate2's quantisation: `default`, `float32`, `float16`, `int8`, `int8_float16`.
        cpu_threads: cores of this machine to use; 0: all of them.
        batch_size: chunks in one call; None: 16 on a GPU, and on a CPU one, which is faster there.
        may_download: whether a hub model that is not on this machine is fetched.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        device: str = "auto",
        compute_type: str = "default",
        cpu_threads: int = 0,
        batch_size: int | None = None,
        may_download: bool = True,
    ) -> None:
        self._name = str(model)
        self._device = device
        self._compute_type = compute_type
        self._cores = cpu_threads or os.cpu_count() or 1
        self._batch_size = batch_size
        self._may_download = may_download

    @property
    def features(self) -> EngineFeatures:
        is_demo = self._name == DEMO_MODEL
        return EngineFeatures(
            languages=_DEMO_LANGUAGES if is_demo else frozenset[str](),
            word_times=True,
            hotwords=not is_demo,
            batch_size=self._batch_size or (_GPU_BATCH if self._is_on_gpu else 1),
            parallel_calls=2 if self._is_on_gpu else self._cores,
        )

    @cached_property
    def identity(self) -> EngineIdentity:
        folder = self.folder
        return EngineIdentity(
            engine="whisper",
            engine_version=f"faster-whisper {version('faster-whisper')}",
            model=Path(self._name).name or folder.resolve().name,
            model_digest=folder_digest(folder),
        )

    def load(self) -> "LoadedWhisper":
        from faster_whisper import WhisperModel  # noqa: PLC0415  # loads ctranslate2
        from threadpoolctl import threadpool_limits  # noqa: PLC0415  # looks through loaded libraries

        threadpool_limits(1, user_api="blas")  # features of chunks side by side; BLAS threads only spin
        try:
            model = WhisperModel(
                str(self.folder),
                device="cuda" if self._is_on_gpu else "cpu",
                compute_type=self._compute_type,
                cpu_threads=1,
                num_workers=self.features.parallel_calls,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineUnavailable(
                f"The model in {self.folder} cannot be loaded: {error}. Check that the folder holds a whole "
                "CTranslate2 model and that the device and the compute type exist on this machine."
            ) from error
        return LoadedWhisper(model, self._name)

    @cached_property
    def _is_on_gpu(self) -> bool:
        if self._device != "auto":
            return self._device == "cuda"
        from ctranslate2 import get_cuda_device_count  # noqa: PLC0415  # heavy

        return bool(get_cuda_device_count())

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are; they are fetched if need be."""
        if self._name == DEMO_MODEL:
            return Path(str(files("astra.core") / "models" / DEMO_MODEL))
        folder = Path(self._name)
        if (folder / _MODEL_FILE).is_file():
            return folder
        if folder.is_dir():
            raise EngineUnavailable(
                f"The folder {folder} holds no {_MODEL_FILE}; "
                "give that of a Whisper model converted to CTranslate2."
            )
        return _from_hub(self._name, may_download=self._may_download)


class LoadedWhisper:
    """A Whisper model in memory; each of its workers is one thread, so that chunks are heard side by side."""

    def __init__(self, model: "WhisperModel", name: str) -> None:
        self._model = model
        self._name = name

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        try:
            if len(chunks) == 1 or options.is_careful:
                return [self._alone(chunk, options) for chunk in chunks]
            return self._together(chunks, options)
        except ValueError as error:
            raise OptionUnsupported(f"The model {self._name} refuses an option: {error}.") from error
        except RuntimeError as error:
            raise EngineUnavailable(f"The model {self._name} failed while hearing: {error}.") from error

    def close(self) -> None:
        self._model.model.unload_model()

    def _alone(self, chunk: Pcm16k, options: TranscribeOptions) -> Hearing:
        if not len(chunk):
            return Hearing(segments=())
        segments, _ = self._model.transcribe(
            chunk,
            temperature=_FALLBACKS if options.is_careful else _FALLBACKS[0],
            condition_on_previous_text=False,
            vad_filter=False,
            **_common(options),
        )
        return _hearing(segments)

    def _together(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        """Hear the chunks as clips of one recording, in one batch."""
        from faster_whisper import BatchedInferencePipeline  # noqa: PLC0415  # loaded already

        ends = list(accumulate(len(chunk) for chunk in chunks))
        clips = [(end - len(chunk), end) for chunk, end in zip(chunks, ends, strict=True) if len(chunk)]
        segments, _ = BatchedInferencePipeline(self._model).transcribe(
            np.concatenate(chunks),
            clip_timestamps=[
                {"start": start / SAMPLE_RATE, "end": end / SAMPLE_RATE} for start, end in clips
            ],
            batch_size=len(clips),
            without_timestamps=False,
            **_common(options),
        )
        of_clip = _by_clip(segments, [start / SAMPLE_RATE for start, _ in clips])
        return [next(of_clip) if len(chunk) else Hearing(segments=()) for chunk in chunks]


def _from_hub(name: str, *, may_download: bool) -> Path:
    """Return the folder of a hub model: the copy on this machine, else a download if that is allowed."""
    from faster_whisper.utils import download_model  # noqa: PLC0415  # loads ctranslate2

    try:
        return Path(download_model(name, local_files_only=True))
    except (OSError, ValueError):  # no whole copy here
        pass
    try:
        return Path(download_model(name, local_files_only=not may_download))
    except (OSError, ValueError) as error:
        raise EngineUnavailable(
            f"The model {name} is not on this machine and could not be downloaded. Connect to the internet "
            "once so that it downloads, or give the folder of a copy with --model FOLDER "
            "(ASTRA_MODEL for a server). The demo model (--model demo) needs no download but only knows the "
            "demo's synthetic voices."
        ) from error


def _common(options: TranscribeOptions) -> dict[str, Any]:
    return {
        "language": options.language,
        "beam_size": options.beam_size,
        "word_timestamps": options.word_times,
        "hotwords": ", ".join(options.hotwords) or None,
    }


def _by_clip(segments: Iterable[Any], starts_s: Sequence[float]) -> Iterator[Hearing]:
    """Yield one hearing a clip; a segment belongs to the clip that begins last before its middle."""
    groups: list[list[Any]] = [[] for _ in starts_s]
    for segment in segments:
        groups[max(bisect_right(starts_s, (segment.start + segment.end) / 2) - 1, 0)].append(segment)
    for group, start_s in zip(groups, starts_s, strict=True):
        yield _hearing(group).shifted(-round(start_s * 1000))


def _hearing(segments: Iterable[Any]) -> Hearing:
    return Hearing(segments=tuple(_segment(segment) for segment in segments if segment.text.strip()))


def _segment(segment: Any) -> Segment:
    return Segment(
        start_ms=round(segment.start * 1000),
        end_ms=round(segment.end * 1000),
        text=segment.text.strip(),
        confidence=min(exp(segment.avg_logprob), 1.0),
        no_speech=segment.no_speech_prob,
        words=tuple(
            Word(
                start_ms=round(word.start * 1000),
                end_ms=round(word.end * 1000),
                text=word.word.strip(),
                confidence=word.probability,
            )
            for word in segment.words or ()
        ),
    )
