"""The sample session, heard live by the demo model: what is final is what was said."""

import re

import jiwer
import numpy as np
import pytest

from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.pipeline.leases import SharedEngine
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.streaming.events import FinalResult, PartialResult
from astra.core.streaming.options import LiveOptions
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.core.values import Pcm16k
from astra.kernel.coverage import SpanKind
from astra.samples import load_sample

MOST_WRONG_WORDS = 0.01  # measured: none


@pytest.fixture(scope="module")
def sound() -> Pcm16k:
    pieces = PyAvDecoder().pieces(load_sample().audio)
    return np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])


@pytest.fixture(scope="module")
def realtime() -> RealtimeTranscriber:
    engine = SharedEngine(FasterWhisper("demo", cpu_threads=1))
    return RealtimeTranscriber(engine=engine, voice_detector=SileroVad(), monotonic=lambda: 0.0)


def plain(text: str) -> str:
    return re.sub(r"[^\w ]", "", text.lower())


def test_the_finals_are_what_was_said_and_all_of_the_session_is_accounted_for(
    realtime: RealtimeTranscriber, sound: Pcm16k
) -> None:
    sample = load_sample()
    with realtime.open(LiveOptions()) as live:
        events = [
            event for start in range(0, len(sound), 4_000) for event in live.take(sound[start:][:4_000])
        ]
        events += live.finish()
    finals = [event.segment for event in events if isinstance(event, FinalResult)]
    heard = " ".join(segment.text for segment in finals)
    assert jiwer.wer(plain(sample.reference_text), plain(heard)) <= MOST_WRONG_WORDS
    assert sum(isinstance(event, PartialResult) for event in events) > len(finals)
    assert live.coverage.duration_ms == -(-len(sound) // 16)
    assert live.total_ms(SpanKind.GAP) == 0


def test_the_first_words_come_before_the_sentence_is_over(
    realtime: RealtimeTranscriber, sound: Pcm16k
) -> None:
    first = load_sample().lines[0]
    with realtime.open(LiveOptions()) as live:
        events = live.take(sound[: first.end_ms * 16])
    partials = [event.segment for event in events if isinstance(event, PartialResult)]
    assert not any(isinstance(event, FinalResult) for event in events)
    assert first.text.startswith(" ".join(word.text for word in partials[-1].words[: partials[-1].confirmed]))
    assert partials[-1].confirmed > 3
