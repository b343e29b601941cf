"""`Engine` over OpenAI's transcription API, or a server that speaks it.

Requests and answers: https://platform.openai.com/docs/api-reference/audio/createTranscription
Errors: https://platform.openai.com/docs/guides/error-codes
"""

import time
from collections.abc import Iterator, Sequence
from math import exp
from typing import Any, Final

from astra.core.engines.bare_words import in_segments
from astra.core.engines.http_provider import TIMEOUT_S, HttpProvider, Provider, milliseconds, probability
from astra.core.engines.wav_upload import CONTENT_TYPE, wav_of
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.retries import Retries, Sleep
from astra.core.values import (
    SAMPLES_PER_MS,
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Segment,
    TranscribeOptions,
    Word,
)

DEFAULT_MODEL: Final = "whisper-1"
DEFAULT_URL: Final = "https://api.openai.com/v1"
KEY_SETTING: Final = "ASTRA_OPENAI_API_KEY"
URL_SETTING: Final = "ASTRA_OPENAI_URL"
_TEXT_ONLY: Final = "gpt-"  # models that answer `json` alone: neither segments nor times
_CAREFUL_TEMPERATURE: Final = "0.2"  # another decoding than the first, which at 0 has fallbacks of its own


class OpenAiAudio:
    """A model behind `POST /v1/audio/transcriptions`.

    Models named `gpt-…` give text without times: each chunk is one segment, as sure as its tokens.

    Args:
        api_key: the key of the account; a server of one's own at `base_url` may need none.
        model: `whisper-1`, `gpt-4o-transcribe`, or what the server at `base_url` has.
        base_url: scheme, authority and version of the API.
        timeout_s: how long to wait for the next byte of an answer.
        retries: for requests that may succeed later.
        sleep: waits between them.
    """

    def __init__(
        self,
        api_key: str,
        model: str = DEFAULT_MODEL,
        *,
        base_url: str = DEFAULT_URL,
        timeout_s: float = TIMEOUT_S,
        retries: Retries = Retries(),  # noqa: B008  # frozen
        sleep: Sleep = time.sleep,
    ) -> None:
        self._api_key = api_key.strip()
        self._timeout_s = timeout_s
        self._retries = retries
        self._sleep = sleep
        self._provider = Provider(
            engine="openai",
            name="OpenAI" if base_url == DEFAULT_URL else "The server of ASTRA_OPENAI_URL",
            model=model,
            base_url=base_url,
            key_setting=KEY_SETTING,
            url_setting=URL_SETTING,
        )

    @property
    def features(self) -> EngineFeatures:
        return EngineFeatures(
            languages=frozenset(),
            word_times=not self._provider.model.startswith(_TEXT_ONLY),
            hotwords=True,
            parallel_calls=4,
        )

    @property
    def identity(self) -> EngineIdentity:
        """The model as its server names it; see `Provider.identity` for its digest."""
        return self._provider.identity()

    def load(self) -> "LoadedOpenAiAudio":
        if not self._api_key and self._provider.base_url == DEFAULT_URL:
            raise EngineUnavailable(f"OpenAI needs a key; put it into {KEY_SETTING}.")
        connection = HttpProvider(
            self._provider,
            authorization=f"Bearer {self._api_key}" if self._api_key else "",
            timeout_s=self._timeout_s,
            retries=self._retries,
            sleep=self._sleep,
        )
        return LoadedOpenAiAudio(connection, self._provider.model)


class LoadedOpenAiAudio:
    """A connection to a server of the API; each chunk is one request."""

    def __init__(self, connection: HttpProvider, model: str) -> None:
        self._connection = connection
        self._model = model

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        return [self._heard(chunk, options) if len(chunk) else Hearing(segments=()) for chunk in chunks]

    def close(self) -> None:
        self._connection.close()

    def _heard(self, chunk: Pcm16k, options: TranscribeOptions) -> Hearing:
        gives_text_only = self._model.startswith(_TEXT_ONLY)
        if gives_text_only and options.word_times:
            raise OptionUnsupported(f"The model {self._model} gives no times of words; leave them out.")
        read = _whole_text if gives_text_only else _segments
        return self._connection.post(
            "audio/transcriptions",
            lambda answer: Hearing(segments=tuple(read(answer, chunk))),
            data=self._form(options, gives_text_only=gives_text_only),
            files={"file": ("chunk.wav", wav_of(chunk), CONTENT_TYPE)},
        )

    def _form(self, options: TranscribeOptions, *, gives_text_only: bool) -> dict[str, str | list[str]]:
        form: dict[str, str | list[str]] = {"model": self._model, "language": options.language}
        if gives_text_only:
            form |= {"response_format": "json", "include[]": ["logprobs"]}
        else:
            granularities = ["segment", "word"] if options.word_times else ["segment"]
            form |= {"response_format": "verbose_json", "timestamp_granularities[]": granularities}
        if options.hotwords:
            form["prompt"] = ", ".join(options.hotwords)
        if options.is_careful:
            form["temperature"] = _CAREFUL_TEMPERATURE
        return form


def _whole_text(answer: Any, chunk: Pcm16k) -> Iterator[Segment]:
    """Yield the answer in `json` as one segment; its confidence is its tokens' mean, 1 without them."""
    text = answer["text"].strip()
    tokens = [token["logprob"] for token in answer.get("logprobs") or ()]
    if text:
        yield Segment(
            start_ms=0,
            end_ms=len(chunk) // SAMPLES_PER_MS,
            text=text,
            confidence=probability(exp(sum(tokens) / len(tokens))) if tokens else 1.0,
        )


def _segments(answer: Any, chunk: Pcm16k) -> Iterator[Segment]:
    """Yield the segments of an answer in `verbose_json`, with their words if it has any."""
    segments = [_segment(segment, chunk) for segment in answer["segments"] if segment["text"].strip()]
    words = [_word(word, chunk) for word in answer.get("words") or ()]
    return in_segments(words, segments)


def _segment(segment: Any, chunk: Pcm16k) -> Segment:
    start_ms = milliseconds(segment["start"], chunk)
    return Segment(
        start_ms=start_ms,
        end_ms=max(milliseconds(segment["end"], chunk), start_ms),
        text=segment["text"].strip(),
        confidence=probability(exp(segment.get("avg_logprob", 0))),
        no_speech=probability(segment.get("no_speech_prob", 0)),
    )


def _word(word: Any, chunk: Pcm16k) -> Word:
    start_ms = milliseconds(word["start"], chunk)
    return Word(
        start_ms=start_ms,
        end_ms=max(milliseconds(word["end"], chunk), start_ms),
        text=word["word"].strip(),
        confidence=1.0,
    )
