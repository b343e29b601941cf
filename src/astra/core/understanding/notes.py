"""What understanding writes into the log: constant events with reasons, never a word of the session."""

from typing import Literal

Event = Literal[
    "chat_unavailable",
    "chat_answer_dropped",
    "embedder_unavailable",
    "template_without_its_data",
    "template_says_otherwise",
]


def note(event: Event, **reasons: str | bool) -> None:
    """Write a line into the log."""
    import structlog  # noqa: PLC0415  # half the time of importing CORE, and seldom needed

    structlog.get_logger().warning(event, **reasons)
