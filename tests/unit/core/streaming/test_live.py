"""What a live transcription promises, whatever is said and however the samples come."""

import gc
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.errors import OptionUnsupported
from astra.core.streaming.errors import StreamFinished
from astra.core.streaming.events import (
    Accounted,
    FinalResult,
    LiveSegment,
    PartialResult,
    SpeechStarted,
    StreamEvent,
    UtteranceEnded,
)
from astra.core.streaming.live import LiveTranscript
from astra.core.streaming.options import LiveOptions
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.core.values import MissingSound, Pcm16k
from astra.kernel.coverage import Coverage, SpanKind

Realtime = Callable[..., RealtimeTranscriber]
Said = Callable[[Sequence[tuple[Sequence[int], int]]], str]
Speech = Callable[[Sequence[tuple[Sequence[int], int]]], Pcm16k]

HOUR_MS = 3_600_000
UTTERANCES = st.lists(
    st.tuples(st.lists(st.integers(0, 59), min_size=1, max_size=12, unique=True), st.integers(120, 2_500)),
    max_size=6,
)


def told(live: LiveTranscript, pieces: Iterable[Pcm16k | MissingSound]) -> list[StreamEvent]:
    events = [event for piece in pieces for event in live.take(piece)]
    return events + live.finish()


def cut_at(sound: Pcm16k, cuts: Iterable[int]) -> Iterator[Pcm16k]:
    edges = [0, *sorted(min(cut, len(sound)) for cut in cuts), len(sound)]
    for start, end in pairwise(edges):
        yield sound[start:end]


def finals(events: Iterable[StreamEvent]) -> list[LiveSegment]:
    return [event.segment for event in events if isinstance(event, FinalResult)]


def text_of(events: Iterable[StreamEvent]) -> str:
    return " ".join(segment.text for segment in finals(events))


def kinds(events: Iterable[StreamEvent]) -> list[str]:
    """Return the events' names, without repeats and accounts."""
    names = [type(event).__name__ for event in events if not isinstance(event, Accounted)]
    return [name for name, _ in groupby(names)]


@pytest.fixture(scope="module")
def realtime(tone_engine: Any, realtime_over: Realtime) -> RealtimeTranscriber:
    return realtime_over(tone_engine())


@settings(deadline=None, max_examples=40)
@given(
    utterances=UTTERANCES, cuts=st.lists(st.integers(0, 300_000), max_size=8), every=st.integers(400, 40_000)
)
def test_what_is_told_does_not_depend_on_how_the_samples_are_cut(
    *, realtime: RealtimeTranscriber, speech: Speech, said: Said, utterances: Any, cuts: list[int], every: int
) -> None:
    sound = speech(utterances)
    at_once = told(realtime.open(LiveOptions()), [sound])
    assert told(realtime.open(LiveOptions()), cut_at(sound, cuts)) == at_once
    assert told(realtime.open(LiveOptions()), cut_at(sound, range(every, len(sound), every))) == at_once
    assert text_of(at_once) == said(utterances)


@settings(deadline=None, max_examples=40)
@given(
    utterances=UTTERANCES, endpointing=st.sampled_from([None, 300, 700, 1500]), step=st.integers(300, 2_000)
)
def test_revisions_grow_and_a_final_is_the_last_of_its_segment(
    *,
    realtime: RealtimeTranscriber,
    speech: Speech,
    said: Said,
    utterances: Any,
    endpointing: int | None,
    step: int,
) -> None:
    options = LiveOptions(endpointing_ms=endpointing, step_ms=step)
    events = told(realtime.open(options), [speech(utterances)])
    results = [event for event in events if isinstance(event, PartialResult | FinalResult)]
    segments = [list(group) for _, group in groupby(results, key=lambda event: event.segment.segment_id)]
    assert [group[0].segment.segment_id for group in segments] == list(range(1, len(segments) + 1))
    for group in segments:
        assert [type(event) for event in group] == [PartialResult] * (len(group) - 1) + [FinalResult]
        revisions = [event.segment.revision for event in group[:-1]]
        assert revisions == list(range(1, len(group)))
        last_texts = [event.segment.text for event in group[-2:]]
        changed = len(set(last_texts)) == len(last_texts)
        assert group[-1].segment.revision == (revisions[-1] if revisions else 0) + changed
    assert text_of(events) == said(utterances)


