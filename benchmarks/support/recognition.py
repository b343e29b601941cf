"""One recognition of one file in a process of its own: prints wall and CPU seconds, peak memory and the text.

python recognition.py ours|peer|overhead FILE
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor
from threadpoolctl import threadpool_limits

from astra.bootstrap.parts import sound_decoder, transcriber
from astra.bootstrap.settings import Settings
from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.sound.silero_vad import SileroVad
from astra.core.values import Hearing, Pcm16k, Segment, TranscribeOptions
from astra.samples import load_sample

MODEL: Final = FasterWhisper("demo")
LETTERS_A_SECOND: Final = 13  # of ordinary speech


def ours(path: Path) -> str:
    """Hear the file with ASTRA's pipeline, as it comes."""
    return " ".join(
        part.result.text for part in transcriber(Settings(model="demo")).parts(path, TranscribeOptions())
    )


def peer(path: Path) -> str:
    """Hear the file with faster-whisper's batched pipeline and its voice detection, as they come."""
    model = WhisperModel(str(MODEL.folder), device="cpu")
    segments, _ = BatchedInferencePipeline(model).transcribe(str(path), language="es")
    return " ".join(segment.text.strip() for segment in segments)


class Featured:
    """An engine that computes the model's features and stops there, one chunk after another."""

    identity = MODEL.identity
    features = replace(MODEL.features, parallel_calls=1)

    def __init__(self) -> None:
        self._extract = FeatureExtractor()
        self._text = load_sample().reference_text

    def load(self) -> "Featured":
        return self

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        assert options.language == "es"
        return [self._featured(chunk) for chunk in chunks]

    def _featured(self, chunk: Pcm16k) -> Hearing:
        self._extract(chunk)
        duration_ms = len(chunk) // 16
        text = self._text[: duration_ms * LETTERS_A_SECOND // 1000]
        return Hearing(segments=(Segment(start_ms=0, end_ms=duration_ms, text=text, confidence=1.0),))

    def close(self) -> None:
        """Nothing to give back."""


def overhead(path: Path) -> str:
    """Do everything but the engine: decode, voice detection, chunks, features, merge."""
    threadpool_limits(1, user_api="blas")  # as the engine does
    engine = SharedEngine(Featured())
    pipeline = Transcriber(engine=engine, voice_detector=SileroVad(), decoder=sound_decoder())
    return str(pipeline.transcribe(path, TranscribeOptions()).duration_ms)


RUNS: Final[dict[str, Callable[[Path], str]]] = {"ours": ours, "peer": peer, "overhead": overhead}


def peak_rss_mb() -> float:
    """Return the most memory that this process has held; `ru_maxrss` would begin at the parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Run what the command line names and print its figures."""
    wall, cpu = time.perf_counter(), time.process_time()
    text = RUNS[sys.argv[1]](Path(sys.argv[2]))
    figures = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_rss_mb": peak_rss_mb(),
        "text": text,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
