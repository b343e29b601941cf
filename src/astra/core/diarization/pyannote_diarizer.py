"""`LocalDiarizer` over pyannote.audio's pipelines (extra `astra[pyannote]`).

Their models are gated: each user accepts their conditions on the hub and brings a token of their own. A
pipeline's own clustering compares everything with everything, so it hears ten minutes at a time.
"""

import gc
import warnings
from collections.abc import Iterable
from threading import Lock
from typing import Any, Final

import numpy as np

from astra.core.diarization.values import LocalTurn, LocalVoice, Vectors
from astra.core.errors import EngineUnavailable
from astra.core.pipeline.chunking import Chunk
from astra.core.values import SAMPLE_RATE

DEFAULT_MODEL: Final = "pyannote/speaker-diarization-community-1"

Track = tuple[float, float, str]  # start and end in s, label


class PyannoteDiarizer:
    """A pipeline that gives a vector of each speaker (pyannote.audio 4); telemetry is turned off.

    Args:
        model: a pipeline of the hub, or the folder of a copy of one.
        token: the user's own token of the hub, for a gated pipeline that is not on this machine.
        device: `auto`, `cpu` or `cuda`.
        same_voice: see `LocalDiarizer`.
    """

    longest_ms = 600_000
    blur_ms = 100

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        token: str | None = None,
        device: str = "auto",
        same_voice: float = 0.5,
    ) -> None:
        self.same_voice = same_voice
        self._model = model
        self._token = token or None
        self._device = device
        self._lock = Lock()
        self._pipeline: Any = None

    def voices(self, chunk: Chunk) -> list[LocalVoice]:
        with self._lock:
            if self._pipeline is None:
                self._pipeline = self._loaded()
            try:
                output = self._heard(chunk)
            except RuntimeError as error:
                raise EngineUnavailable(f"The pipeline {self._model} failed: {error}.") from error
        annotation = getattr(output, "speaker_diarization", None)
        if annotation is None:
            raise EngineUnavailable(f"{self._model} is no diarization pipeline of pyannote.audio 4.")
        tracks = [
            (segment.start, segment.end, label)
            for segment, _, label in annotation.itertracks(yield_label=True)
        ]
        return voices_of(tracks, annotation.labels(), output.speaker_embeddings, chunk.duration_ms)

    def close(self) -> None:
        with self._lock:
            self._pipeline = None
        gc.collect()

    def _heard(self, chunk: Chunk) -> Any:
        import torch  # noqa: PLC0415  # loaded already

        sound = torch.from_numpy(np.ascontiguousarray(chunk.audio))[None]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of statistics over too few frames
            return self._pipeline({"waveform": sound, "sample_rate": SAMPLE_RATE, "uri": "chunk"})

    def _loaded(self) -> Any:
        pipeline_class = _pipeline_class()
        import torch  # noqa: PLC0415  # loaded already

        device = self._device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            pipeline = pipeline_class.from_pretrained(self._model, token=self._token)
            return pipeline.to(torch.device(device))
        except Exception as error:  # the hub's, YAML's, torch's: whatever is wrong with a model
            raise EngineUnavailable(
                f"The pipeline {self._model} cannot be loaded ({type(error).__name__}). If it is of the hub: "
                "accept its conditions on its page while signed in, make a token at hf.co/settings/tokens, "
                "and give it to ASTRA in its settings. If it is a folder, check that it is whole."
            ) from error


def voices_of(
    tracks: Iterable[Track], labels: list[str], vectors: Vectors | None, duration_ms: int
) -> list[LocalVoice]:
    """Return the voices of a pipeline's output, in the order of its labels, within the chunk.

    Args:
        tracks: who speaks when.
        labels: the speakers, one for each row of `vectors`.
        vectors: not of unit length; a row of zeros or NaN where a speaker has none; None: nobody has.
        duration_ms: of the chunk.
    """
    turns: dict[str, list[LocalTurn]] = {label: [] for label in labels}
    for start_s, end_s, label in tracks:
        start_ms, end_ms = max(round(start_s * 1000), 0), min(round(end_s * 1000), duration_ms)
        if end_ms > start_ms:
            turns[label].append(LocalTurn(start_ms=start_ms, end_ms=end_ms, confidence=1.0))
    rows = np.zeros((len(labels), 1), dtype=np.float32) if vectors is None else np.nan_to_num(vectors)
    return [
        LocalVoice(turns=tuple(turns[label]), vector=_unit(row))
        for label, row in zip(labels, rows, strict=True)
        if turns[label]
    ]


def _unit(row: Vectors) -> Vectors:
    return (row / max(float(np.linalg.norm(row)), 1e-9)).astype(np.float32)


def _pipeline_class() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a decoder of files, which is not used
        try:
            from pyannote.audio import Pipeline  # noqa: PLC0415  # heavy, of an extra
            from pyannote.audio.telemetry import set_telemetry_metrics  # noqa: PLC0415
        except (ImportError, OSError) as error:  # OSError: a library of torch that does not fit
            raise EngineUnavailable(
                f"pyannote.audio cannot be imported ({error}): install astra[pyannote]."
            ) from error
    set_telemetry_metrics(False)
    return Pipeline
