"""Requests and responses of `/v1/core/process`, as clients see them."""

import base64
import binascii
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from astra.core.templates import NO_TEMPLATES, Template, TemplateSet
from astra.core.values import ChunkContext, EngineIdentity, Utterance
from astra.kernel.coverage import Coverage
from astra.kernel.errors import InvalidInput


class AudioNotBase64(InvalidInput):
    """`audio` must be the sound in base64; or send it as a file in multipart/form-data."""

    code = "audio_not_base64"


class Message(BaseModel):
    """A message refuses members it does not know: nothing a client says is ignored."""

    model_config = ConfigDict(extra="forbid")


class TemplateMessage(Message):
    """One of the council's formulas."""

    template_id: str
    label: str
    text: str | None = Field(
        None,
        description="The formula, with {MARK} for what varies. Without it, only sentences that cannot be "
        "turned round are taken for it",
    )
    vector: list[float] = Field(min_length=1, description="Of the embedder that the set names")
    intent: str | None = None
    data_schema: dict[str, JsonValue] | None = Field(None, description="JSON Schema of its structured data")
    threshold: float | None = None


class TemplatesMessage(Message):
    """The council's formulas and what made their vectors."""

    embedder: str
    templates: list[TemplateMessage]
    threshold: float | None = None
    margin: float | None = None

    def value(self) -> TemplateSet:
        """Return the set; `TemplatesUnusable`."""
        chosen = {"threshold": self.threshold, "margin": self.margin}
        return TemplateSet(
            embedder=self.embedder,
            templates=tuple(
                Template(
                    template_id=one.template_id,
                    label=one.label,
                    text=one.text,
                    vector=np.asarray(one.vector, dtype=np.float32),
                    intent=one.intent,
                    data_schema=one.data_schema,
                    threshold=one.threshold,
                )
                for one in self.templates
            ),
            **{name: value for name, value in chosen.items() if value is not None},
        )


class ContextMessage(Message):
    """What CORE may know besides the sound. Session and tenant only mark the log."""

    session_id: str | None = Field(None, max_length=200)
    tenant_id: str | None = Field(None, max_length=200)
    adapter_id: str | None = Field(None, max_length=200, description="LoRA adapter of the chat model")
    language: str = Field("es", pattern="^[a-z]{2,3}$", description="ISO 639")
    entities_dictionary: dict[str, str] = Field(default_factory=dict, examples=[{"Jhon": "John"}])
    templates: TemplatesMessage | None = None

    def value(self) -> ChunkContext:
        """Return the context as CORE takes it; `TemplatesUnusable`."""
        return ChunkContext(
            entities_dictionary=self.entities_dictionary,
            language=self.language,
            templates=self.templates.value() if self.templates else NO_TEMPLATES,
            adapter_id=self.adapter_id,
        )


class ProcessRequest(Message):
    """A chunk of sound or a text, one of the two, and its context."""

    audio: str | None = Field(None, description="Sound in base64, in any common format")
    text: str | None = Field(None, examples=["Se abre la sesión."])
    model: str | None = Field(None, description="Default: the service's")
    context: ContextMessage = Field(default_factory=ContextMessage)

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        if (self.audio is None) == (self.text is None):
            message = "send audio or text, one of the two"
            raise ValueError(message)
        return self

    def sound(self) -> bytes | None:
        """Return the sound, None for a text; `AudioNotBase64`."""
        if self.audio is None:
            return None
        try:
            return base64.b64decode(self.audio, validate=True)
        except (binascii.Error, ValueError) as error:
            raise AudioNotBase64 from error


class UtteranceView(Message):
    """One understood sentence; its times are from the start of the chunk."""

    intent: str | None
    label: str
    template_id: str | None
    structured_data: dict[str, JsonValue]
    audio_metadata: dict[str, JsonValue] = Field(
        description="time_start, time_end (HH:MM:SS.mmm), start_ms, end_ms, confidence"
    )
    confidence: float
    text: str = Field(description="With the entity dictionary applied")
    heard: str = Field(description="As the engine wrote it")
    decided_by: str | None
    intent_confidence: float

    @classmethod
    def of(cls, utterance: Utterance) -> Self:
        return cls(
            intent=utterance.intent,
            label=utterance.label,
            template_id=utterance.template_id,
            structured_data=dict(utterance.structured_data),
            audio_metadata=dict(utterance.audio_metadata),
            confidence=utterance.confidence,
            text=utterance.text,
            heard=utterance.heard,
            decided_by=utterance.decided_by,
            intent_confidence=utterance.intent_confidence,
        )


class SpanView(Message):
    """A stretch of the sound and what it turned out to be."""

    start_ms: int
    end_ms: int
    kind: str
    reason: str


class IdentityView(Message):
    """Exactly what did the hearing."""

    engine: str
    engine_version: str
    model: str
    model_digest: str

    @classmethod
    def of(cls, identity: EngineIdentity) -> Self:
        return cls(
            engine=identity.engine,
            engine_version=identity.engine_version,
            model=identity.model,
            model_digest=identity.model_digest,
        )


class ProcessView(Message):
    """A chunk, understood and accounted for to the millisecond."""

    utterances: list[UtteranceView]
    coverage: list[SpanView]
    identity: IdentityView | None = Field(description="None for a text, which nobody had to hear")
    language: str
    duration_ms: int

    @classmethod
    def of(
        cls,
        utterances: list[Utterance],
        coverage: Coverage,
        identity: EngineIdentity | None,
        language: str,
    ) -> Self:
        return cls(
            utterances=[UtteranceView.of(utterance) for utterance in utterances],
            coverage=[
                SpanView(start_ms=span.start_ms, end_ms=span.end_ms, kind=span.kind, reason=span.reason)
                for span in coverage.spans
            ],
            identity=IdentityView.of(identity) if identity else None,
            language=language,
            duration_ms=coverage.duration_ms,
        )