@settings(deadline=None, max_examples=40)
@given(
    utterances=UTTERANCES,
    lost=st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 60_000)), max_size=3),
    flush_at=st.integers(0, 200_000),
)
def test_every_millisecond_is_text_silence_or_gap(
    realtime: RealtimeTranscriber, speech: Speech, utterances: Any, lost: list[tuple[int, int]], flush_at: int
) -> None:
    sound = speech(utterances)
    live = realtime.open(LiveOptions())
    events = live.take(sound[:flush_at])
    events += live.flush()
    rest, missing_samples = sound[flush_at:], 0
    for samples, gap in lost:
        events += live.take(rest[:samples])
        rest = rest[samples:]
        events += live.take(MissingSound(samples=gap, reason="late_sound"))
        missing_samples += gap
    events += live.take(rest) + live.finish()
    coverage = live.coverage
    assert coverage.duration_ms == pytest.approx((len(sound) + missing_samples) / 16, abs=1 + len(lost))
    assert sum(live.total_ms(kind) for kind in SpanKind) == coverage.duration_ms
    parts = [event for event in events if isinstance(event, Accounted)]
    assert Coverage.joined(part.coverage for part in parts) == coverage
    gap_ms = sum(gap for _, gap in lost) / 16
    declared = sum(span.duration_ms for span in coverage.spans if span.reason == "late_sound")
    assert declared == pytest.approx(gap_ms, abs=2 * len(lost) + 1)


def test_an_utterance_is_told_from_its_voice_to_its_end(
    realtime: RealtimeTranscriber, speech: Speech, said: Said
) -> None:
    events = told(realtime.open(LiveOptions()), [speech([((), 1_000), ((1, 2, 3, 4, 5, 6), 1_500)])])
    assert kinds(events) == ["SpeechStarted", "PartialResult", "FinalResult", "UtteranceEnded"]
    (started,) = (event for event in events if isinstance(event, SpeechStarted))
    (final,) = (event for event in events if isinstance(event, FinalResult))
    (ended,) = (event for event in events if isinstance(event, UtteranceEnded))
    assert started.at_ms == pytest.approx(1_000, abs=150)
    assert final.segment.text == said([((1, 2, 3, 4, 5, 6), 0)])
    assert final.ends_utterance
    assert not final.is_flushed
    assert final.segment.confirmed == 6
    assert final.segment.confidence == pytest.approx(0.9)
    assert [word.start_ms for word in final.segment.words] == pytest.approx(
        [1_000 + 300 * index for index in range(6)], abs=20
    )
    assert ended.last_word_end_ms == final.segment.end_ms


def test_two_hearings_that_agree_confirm_words(realtime: RealtimeTranscriber, speech: Speech) -> None:
    events = told(realtime.open(LiveOptions()), [speech([(range(10), 1_000)])])
    partials = [event.segment for event in events if isinstance(event, PartialResult)]
    assert partials[0].confirmed == 0
    confirmed = [[word.text for word in segment.words[: segment.confirmed]] for segment in partials]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(confirmed))
    assert len(confirmed[-1]) > 3
    assert "eh" not in confirmed[-1]


def test_silence_is_never_given_to_the_engine(
    tone_engine: Any, realtime_over: Realtime, speech: Speech
) -> None:
    engine = tone_engine(keeps_sound=True)
    live = realtime_over(engine).open(LiveOptions())
    assert kinds(told(live, [speech([((), 60_000)])])) == []
    assert engine.heard == []
    assert live.total_ms(SpanKind.SILENCE) == 60_000


