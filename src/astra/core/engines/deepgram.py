"""`Engine` over Deepgram's pre-recorded speech-to-text API.

Requests and answers: https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
Errors: https://developers.deepgram.com/docs/errors
Words to expect: https://developers.deepgram.com/docs/keyterm (Nova-3, Spanish too) and
https://developers.deepgram.com/docs/keywords (the models before it)
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from astra.core.engines.http_provider import TIMEOUT_S, HttpProvider, Provider, milliseconds, probability
from astra.core.engines.wav_upload import CONTENT_TYPE, wav_of
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.retries import Retries, Sleep
from astra.core.values import (
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Segment,
    TranscribeOptions,
    Word,
)

DEFAULT_MODEL: Final = "nova-3"
DEFAULT_URL: Final = "https://api.deepgram.com/v1"
KEY_SETTING: Final = "ASTRA_DEEPGRAM_API_KEY"
URL_SETTING: Final = "ASTRA_DEEPGRAM_URL"
_WITH_KEYTERMS: Final = "nova-3"
_WITH_KEYWORDS: Final = ("nova", "enhanced", "base")
_MOST_WORDS: Final = 100  # keyterms or keywords of one request
_LONGEST_MS: Final = 120_000  # 4 MB of upload; a dozen of them on their way are 100 MB


class Deepgram:
    """A model of Deepgram's. What was said is kept as it was said: with punctuation, no reformatted numbers.

    A chunk to be heard with care is heard as any other: the API has nothing to vary.

    Args:
        api_key: the key of the account; empty: `load` refuses.
        model: `nova-3`, `nova-2`, …
        base_url: scheme, authority and version of the API, for Deepgram's own servers elsewhere.
        may_train: whether Deepgram may improve its models with the sound, which makes it cheaper.
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
        may_train: bool = False,
        timeout_s: float = TIMEOUT_S,
        retries: Retries = Retries(),  # noqa: B008  # frozen
        sleep: Sleep = time.sleep,
    ) -> None:
        self._api_key = api_key.strip()
        self._model = model
        self._may_train = may_train
        self._timeout_s = timeout_s
        self._retries = retries
        self._sleep = sleep
        self._provider = Provider(
            engine="deepgram",
            name="Deepgram",
            model=model,
            base_url=base_url,
            key_setting=KEY_SETTING,
            url_setting=URL_SETTING,
        )

    @property
    def features(self) -> EngineFeatures:
        return EngineFeatures(
            languages=frozenset(),
            word_times=True,
            hotwords=_words_parameter(self._model) is not None,
            longest_ms=_LONGEST_MS,
            parallel_calls=4,
        )

    @property
    def identity(self) -> EngineIdentity:
        """The model as Deepgram names it; see `Provider.identity` for its digest."""
        return self._provider.identity()

    def load(self) -> "LoadedDeepgram":
        if not self._api_key:
            raise EngineUnavailable(f"Deepgram needs a key; put it into {KEY_SETTING}.")
        connection = HttpProvider(
            self._provider,
            authorization=f"Token {self._api_key}",
            timeout_s=self._timeout_s,
            retries=self._retries,
            sleep=self._sleep,
        )
        return LoadedDeepgram(connection, self._model, may_train=self._may_train)


class LoadedDeepgram:
    """A connection to Deepgram; each chunk is one request."""

    def __init__(self, connection: HttpProvider, model: str, *, may_train: bool) -> None:
        self._connection = connection
        self._model = model
        self._may_train = may_train

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        return [self._heard(chunk, options) if len(chunk) else Hearing(segments=()) for chunk in chunks]

    def close(self) -> None:
        self._connection.close()

    def _heard(self, chunk: Pcm16k, options: TranscribeOptions) -> Hearing:
        return self._connection.post(
            "listen",
            lambda answer: Hearing(segments=tuple(_segments(answer, chunk, with_words=options.word_times))),
            params=self._parameters(options),
            headers={"Content-Type": CONTENT_TYPE},
            content=wav_of(chunk),
        )

    def _parameters(self, options: TranscribeOptions) -> list[tuple[str, str]]:
        parameters = [
            ("model", self._model),
            ("language", options.language),
            ("punctuate", "true"),
            ("utterances", "true"),
            ("mip_opt_out", "false" if self._may_train else "true"),
        ]
        return [*parameters, *self._expected(options.hotwords)]

    def _expected(self, hotwords: Sequence[str]) -> Iterator[tuple[str, str]]:
        name = _words_parameter(self._model)
        if name is None and hotwords:
            raise OptionUnsupported(
                f"Deepgram's model {self._model} takes no words to expect; leave them out."
            )
        # Keywords are single words; a key term may be a whole name.
        terms = hotwords if name == "keyterm" else [word for term in hotwords for word in term.split()]
        if len(terms) > _MOST_WORDS:
            raise OptionUnsupported(
                f"Deepgram takes at most {_MOST_WORDS} words to expect, not {len(terms)}; "
                "keep the rarest names."
            )
        return ((str(name), term) for term in terms)


def _words_parameter(model: str) -> str | None:
    """Return the parameter with which a model takes words to expect."""
    if model.startswith(_WITH_KEYTERMS):
        return "keyterm"
    return "keywords" if model.startswith(_WITH_KEYWORDS) else None


def _segments(answer: Any, chunk: Pcm16k, *, with_words: bool) -> Iterator[Segment]:
    """Yield the utterances of an answer; where there are none, the whole transcript."""
    results = answer["results"]
    for piece in results.get("utterances") or results["channels"][0]["alternatives"][:1]:
        if piece["transcript"].strip():
            yield _segment(piece, chunk, with_words=with_words)


def _segment(piece: Mapping[str, Any], chunk: Pcm16k, *, with_words: bool) -> Segment:
    words = tuple(_word(word, chunk) for word in piece["words"])
    start_ms = milliseconds(piece["start"], chunk) if "start" in piece else words[0].start_ms
    end_ms = milliseconds(piece["end"], chunk) if "end" in piece else words[-1].end_ms
    return Segment(
        start_ms=start_ms,
        end_ms=max(start_ms, end_ms),
        text=piece["transcript"].strip(),
        confidence=probability(piece["confidence"]),
        words=words if with_words else (),
    )


def _word(word: Mapping[str, Any], chunk: Pcm16k) -> Word:
    start_ms = milliseconds(word["start"], chunk)
    return Word(
        start_ms=start_ms,
        end_ms=max(milliseconds(word["end"], chunk), start_ms),
        text=(word.get("punctuated_word") or word["word"]).strip(),
        confidence=probability(word["confidence"]),
    )
