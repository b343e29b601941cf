"""Requests and responses of the API, as clients see them."""

import base64
import binascii
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from astra.kernel.blocks import Block, Speaker, Visibility
from astra.kernel.errors import InvalidInput
from astra.orchestrator.sessions.finalizing.delivery import Delivery
from astra.orchestrator.sessions.service import AppendOutcome
from astra.orchestrator.sessions.values import Context, Session


class AudioNotBase64(InvalidInput):
    """audio_chunk must be the sound in base64."""

    code = "audio_not_base64"


class Message(BaseModel):
    """A message refuses members it does not know: nothing a client says is ignored."""

    model_config = ConfigDict(extra="forbid")


class StartRequest(Message):
    """Open a session."""

    client_timezone: str = Field(description="IANA name", examples=["America/Bogota"])
    tenant_id: str | None = Field(None, description="If given, it must be the token's")
    skeleton_id: str | None = Field(None, description="Default: the council's")
    metadata: dict[str, str] = Field(
        default_factory=dict,
        description="Fills the skeleton's text placeholders of the same name",
        examples=[{"ACTA_NUMERO": "012", "TIPO_SESION": "ordinaria", "LUGAR": "Recinto oficial"}],
    )


class SessionView(Message):
    """A session and what it has pinned."""

    session_id: str
    tenant_id: str
    state: str
    created_at: str
    client_timezone: str
    skeleton_id: str
    s3_version_id: str
    config_version: int
    adapter_id: str | None
    engine: dict[str, str]
    people: list[Speaker]
    current_context: Context

    @classmethod
    def of(cls, session: Session) -> Self:
        pins = session.pins
        return cls(
            session_id=session.session_id,
            tenant_id=session.tenant_id,
            state=session.state,
            created_at=session.created_at.isoformat(),
            client_timezone=pins.client_timezone,
            skeleton_id=pins.config.skeleton_id,
            s3_version_id=pins.skeleton.version_id,
            config_version=pins.config_version,
            adapter_id=pins.config.adapter_id,
            engine=dict(pins.engine),
            people=list(pins.config.people),
            current_context=session.context,
        )


class AppendRequest(Message):
    """Sound or text, one of the two. Sending the same number with the same content again changes nothing."""

    sequence_id: int = Field(
        ge=0, lt=10_000_000, description="The client's number of this append: 0, 1, 2, …"
    )
    audio_chunk: str | None = Field(
        None, description="Sound in base64, in any format PyAV reads; at most 30 s hears best"
    )
    text: str | None = Field(None, examples=["Se abre la sesión."])
    wait: bool = Field(default=True, description="Hold the answer until the chunk has been understood")

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        if (self.audio_chunk is None) == (self.text is None):
            message = "send audio_chunk or text, one of the two"
            raise ValueError(message)
        return self

    def audio(self) -> bytes:
        """Return the sound; `AudioNotBase64`."""
        try:
            return base64.b64decode(self.audio_chunk or "", validate=True)
        except binascii.Error as error:
            raise AudioNotBase64 from error


class AppendView(Message):
    """What became of an append; block times are from the start of its own sound."""

    sequence_id: int
    status: Literal["CREATED", "DUPLICATE"]
    is_processing: bool
    blocks: list[Block]

    @classmethod
    def of(cls, sequence_id: int, outcome: AppendOutcome) -> Self:
        return cls(
            sequence_id=sequence_id,
            status=outcome.appended.value,
            is_processing=outcome.is_processing,
            blocks=list(outcome.blocks),
        )


class ContextRequest(Message):
    """Who is speaking, about what and for whom, from the next append on; what is left out stays."""

    current_speaker_id: str | None = Field(None, examples=["c1"])
    topic: str = Field("", max_length=500)
    visibility: Visibility = Visibility.PUBLIC


class AssetView(Message):
    """An image of the session."""

    asset_id: str
    s3_url: str


class BlocksView(Message):
    """The session's blocks in order; times are from the start of the session."""

    blocks: list[Block]


class DrainingView(Message):
    """The acta is not ready yet: ask again after `Retry-After`."""

    is_draining: bool = Field(description="True until the sealed acta can be downloaded")
    step: str
    pending: list[int] = Field(description="sequence_ids missing or still being heard")


class FinalizeView(Message):
    """The sealed acta. Links expire after 24 hours; asking again gives new ones."""

    is_draining: Literal[False] = False
    download_url: str
    proof_url: str
    transcript_url: str
    integrity_hash: str
    audit_report: dict[str, object]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls(
            download_url=delivery.download_url,
            proof_url=delivery.proof_url,
            transcript_url=delivery.transcript_url,
            integrity_hash=delivery.integrity_hash,
            audit_report=dict(delivery.audit_report),
        )


class TokenView(Message):
    """An access token (RFC 6749)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the type's name, not a token
    expires_in: int


Caption = Annotated[str, Field(max_length=500)]