def test_a_click_starts_no_speech(realtime: RealtimeTranscriber) -> None:
    sound = np.zeros(16_000 * 3, dtype=np.float32)
    sound[16_000:16_400] = 0.5
    assert kinds(told(realtime.open(LiveOptions()), [sound])) == []


def test_voice_without_words_is_a_declared_gap(
    tone_engine: Any, realtime_over: Realtime, speech: Speech
) -> None:
    live = realtime_over(tone_engine(is_deaf=True)).open(LiveOptions())
    events = told(live, [speech([((1, 2, 3, 4, 5, 6), 2_000)])])
    assert kinds(events) == ["SpeechStarted", "UtteranceEnded"]
    gaps = [span for span in live.coverage.spans if span.kind is SpanKind.GAP]
    assert [span.reason for span in gaps] == ["speech_without_words"]
    assert gaps[0].duration_ms == pytest.approx(1_800, abs=250)


def test_an_utterance_without_end_is_cut_and_nothing_of_it_is_lost(
    tone_engine: Any, realtime_over: Realtime, speech: Speech, said: Said
) -> None:
    engine = tone_engine()
    words = [index * 37 % 60 for index in range(400)]
    events = told(realtime_over(engine).open(LiveOptions()), [speech([(words, 500)])])
    assert text_of(events) == said([(words, 500)])
    assert engine.longest_heard_ms <= 25_200
    assert [event.ends_utterance for event in events if isinstance(event, FinalResult)][-2:] == [False, True]


def test_a_pause_without_end_of_sentence_cuts_a_long_segment(
    tone_engine: Any, realtime_over: Realtime, speech: Speech, said: Said
) -> None:
    engine = tone_engine()
    utterances = [(range(start, start + 10), 450) for start in range(0, 50, 7)]
    events = told(realtime_over(engine).open(LiveOptions()), [speech(utterances)])
    assert text_of(events) == said(utterances)
    assert engine.longest_heard_ms < 20_000
    assert len(finals(events)) > 1


def test_an_engine_of_short_chunks_is_never_given_longer_ones(
    tone_engine: Any, realtime_over: Realtime, speech: Speech, said: Said
) -> None:
    engine = tone_engine(longest_ms=5_000)
    words = list(range(48))
    events = told(realtime_over(engine).open(LiveOptions()), [speech([(words, 900)])])
    assert text_of(events) == said([(words, 900)])
    assert engine.longest_heard_ms <= 5_200


def test_without_times_of_words_a_segment_is_divided_among_them(
    tone_engine: Any, realtime_over: Realtime, speech: Speech, said: Said
) -> None:
    live = realtime_over(tone_engine(word_times=False)).open(LiveOptions())
    (segment,) = finals(told(live, [speech([((1, 2, 3), 1_000)])]))
    assert segment.text == said([((1, 2, 3), 0)])
    assert [word.start_ms for word in segment.words] == pytest.approx([0, 270, 550], abs=40)
    assert segment.words[-1].end_ms == segment.end_ms


def test_an_engine_slower_than_speech_tells_fewer_partials_and_the_same_finals(
    tone_engine: Any, realtime_over: Realtime, speech: Speech, said: Said
) -> None:
    utterances = [(list(range(14)), 1_000)] * 8
    readings = iter(range(0, 10_000_000, 3))  # seconds: each hearing takes three
    slow = realtime_over(tone_engine(), monotonic=lambda: float(next(readings)))
    quick = realtime_over(tone_engine())
    few, all_of_them = (told(over.open(LiveOptions()), [speech(utterances)]) for over in (slow, quick))
    assert text_of(few) == text_of(all_of_them) == said(utterances)
    partials = [sum(isinstance(event, PartialResult) for event in events) for events in (few, all_of_them)]
    assert 0 < partials[0] < partials[1] / 2


