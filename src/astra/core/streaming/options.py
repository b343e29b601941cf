"""What a client may choose for one live transcription."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """How to listen. A pause counts from the end of a voice; one below 250 ms is not noticed."""

    language: str = "es"
    hotwords: tuple[str, ...] = ()  # names and words to expect
    step_ms: int = 1_000  # new sound between two hearings
    endpointing_ms: int | None = 700  # the pause that ends an utterance; None: only length and flushes do
    utterance_end_ms: int | None = (
        None  # the silence after which `UtteranceEnded` comes; None: at the endpoint
    )
    longest_ms: int = 25_000  # an utterance that goes on longer is cut in its best pause
