"""7 hours of sound on a GPU, end to end: seconds, and dollars where that GPU can be rented by the second.

    python gpu_batch.py            figures, if this machine has a CUDA device; else a line that says so
    python gpu_batch.py --dry-run  the same code with reduced models on the sample session; no figures
    python gpu_batch.py --model parakeet_tdt_0_6b  one of the two, where NeMo is installed

`large-v3-turbo` and `parakeet-tdt-0.6b` are built on the spot at their real sizes, with random weights:
speed does not depend on what was learned, only on how much is written. Whisper writes 120 tokens in every
chunk: 4 for each second of a full window of 30 s. (The sample session has 2.2 words a second of voice; at
an assumed 1.6 tokens a Spanish word that makes 3.5.) For Parakeet see `support/random_parakeet.py`.
Whatever the length of a chunk, Whisper's is the same work, so short chunks count for more than they would.

The time runs from before the model is loaded (its file was just written, so it comes from the page cache)
to the last text: decoding, voice detection, chunks, features, engine, merge. Dollars are those seconds at
the price of that very card: a container's start, an idle time-out, CPU and memory are not in them.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ctranslate2 import get_cuda_device_count

from astra.bootstrap.parts import sound_decoder
from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.engines.nemo_asr import NemoAsr
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Engine, LoadedEngine
from astra.core.sound.silero_vad import SileroVad
from astra.core.values import EngineFeatures, EngineIdentity, Hearing, Pcm16k, TranscribeOptions
from astra.samples import load_sample
from support.gpu import Gpu, first_gpu, prices_of
from support.long_recording import make_mp3
from support.measurement import print_figure
from support.random_whisper import LARGE_V3_TURBO, REDUCED, write_whisper

HOURS: Final = 7
TARGET_S: Final = 100.0
WORDS_A_CHUNK: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one engine did with one recording."""

    load_s: float
    total_s: float  # with the load
    chunks: int  # with voice
    tries: int  # chunks given to the engine, second tries included
    words: int


class Counted:
    """An engine that counts the chunks it is given."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loaded: LoadedEngine | None = None
        self._given: list[int] = []

    @property
    def identity(self) -> EngineIdentity:
        return self._engine.identity

    @property
    def features(self) -> EngineFeatures:
        return self._engine.features

    @property
    def tries(self) -> int:
        return sum(self._given)

    def load(self) -> "Counted":
        self._loaded = self._engine.load()
        return self

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        assert self._loaded is not None
        self._given.append(len(chunks))
        return self._loaded.hear(chunks, options)

    def close(self) -> None:
        assert self._loaded is not None
        self._loaded.close()


def whisper(folder: Path, *, is_dry: bool) -> Engine:
    """Build Whisper; reduced and on the processor in a dry run."""
    size = REDUCED if is_dry else LARGE_V3_TURBO
    model = write_whisper(folder / "large-v3-turbo", size, words=WORDS_A_CHUNK)
    if is_dry:
        return FasterWhisper(model, device="cpu", compute_type="float32", batch_size=4)
    return FasterWhisper(model, device="cuda")


def parakeet(folder: Path, *, is_dry: bool) -> Engine:
    """Build Parakeet; reduced and on the processor in a dry run."""
    logging.disable(logging.WARNING)  # NeMo's pages of notices
    from support import random_parakeet as tdt  # noqa: PLC0415  # needs NeMo

    size = tdt.REDUCED if is_dry else tdt.PARAKEET_600M
    model = tdt.write_parakeet(folder / "parakeet-tdt-0.6b.nemo", size)
    return NemoAsr(model, device="cpu" if is_dry else "cuda")


def lacks_nemo(*, is_dry: bool) -> str:
    """Return why Parakeet cannot run here; empty if it can."""
    if find_spec("nemo") is None:
        return "NVIDIA NeMo is not installed here; run this in an environment with astra[parakeet]"
    import torch  # noqa: PLC0415  # heavy

    return "" if is_dry or torch.cuda.is_available() else "this torch sees no CUDA device"


Build = Callable[..., Engine]
MODELS: Final[dict[str, tuple[Build, Callable[..., str]]]] = {
    "large_v3_turbo": (whisper, lambda *, is_dry: ""),  # noqa: ARG005  # nothing but what ASTRA needs
    "parakeet_tdt_0_6b": (parakeet, lacks_nemo),
}


def hear(engine: Engine, recording: Path) -> Run:
    """Hear a recording with ASTRA's pipeline, as a worker does: load, hear, done."""
    counted = Counted(engine)
    shared = SharedEngine(counted)
    pipeline = Transcriber(engine=shared, voice_detector=SileroVad(), decoder=sound_decoder())
    start = time.perf_counter()
    with shared.lease():
        load_s = time.perf_counter() - start
        parts = list(pipeline.parts(recording, TranscribeOptions()))
    total_s = time.perf_counter() - start
    shared.close()
    texts = [part.result.text for part in parts if part.result.segments]
    words = sum(len(text.split()) for text in texts)
    return Run(load_s=load_s, total_s=total_s, chunks=len(texts), tries=counted.tries, words=words)


def say(line: str) -> None:
    """Tell the person at the terminal; figures alone go to the standard output."""
    print(f"gpu_batch: {line}", file=sys.stderr, flush=True)


def print_figures(name: str, run: Run, gpu: Gpu) -> None:
    """Print what was measured, and what it would have cost."""
    print_figure(f"gpu.{name}_7h_s", run.total_s, "s", "target", TARGET_S, device=gpu.name)
    print_figure(f"gpu.{name}_load_s", run.load_s, "s", device=gpu.name)
    prices = list(prices_of(gpu))
    for price in prices:
        dollars = run.total_s * price.usd_per_second
        print_figure(f"gpu.{name}_7h_usd_{price.provider.lower()}", dollars, "USD", device=gpu.name)
    if not prices:
        say(f"no provider's price of the {gpu.name} is in data/gpu_prices.json; no dollars printed")


def measure(names: Sequence[str], gpu: Gpu | None) -> None:
    """Run the models that can run here; print figures if there is a GPU to name beside them."""
    is_dry = gpu is None
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        recording = load_sample().audio_path if is_dry else make_mp3(folder / f"{HOURS}h.mp3", HOURS)
        for name in names:
            build, lacking = MODELS[name]
            if reason := lacking(is_dry=is_dry):
                say(f"{name} is left out: {reason}")
                continue
            run = hear(build(folder, is_dry=is_dry), recording)
            say(f"{name}: {run.chunks} chunks with {run.words} words, {run.tries - run.chunks} second tries")
            if gpu is not None:
                print_figures(name, run, gpu)


def main() -> None:
    """Print the figures, or say why there are none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="prove the script on a machine without a GPU")
    parser.add_argument("--model", choices=MODELS, help="one of them alone")
    asked = parser.parse_args()
    names = [asked.model] if asked.model else list(MODELS)
    if asked.dry_run:
        measure(names, None)
    elif not get_cuda_device_count():
        say("no CUDA device on this machine, so no figure; --dry-run tries the script without one")
    elif (gpu := first_gpu()) is None:
        say("nvidia-smi does not name the CUDA device of this machine, so no figure")
    else:
        measure(names, gpu)


if __name__ == "__main__":
    main()
