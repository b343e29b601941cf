"""NeMo models in memory, of both kinds."""

import gc
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any, Final

from astra.core.engines.halves import heard_in_halves
from astra.core.engines.padding import padded
from astra.core.engines.timed_words import hearing_of_text, hearing_of_words
from astra.core.engines.token_words import Token, hearing_of_tokens
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.values import SAMPLES_PER_MS, Hearing, Pcm16k, TranscribeOptions, Word

_WORD_START: Final = "\u2581"  # SentencePiece's mark
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
        except KeyError as error:  # no token for the language
            raise OptionUnsupported(
                f"The model {self._name} does not know the language {options.language!r}."
            ) from error
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
        found = self._hypotheses([padded(chunk) for chunk in chunks], options)
        return [
            self._hearing(hypothesis, len(chunk) // SAMPLES_PER_MS, options)
            for hypothesis, chunk in zip(found, chunks, strict=True)
        ]


class LoadedParakeet(LoadedNemo):
    """A transducer: it finds the language itself, and knows at which frame it wrote each token."""

    def __init__(self, model: Any, name: str) -> None:
        super().__init__(model, name)
        _decode_with_confidence(model)
        self._frame_ms = round(1000 * model.cfg.preprocessor.window_stride * model.encoder.subsampling_factor)

    def _hypotheses(self, sounds: list[Pcm16k], options: TranscribeOptions) -> Iterable[Any]:  # noqa: ARG002
        found: list[Any] = self._model.transcribe(
            sounds, batch_size=len(sounds), return_hypotheses=True, num_workers=0, verbose=False
        )
        return found

    def _hearing(self, hypothesis: Any, duration_ms: int, options: TranscribeOptions) -> Hearing:
        return hearing_of_tokens(self._tokens(hypothesis), duration_ms, word_times=options.word_times)

    def _tokens(self, hypothesis: Any) -> Iterator[Token]:
        pieces = self._model.tokenizer.ids_to_tokens([int(number) for number in hypothesis.y_sequence])
        columns = zip(pieces, hypothesis.timestamp, hypothesis.token_confidence, strict=True)
        for piece, frame, probability in columns:
            yield Token(
                start_ms=int(frame) * self._frame_ms,
                text=piece.replace(_WORD_START, " "),
                probability=min(float(probability), 1.0),
            )


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
        if [word.text for word in words] != hypothesis.text.split():  # no text is lost for its times
            return hearing_of_text(hypothesis.text, duration_ms, confidence)
        return hearing_of_words(words, duration_ms, word_times=options.word_times)


def _decode_with_confidence(model: Any, **changes: Any) -> None:
    """Have the model keep the probability of each token that it writes."""
    from omegaconf import OmegaConf  # noqa: PLC0415  # of NeMo

    decoding = OmegaConf.to_container(model.cfg.decoding, resolve=True)
    model.change_decoding_strategy(
        OmegaConf.create({**decoding, **changes, "confidence_cfg": dict(_CONFIDENCE)})
    )


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
