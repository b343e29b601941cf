import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.transcripts.cues import LONGEST_MS, MOST_CHARACTERS
from astra.core.transcripts.subtitles import write_srt, write_vtt
from astra.core.values import Segment, TranscriptResult, Word

Transcribed = Callable[..., TranscriptResult]
Make = Callable[..., Segment]

TIME = r"(\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3})"
SRT_CUE = re.compile(rf"(\d+)\n{TIME} --> {TIME}\n(.+?)\n(?:\n|\Z)", re.DOTALL)
VTT_CUE = re.compile(rf"\n{TIME} --> {TIME}\n(.+?)\n(?=\n|\Z)", re.DOTALL)
VOICE = re.compile(r"<v ([^>\n]+)>(.*)</v>", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    start_ms: int
    end_ms: int
    lines: list[str]
    speaker: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def ms(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds, thousandths = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def from_srt(content: str) -> list[Shown]:
    found = [match.groups() for match in SRT_CUE.finditer(content)]
    assert [int(groups[0]) for groups in found] == list(range(1, len(found) + 1))
    assert len(found) == content.count(" --> ")
    return [Shown(ms(one[1:5]), ms(one[5:9]), one[9].split("\n")) for one in found]


def from_vtt(content: str) -> list[Shown]:
    head, _, body = content.partition("\n")
    assert head == "WEBVTT"
    assert body.count("-->") == len(VTT_CUE.findall(body))
    return [shown_of(match.groups()) for match in VTT_CUE.finditer(body)]


def shown_of(groups: tuple[str, ...]) -> Shown:
    voice = VOICE.fullmatch(groups[8])
    payload = voice[2] if voice else groups[8]
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", payload)
    lines = html.unescape(payload).split("\n")
    return Shown(ms(groups[:4]), ms(groups[4:8]), lines, html.unescape(voice[1]) if voice else "")


WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60)


@st.composite
def segments(draw: st.DrawFn) -> list[Segment]:
    """Draw segments that may lie upon one another, last no time or an hour, with and without words."""
    found = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, 400_000_000))
        words = draw(st.lists(WORDS, max_size=40))
        end = start + draw(st.integers(0, 3_600_000))
        edges = sorted(draw(st.lists(st.integers(start, end), min_size=len(words), max_size=len(words))))
        timed = tuple(
            Word(start_ms=edge, end_ms=max(edge, end), text=word, confidence=1.0)
            for edge, word in zip(edges, words, strict=True)
        )
        found.append(
            Segment(
                start_ms=start,
                end_ms=end,
                text=draw(st.sampled_from([" ", "  ", "\n"])).join(words),
                confidence=1.0,
                words=timed if draw(st.booleans()) else (),
                speaker=draw(st.sampled_from(["", "S1", "Ana <Pérez> & Cía"])),
            )
        )
    return found


def assert_readable(cues: list[Shown]) -> None:
    assert all(0 < cue.end_ms - cue.start_ms <= LONGEST_MS for cue in cues)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(cues))
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < len(line) <= MOST_CHARACTERS for line in cue.lines)


def said(found: list[Segment]) -> str:
    ordered = sorted(found, key=lambda segment: segment.start_ms)
    return "".join("".join(segment.text.split()) for segment in ordered)


@given(segments())
@settings(deadline=None, max_examples=50)
def test_any_transcript_in_webvtt_can_be_read_and_has_lost_nothing(
    transcribed: Transcribed, found: list[Segment]
) -> None:
    cues = from_vtt(write_vtt(transcribed(*found)))
    assert_readable(cues)
    assert "".join(cue.text for cue in cues).replace(" ", "") == said(found)


@given(segments())
@settings(deadline=None, max_examples=50)
def test_any_transcript_in_subrip_can_be_read(transcribed: Transcribed, found: list[Segment]) -> None:
    without_names = [
        Segment(start_ms=one.start_ms, end_ms=one.end_ms, text=one.text, confidence=1.0, words=one.words)
        for one in found
    ]
    cues = from_srt(write_srt(transcribed(*without_names)))
    assert_readable(cues)
    assert "".join(cue.text for cue in cues).replace(" ", "") == said(found).replace("-->", "→")


def test_a_transcript_without_words_is_a_valid_empty_file(transcribed: Transcribed) -> None:
    assert write_srt(transcribed()) == ""
    assert write_vtt(transcribed()) == "WEBVTT\n"


