"""The messages of `/v1/listen`, in the shapes of Deepgram's live API, and what a client may ask for.

Shapes: https://developers.deepgram.com/reference/speech-to-text/listen-streaming; of ours are `segment_id`,
`revision`, `confirmed_words` and `coverage`. Messages of a client: KeepAlive, Finalize, CloseStream
(https://developers.deepgram.com/docs/keep-alive, /docs/finalize, /docs/close-stream).
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from starlette.datastructures import QueryParams

from astra.core.streaming.events import (
    FinalResult,
    LiveSegment,
    PartialResult,
    SpeechStarted,
    StreamEvent,
    UtteranceEnded,
)
from astra.core.streaming.live import LiveTranscript
from astra.core.streaming.options import LiveOptions
from astra.core.streaming.raw import RawEncoding, RawSound
from astra.core.transcripts.durations import Stretch, lasting
from astra.core.values import EngineIdentity, Word
from astra.kernel.coverage import SpanKind
from astra.kernel.errors import InvalidInput

Message = dict[str, Any]

# What we do not do, and a client may therefore turn off.
_ABSENT: Final = frozenset(
    {
        *("callback_method", "detect_entities", "diarize", "dictation", "measurements", "multichannel"),
        *(
            "mip_opt_out",
            "numerals",
            "paragraphs",
            "profanity_filter",
            "redact",
            "utterances",
        ),
    }
)
_CHANNEL: Final = [0, 1]  # the first of one
_MANY: Final = frozenset({"keyterm"})


class ListenRefused(InvalidInput):
    """These parameters of /v1/listen cannot be honoured; correct them or leave them out."""

    code = "listen_parameters"


class MessageRefused(InvalidInput):
    """This text message is not one of KeepAlive, Finalize and CloseStream as JSON."""

    code = "SchemaError"


def _no_pause(value: object) -> object:
    return {"false": None, "true": 700}.get(value, value) if isinstance(value, str) else value


class ListenQuery(BaseModel):
    """The query of `/v1/listen`; what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["realtime"] = "realtime"
    model: str | None = Field(None, description="If given, it must be the model that is served")
    language: str = Field("es", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    encoding: RawEncoding | None = Field(
        None, description="Of raw samples; none: a recording such as webm or ogg"
    )
    sample_rate: int | None = Field(None, ge=8_000, le=192_000)
    channels: int = Field(1, ge=1, le=8, description="Of raw samples; they are averaged")
    interim_results: bool = False
    punctuate: bool = True
    smart_format: bool | None = Field(
        None,
        description="The best formatting there is, as Deepgram defines it: here what the model writes, "
        "punctuation and all",
    )
    endpointing: Annotated[int | None, Field(ge=10, le=10_000), BeforeValidator(_no_pause)] = 700
    utterance_end_ms: int | None = Field(None, ge=1_000, le=60_000)
    vad_events: bool = False
    keyterm: tuple[str, ...] = ()
    token: str | None = Field(None, description="The key, where a client cannot send headers")

    @model_validator(mode="after")
    def rate_with_encoding(self) -> Self:
        """Raw samples say nothing of themselves, recordings do."""
        if (self.encoding is None) != (self.sample_rate is None):
            message = "encoding and sample_rate come together, for raw samples; a recording needs neither"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def format_with_punctuation(self) -> Self:
        """Deepgram's smart format has punctuation always (https://developers.deepgram.com/docs/smart-format)."""
        if self.smart_format and not self.punctuate:
            message = "smart_format=true punctuates; leave punctuate=false or smart_format=true out"
            raise ValueError(message)
        return self

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Read a query; `ListenRefused` names what is wrong with it."""
        for name in query:
            if name not in _MANY and len(query.getlist(name)) > 1:
                raise ListenRefused(f"{name[:80]} comes more than once; send it once")
        asked = {name: value for name, value in query.items() if not (name in _ABSENT and value == "false")}
        found = {**asked, **{name: query.getlist(name) for name in _MANY if name in query}}
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise ListenRefused("; ".join(_wrong(error))) from error

    @property
    def options(self) -> LiveOptions:
        return LiveOptions(
            language=self.language.partition("-")[0],
            hotwords=self.keyterm,
            endpointing_ms=self.endpointing,
            utterance_end_ms=self.utterance_end_ms,
        )

    def raw_sound(self) -> RawSound | None:
        """Return what decodes raw samples; None for a recording."""
        if self.encoding is None or self.sample_rate is None:
            return None
        return RawSound(self.encoding, self.sample_rate, self.channels)


def _wrong(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False):
        name = ".".join(map(str, item["loc"]))
        if item["type"] == "extra_forbidden":
            yield f"{name} is not supported here; leave it out"
        else:
            yield f"{name}: {item['msg']}" if name else str(item["msg"])


def control_of(text: str) -> Literal["KeepAlive", "Finalize", "CloseStream"]:
    """Return what a client's text message asks for; `MessageRefused`."""
    try:
        message = json.loads(text)
    except ValueError as error:
        raise MessageRefused from error
    kind = message.get("type") if isinstance(message, Mapping) else None
    if kind not in {"KeepAlive", "Finalize", "CloseStream"}:
        raise MessageRefused
    found: Literal["KeepAlive", "Finalize", "CloseStream"] = kind
    return found


class Messages:
    """What one client is told."""

    def __init__(self, query: ListenQuery, *, request_id: str, identity: EngineIdentity) -> None:
        self._query = query
        self._request_id = request_id
        self._identity = identity
        self._is_final_told = False  # of the utterance that goes on

    def of(self, event: StreamEvent) -> Iterator[Message]:
        """Yield the messages for an event; only what the client asked for."""
        match event:
            case PartialResult(segment=segment):
                if self._query.interim_results:
                    yield self._results(segment)
            case FinalResult(segment=segment, ends_utterance=ends, is_flushed=is_flushed):
                self._is_final_told = ends
                yield self._results(segment, is_final=True, speech_final=ends, from_finalize=is_flushed)
            case SpeechStarted(at_ms=at_ms):
                self._is_final_told = False
                if self._query.vad_events:
                    yield {"type": "SpeechStarted", "channel": _CHANNEL, "timestamp": at_ms / 1000}
            case UtteranceEnded(last_word_end_ms=end_ms):
                yield from self._ended(end_ms)

    def metadata(self, live: LiveTranscript, *, sha256: str, created: datetime) -> Message:
        """Return the last message: what was received and what became of it."""
        totals = {f"{kind}_ms": live.total_ms(kind) for kind in SpanKind}
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": self._request_id,
            "sha256": sha256,
            "created": created.isoformat().replace("+00:00", "Z"),
            "duration": live.duration_ms / 1000,
            "channels": 1,
            "models": [self._model_uuid],
            "model_info": {self._model_uuid: self._model_info},
            "coverage": {"duration_ms": live.duration_ms, **totals},
        }

    def _ended(self, end_ms: int) -> Iterator[Message]:
        """Tell the end of an utterance, and first that the speech is final if no words said so."""
        if not self._is_final_told:
            nothing = LiveSegment(
                segment_id=0, revision=0, start_ms=end_ms, end_ms=end_ms, words=(), confirmed=0
            )
            yield self._results(nothing, is_final=True, speech_final=True)
        if self._query.utterance_end_ms is not None:
            yield {"type": "UtteranceEnd", "channel": _CHANNEL, "last_word_end": end_ms / 1000}

    def _results(
        self,
        segment: LiveSegment,
        *,
        is_final: bool = False,
        speech_final: bool = False,
        from_finalize: bool = False,
    ) -> Message:
        transcript = segment.text
        if not self._query.punctuate:
            transcript = " ".join(filter(None, (bare(word.text) for word in segment.words)))
        return {
            "type": "Results",
            "channel_index": _CHANNEL,
            "duration": (segment.end_ms - segment.start_ms) / 1000,
            "start": segment.start_ms / 1000,
            "is_final": is_final,
            "speech_final": speech_final,
            "from_finalize": from_finalize,
            "channel": {
                "alternatives": [
                    {
                        "transcript": transcript,
                        "confidence": round(segment.confidence, 4),
                        "words": _words(segment),
                    }
                ]
            },
            "metadata": {
                "request_id": self._request_id,
                "model_info": self._model_info,
                "model_uuid": self._model_uuid,
            },
            "segment_id": segment.segment_id or None,
            "revision": segment.revision,
            "confirmed_words": segment.confirmed,
        }

    @property
    def _model_info(self) -> Message:
        identity = self._identity
        return {"name": identity.model, "version": identity.engine_version, "arch": identity.engine}

    @property
    def _model_uuid(self) -> str:
        """The model's digest, cut to the length of a UUID."""
        return str(UUID(hex=self._identity.model_digest[:32]))


def error_message(code: str, description: str) -> Message:
    """Return what a client is told when something goes wrong."""
    return {"type": "Error", "variant": code, "description": description, "message": description}


def bare(text: str) -> str:
    """Return a word in small letters, without punctuation at its edges."""
    return re.sub(r"^\W+|\W+$", "", text.lower())


def _words(segment: LiveSegment) -> list[Message]:
    """Return the words, each lasting, see `lasting`."""
    times = lasting(((word.start_ms, word.end_ms) for word in segment.words), segment.end_ms)
    return list(map(_word, segment.words, times))


def _word(word: Word, time: Stretch) -> Message:
    return {
        "word": bare(word.text),
        "start": time[0] / 1000,
        "end": time[1] / 1000,
        "confidence": round(word.confidence, 4),
        "punctuated_word": word.text,
    }
