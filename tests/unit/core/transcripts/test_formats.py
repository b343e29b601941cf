import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.transcripts.errors import SpeakersUnknown, TranscriptInvalid
from astra.core.transcripts.formats import FORMATS
from astra.core.transcripts.json_format import read_json, write_json
from astra.core.transcripts.plain_text import write_txt
from astra.core.transcripts.rttm import write_rttm
from astra.core.transcripts.verbose_json import verbose_json
from astra.core.values import EngineIdentity, Segment, TranscriptResult, Word
from astra.kernel.coverage import Coverage, Span, SpanKind

Transcribed = Callable[..., TranscriptResult]
Make = Callable[..., Segment]

TIMES = st.integers(0, 10**10)
SHARES = st.floats(0, 1)
WORDS = st.builds(Word, start_ms=TIMES, end_ms=TIMES, text=st.text(), confidence=SHARES)
SEGMENTS = st.builds(
    Segment,
    start_ms=TIMES,
    end_ms=TIMES,
    text=st.text(),
    confidence=SHARES,
    words=st.lists(WORDS, max_size=4).map(tuple),
    no_speech=SHARES,
    speaker=st.text(max_size=5),
)


@st.composite
def ledgers(draw: st.DrawFn) -> Coverage:
    spans, end = [], 0
    for length in draw(st.lists(st.integers(1, 10**6), max_size=5)):
        kind = draw(st.sampled_from(SpanKind))
        reason = "missing_sound" if kind is SpanKind.GAP else ""
        spans.append(Span(start_ms=end, end_ms=end + length, kind=kind, reason=reason))
        end += length
    return Coverage(tuple(spans))


TRANSCRIPTS = st.builds(
    TranscriptResult,
    segments=st.lists(SEGMENTS, max_size=4).map(tuple),
    coverage=ledgers(),
    language=st.sampled_from(["es", "en"]),
    identity=st.builds(
        EngineIdentity, engine=st.text(), engine_version=st.text(), model=st.text(), model_digest=st.text()
    ),
)


@given(TRANSCRIPTS)
@settings(deadline=None, max_examples=50)
def test_what_is_written_as_json_is_read_back_the_same(transcript: TranscriptResult) -> None:
    assert read_json(write_json(transcript)) == transcript
    assert read_json(write_json(transcript).encode()) == transcript


def changed(document: dict[str, Any], **members: object) -> str:
    return json.dumps(document | members)


def test_a_damaged_transcript_is_refused(transcribed: Transcribed, segment: Make) -> None:
    document = json.loads(write_json(transcribed(segment(0, 1000, "Presente."))))
    for content, message in (
        ("{", "no transcript"),
        (b"\xff\xfe\x00", "no transcript"),
        ("[]", "no transcript"),
        ('{"text": "Presente."}', "no transcript"),
        (changed(document, version=2), "of version 2"),
        (changed(document, identity=None), "damaged"),
        (changed(document, segments=[{"text": "Presente."}]), r"damaged at 0\.start_ms"),
        (changed(document, coverage=document["coverage"][1:]), "coverage breaks"),
    ):
        with pytest.raises(TranscriptInvalid, match=message):
            read_json(content)


def test_json_holds_all_that_is_known(transcribed: Transcribed, segment: Make) -> None:
    word = Word(start_ms=0, end_ms=900, text="Presente.", confidence=0.8)
    document = json.loads(write_json(transcribed(segment(0, 1000, "Presente.", words=(word,), speaker="S1"))))
    assert document["format"] == "astra-transcript"
    assert document["version"] == 1
    assert document["duration_ms"] == 2000
    assert document["text"] == "Presente."
    assert document["identity"]["model"] == "demo"
    assert document["segments"][0]["speaker"] == "S1"
    assert document["segments"][0]["words"][0]["confidence"] == 0.8
    assert [span["kind"] for span in document["coverage"]] == ["text", "silence"]


def test_plain_text_is_a_paragraph_for_each_turn(transcribed: Transcribed, segment: Make) -> None:
    turns = [
        segment(0, 1000, "Se abre", speaker="S1"),
        segment(1000, 2000, "la sesión.", speaker="S1"),
        segment(2000, 3000, "Presente.", speaker="S2"),
    ]
    assert write_txt(transcribed(*turns)) == "S1: Se abre la sesión.\n\nS2: Presente.\n"
    assert write_txt(transcribed(segment(0, 1000, "Se abre"), segment(1000, 2000, "la sesión."))) == (
        "Se abre la sesión.\n"
    )
    assert write_txt(transcribed()) == ""


def test_rttm_has_ten_fields_a_turn(transcribed: Transcribed, segment: Make) -> None:
    turns = [
        segment(1250, 3000, "Presente.", speaker="Ana Pérez"),
        segment(4000, 4000, "Eh.", speaker="S2"),
        segment(5000, 6007, "¿Quién?"),
    ]
    lines = write_rttm(transcribed(*turns), "sesión 12").splitlines()
    assert lines == ["SPEAKER sesión_12 1 1.250 1.750 <NA> <NA> Ana_Pérez 1.000 <NA>"]
    assert len(lines[0].split()) == 10
    assert write_rttm(transcribed()) == ""


def test_rttm_without_speakers_is_refused(transcribed: Transcribed, segment: Make) -> None:
    with pytest.raises(SpeakersUnknown):
        write_rttm(transcribed(segment(0, 1000, "Presente.")))


def test_verbose_json_has_what_was_asked_for(transcribed: Transcribed, segment: Make) -> None:
    word = Word(start_ms=100, end_ms=900, text="Presente.", confidence=0.8)
    transcript = transcribed(segment(0, 1500, "Presente.", words=(word,)))
    whole = verbose_json(transcript, with_segments=True, with_words=True)
    assert (whole["task"], whole["language"], whole["duration"]) == ("transcribe", "es", 2.5)
    assert whole["words"] == [{"word": "Presente.", "start": 0.1, "end": 0.9}]
    assert whole["segments"][0]["end"] == 1.5
    assert whole["segments"][0]["avg_logprob"] == pytest.approx(-0.1054, abs=1e-4)
    assert "segments" not in verbose_json(transcript, with_segments=False, with_words=True)
    assert "words" not in verbose_json(transcript, with_segments=True, with_words=False)


def test_every_format_writes_a_session_and_an_empty_one(transcribed: Transcribed, segment: Make) -> None:
    assert set(FORMATS) == {"json", "txt", "srt", "vtt", "rttm", "verbose_json"}
    for form in FORMATS.values():
        assert "Presente" in form.write(transcribed(segment(0, 900, "Presente", speaker="Presente")))
        assert "Presente" not in form.write(transcribed())
        assert "/" in form.media_type
