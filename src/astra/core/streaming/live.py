"""One live transcription: samples in, events out, in memory that does not grow."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Self

import numpy as np

from astra.core.ledger import account
from astra.core.pipeline.chunking import Chunk, pause_in
from astra.core.pipeline.voice import Stretch, common
from astra.core.ports import VoiceDetector
from astra.core.streaming.accounts import StreamLedger
from astra.core.streaming.errors import StreamFinished
from astra.core.streaming.events import Accounted, FinalResult, SpeechStarted, StreamEvent, UtteranceEnded
from astra.core.streaming.held import HeldSound
from astra.core.streaming.listener import Heard, Listener
from astra.core.streaming.options import LiveOptions
from astra.core.streaming.segments import Segments
from astra.core.values import SAMPLES_PER_MS, MissingSound, Pcm16k
from astra.kernel.coverage import Coverage, SpanKind

_BLOCK: Final = 4 * 512  # samples (128 ms): decisions fall on this grid, however the samples come
_MARGIN_MS: Final = 500  # silence kept before a voice: its first sound lies outside the detector's stretch
_VOICE_PAD_MS: Final = 100  # by which a detector's stretch is wider than the voice
_SURE_VOICE_MS: Final = 400  # a shorter stretch that goes on may yet turn out to be a click
_LONG_SEGMENT_MS: Final = (
    12_000  # from here on a confirmed word before a pause is as good as a sentence's end
)
_ZERO_FILLED: Final = 16_000  # samples; a sentence survives less that is lost, more ends it
_INEXACT_MS: Final = 2_000  # an engine may time its first or last word this far from the voice's edge
_SILENCE_MS: Final = 1_000  # from here on silence is accounted for and forgotten


class LiveTranscript:
    """Follows one stream. Calls block while the engine hears, and come from one thread at a time.

    What it says depends on the samples alone, not on how they are cut into calls; only an engine slower than
    the speech makes it listen less often between finals. Use it as a context manager, or `close` it.
    """

    def __init__(
        self,
        *,
        listener: Listener,
        voice_detector: VoiceDetector,
        options: LiveOptions,
        on_close: Callable[[], None],
    ) -> None:
        self._listener = listener
        self._options = options
        self._on_close = on_close
        self._waiting = np.zeros(0, dtype=np.float32)
        self._held = HeldSound(voice_detector)
        self._segments = Segments()
        self._ledger = StreamLedger()
        self._is_open = False  # an utterance is going on
        self._heard_ms = 0  # how far the last hearing went
        self._last_word_ms: int | None = None  # of the utterance whose end is still to be told
        self._is_finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def duration_ms(self) -> int:
        """How much sound has been taken."""
        return self._held.end_ms + len(self._waiting) // SAMPLES_PER_MS

    @property
    def coverage(self) -> Coverage:
        """What became of the stream so far, up to what is still open; of all of it after `finish`."""
        return self._ledger.coverage

    def total_ms(self, kind: SpanKind) -> int:
        """Return how much of the stream is accounted for as `kind`, without building the whole ledger."""
        return self._ledger.total_ms(kind)

    def take(self, sound: Pcm16k | MissingSound) -> list[StreamEvent]:
        """Take the sound that follows; sound that was lost on its way is declared, and becomes a gap.

        Raises:
            EngineUnavailable: the engine failed.
            StreamFinished: `finish` or `close` was called.
        """
        self._check()
        return list(self._missing(sound) if isinstance(sound, MissingSound) else self._taken(sound))

    def flush(self) -> list[StreamEvent]:
        """Finalise what is held now; the stream goes on. Raises what `take` raises."""
        self._check()
        return list(self._flushed(is_flushed=True))

    def finish(self) -> list[StreamEvent]:
        """Finalise everything and end the stream; nothing is left unaccounted. Raises what `take` raises."""
        self._check()
        try:
            return list(self._finished())
        finally:
            self.close()

    def close(self) -> None:
        """Give the model back; what is not final is forgotten. Closing twice does nothing."""
        if not self._is_finished:
            self._is_finished = True
            self._on_close()

    def _check(self) -> None:
        if self._is_finished:
            raise StreamFinished

    def _taken(self, sound: Pcm16k) -> Iterator[StreamEvent]:
        self._waiting = np.concatenate([self._waiting, sound])
        whole = len(self._waiting) // _BLOCK * _BLOCK
        blocks, self._waiting = self._waiting[:whole], self._waiting[whole:].copy()
        for start in range(0, whole, _BLOCK):
            self._held.add(blocks[start : start + _BLOCK])
            self._listener.budget.earn(_BLOCK / SAMPLES_PER_MS)
            yield from self._advanced()

    def _missing(self, lost: MissingSound) -> Iterator[StreamEvent]:
        if lost.samples < _ZERO_FILLED:
            self._hold_rest()
            self._held.add_gap(lost.samples, lost.reason)
            yield from self._advanced()
            return
        yield from self._concluded()
        duration_ms = lost.samples // SAMPLES_PER_MS
        yield self._accounted(Coverage.gap(duration_ms, lost.reason))
        self._held.skip(duration_ms)

    def _finished(self) -> Iterator[StreamEvent]:
        yield from self._concluded()
        yield from self._silence_told(0)

    def _hold_rest(self) -> None:
        self._held.add(self._waiting)
        self._waiting = self._waiting[:0]

    def _concluded(self) -> Iterator[StreamEvent]:
        """Say everything about what is held; sound that follows begins anew."""
        self._hold_rest()
        self._held.finish()
        yield from self._flushed(is_flushed=False)

    def _flushed(self, *, is_flushed: bool) -> Iterator[StreamEvent]:
        self._hold_rest()
        speech = self._held.speech()
        if speech and not self._is_open:
            yield from self._opened(speech)
            speech = self._held.speech()
        if self._is_open:
            yield from self._ended(self._held.duration_ms, speech, is_flushed=is_flushed)
        yield from self._silent(self._held.duration_ms)

    def _advanced(self) -> Iterator[StreamEvent]:
        speech = self._held.speech()
        if not self._is_open and any(self._is_sure(voice) for voice in speech):
            yield from self._opened(speech)
            speech = self._held.speech()
        if self._is_open:
            yield from self._followed(speech)
        else:
            yield from self._silent_but_margin(speech)

    def _is_sure(self, voice: Stretch) -> bool:
        start, end = voice
        return end - start >= _SURE_VOICE_MS or end < self._held.duration_ms - _VOICE_PAD_MS

    def _opened(self, speech: list[Stretch]) -> Iterator[StreamEvent]:
        started_ms = self._held.start_ms + speech[0][0]
        yield from self._silent(max(speech[0][0] - _MARGIN_MS, 0))
        self._is_open = True
        self._heard_ms = self._held.start_ms
        self._last_word_ms = None
        yield SpeechStarted(at_ms=started_ms)

    def _followed(self, speech: list[Stretch]) -> Iterator[StreamEvent]:
        """Listen if it is time to; end the utterance at a pause, or cut it when it is too long."""
        held_ms = self._held.duration_ms
        voice_end = speech[-1][1] if speech else 0
        pause_ms = held_ms - voice_end + _VOICE_PAD_MS
        endpointing_ms = self._options.endpointing_ms
        if endpointing_ms is not None and voice_end < held_ms and pause_ms >= endpointing_ms:
            yield from self._ended((voice_end + held_ms) // 2, speech, is_flushed=False)
        elif held_ms >= self._options.longest_ms:
            yield from self._cut(self._best_cut(speech), speech)
        elif self._is_time_to_look(voice_end):
            yield from self._looked(speech)

    def _is_time_to_look(self, voice_end: int) -> bool:
        new_ms = self._held.end_ms - self._heard_ms
        has_new_voice = self._held.start_ms + voice_end > self._heard_ms
        return has_new_voice and new_ms >= self._options.step_ms and self._listener.budget.allows_partials

    def _looked(self, speech: list[Stretch]) -> Iterator[StreamEvent]:
        chunk = self._held.chunk(self._held.duration_ms, speech)
        partial = self._segments.heard(self._listener.look(chunk), _window(chunk))
        self._heard_ms = self._held.end_ms
        if partial:
            yield partial
        pauses = [(start + chunk.start_ms, end + chunk.start_ms) for start, end in self._held.pauses()]
        is_long = chunk.duration_ms >= _LONG_SEGMENT_MS
        cut_ms = self._segments.sentence_pause(pauses, any_word=is_long)
        if cut_ms is not None:
            yield from self._cut(cut_ms - chunk.start_ms, speech)

    def _best_cut(self, speech: list[Stretch]) -> int:
        """Return where to cut what has no end: in a pause, else after the last confirmed word, else here."""
        held_ms = self._held.duration_ms
        cut_ms = pause_in(speech, held_ms)
        word_end = self._segments.confirmed_until_ms - self._held.start_ms
        return word_end if cut_ms >= held_ms and word_end >= held_ms // 2 else cut_ms

    def _cut(self, cut_ms: int, speech: list[Stretch]) -> Iterator[StreamEvent]:
        """Finalise the first part of an utterance that goes on."""
        chunk = self._held.chunk(cut_ms, speech)
        heard = self._listener.hear(chunk)
        yield from _existing(self._segments.cut(heard.words, _window(chunk)))
        yield from self._dropped(chunk, heard)

    def _ended(self, cut_ms: int, speech: list[Stretch], *, is_flushed: bool) -> Iterator[StreamEvent]:
        chunk = self._held.chunk(cut_ms, speech)
        heard = self._listener.hear(chunk)
        yield from _existing(self._segments.ended(heard.words, _window(chunk), is_flushed=is_flushed))
        yield from self._dropped(chunk, heard)
        self._is_open = False
        self._last_word_ms = heard.words[-1].end_ms if heard.words else self._held.start_ms
        yield from self._silence_told(0 if is_flushed else self._options.utterance_end_ms or 0)

    def _silent_but_margin(self, speech: list[Stretch]) -> Iterator[StreamEvent]:
        """Account for silence once there is enough of it; voice that is not sure yet is kept."""
        kept_from = speech[0][0] if speech else self._held.duration_ms
        if kept_from - _MARGIN_MS >= _SILENCE_MS:
            yield from self._silent(kept_from - _MARGIN_MS)
        yield from self._silence_told(self._options.utterance_end_ms or 0)

    def _silent(self, duration_ms: int) -> Iterator[StreamEvent]:
        if duration_ms:
            yield from self._dropped(self._held.chunk(duration_ms, ()), Heard())

    def _dropped(self, chunk: Chunk, heard: Heard) -> Iterator[StreamEvent]:
        """Tell what became of a chunk, and forget its sound."""
        if chunk.duration_ms:
            coverage = account(
                duration_ms=chunk.duration_ms,
                text=_reaching(heard.text, chunk.speech),
                speech=chunk.speech,
                gaps=chunk.gaps,
                untrusted=common(heard.untrusted, chunk.speech),
            )
            yield self._accounted(coverage)
            self._held.drop(chunk.duration_ms)

    def _accounted(self, coverage: Coverage) -> Accounted:
        event = Accounted(start_ms=self._ledger.duration_ms, coverage=coverage)
        self._ledger.add(coverage)
        return event

    def _silence_told(self, wait_ms: int) -> Iterator[StreamEvent]:
        """Tell the end of the utterance when it has been silent for long enough."""
        ended_ms = self._last_word_ms
        if ended_ms is not None and self._held.end_ms - ended_ms >= wait_ms:
            self._last_word_ms = None
            yield UtteranceEnded(last_word_end_ms=ended_ms)


def _reaching(text: Sequence[Stretch], speech: Sequence[Stretch]) -> list[Stretch]:
    """Return where the text lies, widened to the voice around it as far as times of words are inexact."""
    if not text or not speech:
        return list(text)
    start, end = min(text)[0], max(end for _, end in text)
    before = speech[0][0] if start - speech[0][0] <= _INEXACT_MS else start
    after = speech[-1][1] if speech[-1][1] - end <= _INEXACT_MS else end
    return [(min(before, start), start), *text, (end, max(after, end))]


def _window(chunk: Chunk) -> Stretch:
    return chunk.start_ms, chunk.start_ms + chunk.duration_ms


def _existing(final: FinalResult | None) -> Iterator[FinalResult]:
    if final:
        yield final