def test_a_flush_finalises_what_is_held_and_the_stream_goes_on(
    realtime: RealtimeTranscriber, speech: Speech, said: Said
) -> None:
    with realtime.open(LiveOptions()) as live:
        events = live.take(speech([((1, 2, 3), 0)]))
        assert finals(events) == []
        flushed = live.flush()
        assert text_of(flushed) == said([((1, 2, 3), 0)])
        assert [event.is_flushed for event in flushed if isinstance(event, FinalResult)] == [True]
        assert kinds(live.flush()) == []
        after = [*live.take(speech([((4, 5), 900)])), *live.finish()]
    assert [(segment.segment_id, segment.text) for segment in finals(after)] == [(2, said([((4, 5), 0)]))]


def test_a_short_loss_stays_inside_its_utterance_and_a_long_one_ends_it(
    realtime: RealtimeTranscriber, speech: Speech, said: Said
) -> None:
    short = MissingSound(samples=1_600, reason="late_sound")
    long = MissingSound(samples=32_000, reason="late_sound")
    live = realtime.open(LiveOptions())
    events = told(live, [speech([((1, 2), 0)]), short, speech([((3, 4), 0)]), long, speech([((5, 6), 0)])])
    assert [segment.text for segment in finals(events)] == [said([((1, 2, 3, 4), 0)]), said([((5, 6), 0)])]
    gaps = [(span.start_ms, span.end_ms) for span in live.coverage.spans if span.kind is SpanKind.GAP]
    assert gaps == [(600, 700), (1_300, 3_300)]
    assert finals(events)[1].start_ms >= 3_300


def test_the_end_of_an_utterance_is_told_after_the_silence_that_was_asked_for(
    realtime: RealtimeTranscriber, speech: Speech
) -> None:
    live = realtime.open(LiveOptions(endpointing_ms=400, utterance_end_ms=1_500))
    sound = speech([((1, 2, 3), 900), ((4, 5, 6), 3_000)])
    assert kinds(told(live, [sound])) == [
        *("SpeechStarted", "PartialResult", "FinalResult"),
        *("SpeechStarted", "PartialResult", "FinalResult", "UtteranceEnded"),
    ]


def test_a_finished_stream_takes_nothing_more_and_gives_its_model_back(
    tone_engine: Any, realtime_over: Realtime, speech: Speech
) -> None:
    engine = tone_engine()
    realtime = realtime_over(engine)
    live = realtime.open(LiveOptions())
    realtime._engine.close()
    assert not engine.is_closed
    live.finish()
    realtime._engine.close()
    assert engine.is_closed
    with pytest.raises(StreamFinished):
        live.take(speech([]))
    live.close()


def test_a_language_that_the_engine_does_not_know_is_refused(realtime: RealtimeTranscriber) -> None:
    with pytest.raises(OptionUnsupported, match="'xx'"):
        realtime.open(LiveOptions(language="xx"))


def test_the_eighth_hour_takes_no_more_memory_than_the_first(
    tone_engine: Any, realtime_over: Realtime, speech: Speech
) -> None:
    """Two minutes of utterances, pauses and a monologue, over and over."""
    utterances = [
        (range(10), 900),
        ([3] * 2, 5_000),
        ([index * 37 % 60 for index in range(128)], 400),
        (range(5), 40_000),
    ]
    minutes = speech(utterances)
    live = realtime_over(tone_engine()).open(LiveOptions(step_ms=5_000))
    words = used_after_7h = rounds = 0
    while live.duration_ms < 8 * HOUR_MS:
        for piece in np.array_split(minutes, 64):
            words += sum(len(segment.words) for segment in finals(live.take(piece)))
        rounds += 1
        if live.duration_ms > 6 * HOUR_MS and not tracemalloc.is_tracing():
            tracemalloc.start()
        if live.duration_ms > 7 * HOUR_MS and not used_after_7h:
            used_after_7h = memory_in_use()
    grown = memory_in_use() - used_after_7h
    tracemalloc.stop()
    assert grown < 100_000  # bytes in an hour: the ledger
    assert live._held.duration_ms < 26_000
    assert words == rounds * sum(len(words) for words, _ in utterances)


def memory_in_use() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
