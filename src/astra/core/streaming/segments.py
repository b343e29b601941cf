"""The segments of a live transcript: who is the current one, in which revision, and when it is final."""

from collections.abc import Sequence
from typing import Final

from astra.core.pipeline.voice import Stretch
from astra.core.streaming.agreement import Agreement
from astra.core.streaming.events import FinalResult, LiveSegment, PartialResult
from astra.core.streaming.words import ends_sentence, in_order
from astra.core.values import Word

_NEAR_MS: Final = 500  # times of words may be wrong by this much


class Segments:
    """Gives each segment its number and its revisions; times are those of the stream."""

    def __init__(self) -> None:
        self._agreement = Agreement()
        self._segment_id = 1
        self._revision = 0
        self._text = ""

    @property
    def confirmed_until_ms(self) -> int:
        """When the last confirmed word ends; 0 without one."""
        return self._agreement.confirmed[-1].end_ms if self._agreement.confirmed else 0

    def heard(self, words: Sequence[Word], window: Stretch) -> PartialResult | None:
        """Take a hearing of all of the window; return the segment if its text has changed."""
        self._agreement.add(words)
        segment = self._revised(self._agreement.words, window, len(self._agreement.confirmed))
        return PartialResult(segment=segment) if segment else None

    def cut(self, words: Sequence[Word], window: Stretch) -> FinalResult | None:
        """End the segment in the middle of an utterance; `words` were heard in the window before the cut."""
        if words:
            self._agreement.cut(words)
        else:
            self._agreement.clear()
        return self._final(words, window, ends_utterance=False, is_flushed=False)

    def ended(self, words: Sequence[Word], window: Stretch, *, is_flushed: bool) -> FinalResult | None:
        """End the segment with the utterance; `words` were heard in all of the window."""
        self._agreement.clear()
        return self._final(words, window, ends_utterance=True, is_flushed=is_flushed)

    def sentence_pause(self, pauses: Sequence[Stretch], *, any_word: bool) -> int | None:
        """Return the middle of the latest pause in which a confirmed sentence ends, or any confirmed word."""
        confirmed = self._agreement.confirmed
        followed = zip(confirmed, [*confirmed[1:], *self._agreement.rest[:1]], strict=False)
        ends = [word.end_ms for word, _ in followed if any_word or ends_sentence(word)]
        for start, end in reversed(pauses):
            if any(start - _NEAR_MS <= word_end <= end + _NEAR_MS for word_end in ends):
                return (start + end) // 2
        return None

    def _final(
        self, words: Sequence[Word], window: Stretch, *, ends_utterance: bool, is_flushed: bool
    ) -> FinalResult | None:
        """Return the segment for good; None if nothing was ever said in it."""
        segment = self._revised(words, window, len(words)) or self._segment(words, window, len(words))
        if not segment.revision:
            return None
        self._segment_id += 1
        self._revision, self._text = 0, ""
        return FinalResult(segment=segment, ends_utterance=ends_utterance, is_flushed=is_flushed)

    def _revised(self, words: Sequence[Word], window: Stretch, confirmed: int) -> LiveSegment | None:
        """Return the next revision; None if the text is what it was."""
        text = " ".join(word.text for word in words)
        if text == self._text:
            return None
        self._text = text
        self._revision += 1
        return self._segment(words, window, confirmed)

    def _segment(self, words: Sequence[Word], window: Stretch, confirmed: int) -> LiveSegment:
        placed = tuple(in_order(words, *window))
        return LiveSegment(
            segment_id=self._segment_id,
            revision=self._revision,
            start_ms=placed[0].start_ms if placed else window[0],
            end_ms=placed[-1].end_ms if placed else window[0],
            words=placed,
            confirmed=confirmed,
        )
