"""`VoiceDetector` over Silero VAD v6, its convolutions written as matrix products (`tools/fast_silero`)."""

from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from astra.core.values import SAMPLE_RATE, Pcm16k

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_WINDOW: Final = 512  # samples
_CONTEXT: Final = 64  # samples of the window before, which the model hears again
_BATCH: Final = 128  # windows in one call: the fastest, and a few hundred kilobytes
_STATE: Final = (1, 1, 128)  # shape of the LSTM's hidden and cell state


class SileroVad:
    """Runs the model on one CPU thread; 1.5 CPU-seconds for an hour of sound."""

    window_ms = _WINDOW * 1000 // SAMPLE_RATE

    def __init__(self) -> None:
        self._lock = Lock()
        self._session: InferenceSession | None = None

    def stream(self) -> "SileroStream":
        """Begin to follow a recording."""
        with self._lock:
            if self._session is None:
                self._session = _loaded()
            return SileroStream(self._session)


class SileroStream:
    """The model's state along one recording."""

    def __init__(self, session: "InferenceSession") -> None:
        self._session = session
        self._waiting = np.zeros(0, dtype=np.float32)
        self._context = np.zeros(_CONTEXT, dtype=np.float32)
        self._hidden = np.zeros(_STATE, dtype=np.float32)
        self._cell = np.zeros(_STATE, dtype=np.float32)

    def probabilities(self, sound: Pcm16k) -> list[float]:
        """Take the next samples; return the probability of voice of each window that is complete now."""
        self._waiting = np.concatenate([self._waiting, sound])
        complete = len(self._waiting) // _WINDOW * _WINDOW
        found: list[float] = []
        for start in range(0, complete, _BATCH * _WINDOW):
            found += self._heard(self._waiting[start : min(start + _BATCH * _WINDOW, complete)])
        self._waiting = self._waiting[complete:]
        return found

    def _heard(self, samples: Pcm16k) -> list[float]:
        windows = samples.reshape(-1, _WINDOW)
        before = np.concatenate([self._context[None], windows[:-1, -_CONTEXT:]])
        self._context = windows[-1, -_CONTEXT:].copy()
        found, self._hidden, self._cell = self._session.run(
            None,
            {"input": np.concatenate([before, windows], axis=1), "h": self._hidden, "c": self._cell},
        )
        return [float(probability) for probability in found]


def _loaded() -> "InferenceSession":
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415  # heavy: loaded when needed

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    model = files("astra.core") / "models" / "silero" / "silero_vad_v6_matmul.onnx"
    return InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
