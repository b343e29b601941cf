"""What a client of `POST /v1/audio/transcriptions` asks for; what cannot be honoured is refused.

The parameters: https://platform.openai.com/docs/api-reference/audio/createTranscription. Not offered are
`include[]`, `known_speaker_names[]`, `known_speaker_references[]`, `languages[]`, a `chunking_strategy` other
than `auto`, a `temperature` other than 0 and the format `diarized_json`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData, UploadFile

from astra.core.errors import OptionUnsupported
from astra.core.pipeline.transcriber import check
from astra.core.understanding.dictionary import EntityDictionary
from astra.core.values import EngineFeatures, TranscribeOptions
from astra.entrypoints.http.core.errors import (
    ParameterMissing,
    ParameterRefused,
    ParameterUnknown,
    ValueUnsupported,
)

FORMATS: Final = ("json", "text", "srt", "vtt", "verbose_json")
STREAMED: Final = ("json", "text")
GRANULARITIES: Final = frozenset({"segment", "word"})
DEFAULT_LANGUAGE: Final = "es"
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False, "1": True, "0": False}
_SINGLE: Final = frozenset(
    {
        *("file", "model", "language", "prompt", "response_format", "temperature", "stream"),
        "chunking_strategy",
    }
)
_LISTS: Final[Mapping[str, str]] = {
    "timestamp_granularities[]": "timestamp_granularities",
    "timestamp_granularities": "timestamp_granularities",
    "keywords[]": "keywords",
    "keywords": "keywords",
}
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_BETWEEN_WORDS: Final = re.compile(r"[,;\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionAsked:
    """One transcription, as it was asked for."""

    file: UploadFile
    model: str
    language: str
    hotwords: tuple[str, ...]  # of `prompt` and `keywords[]`
    response_format: str
    granularities: frozenset[str]
    stream: bool

    def options(self, features: EngineFeatures) -> TranscribeOptions:
        """Return how to hear; `ValueUnsupported` names the parameter that the engine cannot honour."""
        options = TranscribeOptions(
            language=self.language, hotwords=self.hotwords, word_times="word" in self.granularities
        )
        for param, alone in (
            ("language", TranscribeOptions(language=self.language)),
            ("prompt", TranscribeOptions(language=self.language, hotwords=self.hotwords)),
            ("timestamp_granularities", options),
        ):
            try:
                check(alone, features)
            except OptionUnsupported as error:
                raise ValueUnsupported(param, str(error)) from error
        return options


def read_transcription(form: FormData) -> TranscriptionAsked:
    """Return what a form asks for.

    Raises:
        ParameterMissing, ParameterUnknown, ParameterRefused, ValueUnsupported: with the parameter's name.
    """
    for name in form:
        if name not in _SINGLE and name not in _LISTS:
            raise ParameterUnknown(name.removesuffix("[]"), f"{name[:80]!r} is not supported; leave it out.")
    _refuse_unsupported(form)
    response_format = _one(form, "response_format") or "json"
    if response_format not in FORMATS:
        raise ValueUnsupported("response_format", f"The formats here are {', '.join(FORMATS)}.")
    return TranscriptionAsked(
        file=_file(form),
        model=_needed(form, "model"),
        language=_language(form),
        hotwords=_hotwords(form),
        response_format=response_format,
        granularities=_granularities(form, response_format),
        stream=_stream(form, response_format),
    )


def _one(form: FormData, name: str) -> str | None:
    """Return a parameter that may come once, None if it is not there."""
    values = form.getlist(name)
    if len(values) > 1 or any(not isinstance(value, str) for value in values):
        raise ParameterRefused(name, f"{name} must come once, as a text.")
    return str(values[0]) if values else None


def _needed(form: FormData, name: str) -> str:
    value = _one(form, name)
    if not value:
        raise ParameterMissing(name, f"{name} is missing; add it.")
    return value


def _file(form: FormData) -> UploadFile:
    files = form.getlist("file")
    if len(files) != 1 or not isinstance(files[0], UploadFile):
        raise ParameterMissing("file", "file is missing; send the recording as a file of the form, once.")
    return files[0]


def _refuse_unsupported(form: FormData) -> None:
    if _one(form, "chunking_strategy") not in {None, "auto"}:
        raise ValueUnsupported("chunking_strategy", "Only auto is supported: chunks end in pauses.")
    temperature = _one(form, "temperature")
    try:
        is_zero = temperature is None or float(temperature) == 0
    except ValueError as error:
        raise ParameterRefused("temperature", "temperature must be a number.") from error
    if not is_zero:
        raise ValueUnsupported("temperature", "Only 0 is supported: what is sure is written down.")


def _language(form: FormData) -> str:
    language = _one(form, "language") or DEFAULT_LANGUAGE
    if not _LANGUAGE.fullmatch(language):
        raise ParameterRefused("language", "language must be an ISO 639-1 code such as es.")
    return language


def _hotwords(form: FormData) -> tuple[str, ...]:
    """Return the words to expect, all of them."""
    prompt = _BETWEEN_WORDS.split(_one(form, "prompt") or "")
    words = [word.strip() for word in (*prompt, *_many(form, "keywords")) if word.strip()]
    fitting = EntityDictionary({word: word for word in words}).hotwords()
    if len(fitting) < len(set(words)):
        raise ParameterRefused("prompt", "The words to expect are more than a model takes; send fewer.")
    return fitting


def _granularities(form: FormData, response_format: str) -> frozenset[str]:
    asked = frozenset(_many(form, "timestamp_granularities"))
    if asked - GRANULARITIES:
        raise ValueUnsupported("timestamp_granularities", "The granularities are segment and word.")
    if asked and response_format != "verbose_json":
        raise ValueUnsupported("timestamp_granularities", "Times need response_format=verbose_json.")
    return asked or frozenset({"segment"})


def _stream(form: FormData, response_format: str) -> bool:
    value = _one(form, "stream") or "false"
    if value.lower() not in _BOOLEANS:
        raise ParameterRefused("stream", "stream must be true or false.")
    stream = _BOOLEANS[value.lower()]
    if stream and response_format not in STREAMED:
        raise ValueUnsupported("stream", "Events carry text alone; ask for the format json or text.")
    return stream


def _many(form: FormData, param: str) -> list[str]:
    values = [value for name, value in form.multi_items() if _LISTS.get(name) == param]
    if any(not isinstance(value, str) for value in values):
        raise ParameterRefused(param, f"{param} must be texts.")
    return [str(value) for value in values]
