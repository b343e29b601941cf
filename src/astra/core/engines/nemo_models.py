"""NeMo models in memory, of both kinds."""

import gc
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any, Final

import numpy as np

from astra.core.engines.halves import heard_in_halves
from astra.core.engines.timed_words import hearing_of_text, hearing_of_words
from astra.core.errors import EngineUnavailable
from astra.core.values import SAMPLE_RATE, SAMPLES_PER_MS, Hearing, Pcm16k, TranscribeOptions, Word

_SHORTEST: Final = SAMPLE_RATE  # NeMo pads shorter sounds on both sides, which moves their times
_CONFIDENCE: Final = {
    "preserve_frame_confidence": True,
    "preserve_token_confidence": True,
    "method_cfg": {"name": "max_prob", "alpha": 1.0},
}


class LoadedNemo(ABC):
    """A model of NeMo, whose objects keep the state of a call: one call at a time."""

    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self._name = name
        self._lock = Lock()

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        together = partial(self._together, options=options)
        sounding = [chunk for chunk in chunks if len(chunk)]
        try:
            with self._lock:
                if options.is_careful:
                    heard = iter([heard_in_halves(chunk, together) for chunk in sounding])
                else:
                    heard = iter(together(sounding))
        except (RuntimeError, ValueError) as error:
            raise EngineUnavailable(f"The model {self._name} failed while hearing: {error}.") from error
        return [next(heard) if len(chunk) else Hearing(segments=()) for chunk in chunks]

    def close(self) -> None:
        import torch  # noqa: PLC0415  # loaded already

        with self._lock:
            self._model = None
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()

    @abstractmethod
    def _hypotheses(self, sounds: list[Pcm16k], options: TranscribeOptions) -> Iterable[Any]:
        """Return NeMo's `Hypothesis` of each sound."""

    @abstractmethod
    def _hearing(self, hypothesis: Any, duration_ms: int, options: TranscribeOptions) -> Hearing:
        """Return what a hypothesis says."""

    def _together(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        if not chunks:
            return []
        found = self._hypotheses([_padded(chunk) for chunk in chunks], options)
        return [
            self._hearing(hypothesis, len(chunk) // SAMPLES_PER_MS, options)
            for hypothesis, chunk in zip(found, chunks, strict=True)
        ]


class LoadedParakeet(LoadedNemo):
    """A transducer: it finds the language itself, and knows at which frame it wrote each token."""

    def __init__(self, model: Any, name: str) -> None:
        super().__init__(model, name)
        _decode_with_confidence(model, compute_timestamps=True)

    def _hypotheses(self, sounds: list[Pcm16k], options: TranscribeOptions) -> Iterable[Any]:  # noqa: ARG002
        found: list[Any] = self._model.transcribe(
            sounds,
            batch_size=len(sounds),
            return_hypotheses=True,
            timestamps=True,
            num_workers=0,
            verbose=False,
        )
        return found

    def _hearing(self, hypothesis: Any, duration_ms: int, options: TranscribeOptions) -> Hearing:
        words = list(_words(hypothesis.timestamp["word"], _token_confidences(hypothesis)))
        return hearing_of_words(words, duration_ms, word_times=options.word_times)


class LoadedCanary(LoadedNemo):
    """An encoder and a decoder, told the language; times from its own tokens or from its aligner."""

    def __init__(self, model: Any, name: str, *, has_times: bool) -> None:
        super().__init__(model, name)
        self._has_times = has_times
        _decode_with_confidence(model, strategy="greedy_batch")

    def _hypotheses(self, sounds: list[Pcm16k], options: TranscribeOptions) -> Iterable[Any]:
        from nemo.collections.asr.models.aed_multitask_models import (  # noqa: PLC0415  # loaded already
            MultiTaskTranscriptionConfig,
        )

        is_told_in_text = self._has_times and self._model.timestamps_asr_model is None
        prompt = {
            "source_lang": options.language,
            "target_lang": options.language,
            "pnc": "yes",
            **({"timestamp": "yes"} if is_told_in_text else {}),
        }
        config = MultiTaskTranscriptionConfig(
            batch_size=len(sounds),
            return_hypotheses=True,
            num_workers=0,
            verbose=False,
            enable_chunking=False,
            prompt=prompt,
        )
        timestamps = True if self._has_times else None
        found: list[Any] = self._model.transcribe(sounds, override_config=config, timestamps=timestamps)
        return found

    def _hearing(self, hypothesis: Any, duration_ms: int, options: TranscribeOptions) -> Hearing:
        confidence = _mean(hypothesis.token_confidence)
        timed = hypothesis.timestamp["word"] if hypothesis.timestamp else ()
        words = [_word(entry, confidence) for entry in timed]
        if [word.text for word in words] != hypothesis.text.split():  # not one word is lost for its time
            return hearing_of_text(hypothesis.text, duration_ms, confidence)
        return hearing_of_words(words, duration_ms, word_times=options.word_times)


def _decode_with_confidence(model: Any, **changes: Any) -> None:
    """Have the model keep the probability of each token that it writes."""
    from omegaconf import OmegaConf  # noqa: PLC0415  # of NeMo

    decoding = OmegaConf.to_container(model.cfg.decoding, resolve=True)
    model.change_decoding_strategy(
        OmegaConf.create({**decoding, **changes, "confidence_cfg": dict(_CONFIDENCE)})
    )


def _padded(chunk: Pcm16k) -> Pcm16k:
    return np.pad(chunk, (0, max(_SHORTEST - len(chunk), 0)))


def _token_confidences(hypothesis: Any) -> Sequence[tuple[int, float]]:
    """Return the frame and the probability of each token."""
    frames = [int(frame) for frame in hypothesis.timestamp["timestep"]]
    return list(zip(frames, map(float, hypothesis.token_confidence), strict=True))


def _words(entries: Iterable[Mapping[str, Any]], tokens: Sequence[tuple[int, float]]) -> Iterable[Word]:
    for entry in entries:
        start, end = entry["start_offset"], entry["end_offset"]
        yield _word(entry, _mean([sure for frame, sure in tokens if start <= frame <= end]))


def _word(entry: Mapping[str, Any], confidence: float) -> Word:
    return Word(
        start_ms=round(entry["start"] * 1000),
        end_ms=round(entry["end"] * 1000),
        text=entry["word"],
        confidence=confidence,
    )


def _mean(probabilities: Iterable[Any] | None) -> float:
    """Return the mean probability; 1 where the model gives none."""
    known = [float(probability) for probability in probabilities] if probabilities is not None else []
    return min(sum(known) / len(known), 1.0) if known else 1.0
