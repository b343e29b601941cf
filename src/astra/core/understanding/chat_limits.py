"""When the chat model is asked, and how hard."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLimits:
    """Bounds of the last link."""

    fewest_words: int = 4  # shorter sentences are greetings
    most_words: int = 60  # longer ones are speech
    least_confidence: float = 0.6  # the model's own
    concurrency: int = 4  # questions at the same time, of all sessions together