def test_markup_in_what_was_said_stays_text(transcribed: Transcribed, segment: Make) -> None:
    content = write_vtt(transcribed(segment(0, 2000, "a <b> & c --> d", speaker="Ana & Cía")))
    assert "<v Ana &amp; Cía>a &lt;b&gt; &amp; c --&gt; d</v>" in content
    assert "a <b> & c → d" in write_srt(transcribed(segment(0, 2000, "a <b> & c --> d")))


def test_subrip_counts_beyond_99_hours(transcribed: Transcribed, segment: Make) -> None:
    late = 100 * 3_600_000 + 1
    content = write_srt(transcribed(segment(late, late + 2000, "Se levanta la sesión.")))
    assert "100:00:00,001 --> 100:00:02,001" in content


def test_subrip_says_who_speaks_when_that_changes(transcribed: Transcribed, segment: Make) -> None:
    turns = [
        segment(0, 1500, "Presente.", speaker="S1"),
        segment(2000, 3500, "Gracias.", speaker="S1"),
        segment(4000, 5500, "Presente.", speaker="S2"),
    ]
    cues = from_srt(write_srt(transcribed(*turns)))
    assert [cue.text for cue in cues] == ["S1: Presente.", "Gracias.", "S2: Presente."]


def test_words_say_when_the_second_subtitle_begins(transcribed: Transcribed, segment: Make) -> None:
    spoken = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis"
    words = tuple(
        Word(start_ms=300 * at, end_ms=300 * at + 200, text=text, confidence=1.0)
        for at, text in enumerate(spoken.split())
    )
    first, second = from_vtt(write_vtt(transcribed(segment(0, 4800, spoken, words=words))))
    begins = spoken.split().index(second.text.split()[0])
    assert second.start_ms == 300 * begins
    assert first.end_ms <= second.start_ms


def test_a_long_pause_between_words_ends_a_subtitle(transcribed: Transcribed, segment: Make) -> None:
    words = (
        Word(start_ms=0, end_ms=400, text="Presente.", confidence=1.0),
        Word(start_ms=3000, end_ms=3400, text="Ausente.", confidence=1.0),
    )
    cues = from_vtt(write_vtt(transcribed(segment(0, 3400, "Presente. Ausente.", words=words))))
    assert [(cue.text, cue.start_ms) for cue in cues] == [("Presente.", 0), ("Ausente.", 3000)]


def test_no_cue_holds_a_single_word_of_a_sentence_that_has_others(
    transcribed: Transcribed, segment: Make
) -> None:
    text = "Siendo las nueve y quince de la mañana, se abre la sesión ordinaria del Concejo Municipal."
    cues = from_srt(write_srt(transcribed(segment(0, 6000, text))))
    assert [cue.text for cue in cues] == [
        "Siendo las nueve y quince de la mañana,",
        "se abre la sesión ordinaria del Concejo Municipal.",
    ]


def test_a_word_that_is_a_sentence_may_stand_alone(transcribed: Transcribed, segment: Make) -> None:
    asked = "Se somete a consideración de los concejales el orden del día."
    cues = from_srt(write_srt(transcribed(segment(0, 6000, f"{asked} Aprobado."))))
    assert [cue.text for cue in cues] == [asked, "Aprobado."]


@given(st.lists(st.sampled_from(["sí", "de", "la", "Concejo", "municipal,", "administración"]), min_size=2))
@settings(deadline=None, max_examples=50)
def test_a_sentence_of_common_words_leaves_none_alone(
    transcribed: Transcribed, segment: Make, words: list[str]
) -> None:
    cues = from_srt(write_srt(transcribed(segment(0, 300 * len(words), " ".join(words)))))
    assert all(len(cue.text.split()) > 1 for cue in cues)


def test_two_lines_are_alike_in_length(transcribed: Transcribed, segment: Make) -> None:
    text = "Se somete a consideración el orden del día leído"
    cue = from_vtt(write_vtt(transcribed(segment(0, 5000, text))))[0]
    assert cue.lines == ["Se somete a consideración", "el orden del día leído"]


def test_a_segment_of_no_length_is_shown_long_enough_to_be_read(
    transcribed: Transcribed, segment: Make
) -> None:
    cue = from_vtt(write_vtt(transcribed(segment(1000, 1000, "Sí."))))[0]
    assert (cue.start_ms, cue.end_ms) == (1000, 1833)
