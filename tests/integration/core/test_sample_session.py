"""The shipped session through the whole of CORE, with the real decoder, detector and model."""

import io
import re
import wave
from collections.abc import Iterable, Sequence
from itertools import pairwise

import av
import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.errors import AudioEmpty
from astra.core.ledger import MISSING
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Engine
from astra.core.service import Core
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.understanding.intents import Intent
from astra.core.values import (
    ChunkContext,
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Progress,
    TimedChunk,
    TranscribeOptions,
    Utterance,
)
from astra.kernel.coverage import SpanKind
from astra.kernel.json_value import JsonObject
from astra.samples import Sample, load_sample

CONTEXT = ChunkContext()


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load_sample()


@pytest.fixture(scope="module")
def core() -> Core:
    return core_with(FasterWhisper("demo", cpu_threads=1))


def core_with(engine: Engine) -> Core:
    decoder = PyAvDecoder()
    transcriber = Transcriber(engine=SharedEngine(engine), voice_detector=SileroVad(), decoder=decoder)
    return Core(transcriber=transcriber, decoder=decoder)


@pytest.fixture(scope="module")
def sound(sample: Sample) -> Pcm16k:
    pieces = PyAvDecoder().pieces(sample.audio)
    return np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])


@pytest.fixture(scope="module")
def progress() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def whole(core: Core, sample: Sample, progress: list[Progress]) -> list[TimedChunk]:
    return list(core.transcribe(sample.audio_path, CONTEXT, progress=progress.append))


def wav(samples: Pcm16k) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def flac(samples: Pcm16k) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=16_000, layout="mono")
        for start in range(0, len(samples), 4_096):
            block = (samples[start : start + 4_096] * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 16_000, start
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def word_error_rate(sample: Sample, utterances: Iterable[Utterance]) -> float:
    heard = " ".join(utterance.heard for utterance in utterances)
    return jiwer.wer(normalised(sample.reference_text), normalised(heard))


def normalised(text: str) -> str:
    return " ".join(re.sub(r"[^\wáéíóúñü ]", "", text.lower()).split())


def utterances_of(chunks: Iterable[TimedChunk]) -> list[Utterance]:
    return [utterance for chunk in chunks for utterance in chunk.result.utterances]


def data_of(utterances: Iterable[Utterance], intent: Intent) -> list[JsonObject]:
    return [dict(utterance.structured_data) for utterance in utterances if utterance.intent == intent]


def test_the_whole_file_is_heard_with_at_most_one_word_in_a_hundred_wrong(
    sample: Sample, whole: list[TimedChunk]
) -> None:
    assert word_error_rate(sample, utterances_of(whole)) <= 0.01


def test_its_chunks_account_for_every_millisecond(sample: Sample, whole: list[TimedChunk]) -> None:
    for before, after in pairwise(whole):
        assert after.start_ms == before.start_ms + before.result.duration_ms
    total = sum(chunk.result.duration_ms for chunk in whole)
    assert total == pytest.approx(sample.duration_ms, abs=5)
    assert sum(chunk.result.coverage.total_ms(SpanKind.GAP) for chunk in whole) == 0
    assert sum(chunk.result.coverage.total_ms(SpanKind.TEXT) for chunk in whole) > 0.75 * total


def test_its_times_are_those_of_the_script(sample: Sample, whole: list[TimedChunk]) -> None:
    starts = [chunk.start_ms + line.start_ms for chunk in whole for line in chunk.result.utterances]
    assert len(starts) == len(sample.lines)
    assert max(abs(start - line.start_ms) for start, line in zip(starts, sample.lines, strict=True)) < 500


def test_progress_reaches_the_end_with_speed_and_time_left(
    sample: Sample, whole: list[TimedChunk], progress: list[Progress]
) -> None:
    assert len(progress) == len(whole)
    assert progress[-1].done_s == pytest.approx(sample.duration_ms / 1000, abs=0.1)
    assert progress[-1].eta_s == pytest.approx(0, abs=0.1)
    assert all(step.speed > 0 and step.eta_s is not None for step in progress)


def test_live_chunks_of_one_speaker_are_heard_as_well_as_the_whole(
    core: Core, sample: Sample, sound: Pcm16k
) -> None:
    edges = [0, *sample.turns_ms, len(sound) // 16]
    results = [core.process(wav(sound[start * 16 : end * 16]), CONTEXT) for start, end in pairwise(edges)]
    assert word_error_rate(sample, (line for result in results for line in result.utterances)) <= 0.01
    assert sum(result.duration_ms for result in results) == edges[-1]


def test_cuts_at_changes_of_speaker_are_kept(core: Core, sample: Sample) -> None:
    chunks = list(core.transcribe(sample.audio_path, CONTEXT, cut_at_ms=sample.turns_ms))
    assert set(sample.turns_ms) <= {chunk.start_ms for chunk in chunks}
    assert word_error_rate(sample, utterances_of(chunks)) <= 0.01


def test_attendance_quorum_and_votes_are_exact_and_add_up(sample: Sample, whole: list[TimedChunk]) -> None:
    lines = utterances_of(whole)
    councillors = [person.name for person in sample.people if person.treatment != "el secretario"]
    attendance = {row["NOMBRE"]: row["ASISTENCIA"] for row in data_of(lines, Intent.ROLL_CALL)}
    votes = {row["NOMBRE"]: row["VOTO"] for row in data_of(lines, Intent.VOTE_CAST)}
    present = [name for name, answer in attendance.items() if answer == "Presente"]
    assert sorted(attendance) == sorted(councillors)
    assert attendance["Ricardo Pineda"] == "Ausente con excusa"
    assert data_of(lines, Intent.QUORUM) == [{"CONTESTARON": len(present), "CLASE": "decisorio"}]
    assert sorted(votes) == sorted(present)
    yes, no = (list(votes.values()).count(choice) for choice in ("Sí", "No"))
    results = [row for row in data_of(lines, Intent.VOTE_RESULT) if "SI" in row]
    assert results == [{"SI": yes, "NO": no, "RESULTADO": "aprobada"}]
    assert yes + no == len(present)


def test_the_rest_of_the_session_is_understood(whole: list[TimedChunk]) -> None:
    lines = utterances_of(whole)
    assert data_of(lines, Intent.OPENING) == [{"HORA": "09:15", "TIPO": "ordinaria"}]
    assert data_of(lines, Intent.CLOSING) == [{"HORA": "10:42"}]
    assert data_of(lines, Intent.CONVOCATION) == [{"FECHA": "23 de noviembre", "HORA": "09:00"}]
    assert [row["NUMERO"] for row in data_of(lines, Intent.AGENDA_ITEM)] == [1, 2, 3, 4, 5]
    assert [row["NUMERO"] for row in data_of(lines, Intent.AGENDA_ADVANCE)] == [3, 4, 5]
    (motion,) = data_of(lines, Intent.MOTION)
    assert motion["NUMERO"] == 12
    assert str(motion["TEXTO"]).startswith("cítese a la Secretaría de Infraestructura")
    assert data_of(lines, Intent.MOTION_PROPOSER) == [
        {"NOMBRE": "Ana Zapata", "TRATAMIENTO": "la concejala", "COADYUVANTE": "Diana Mejía"}
    ]
    assert [row["NOMBRE"] for row in data_of(lines, Intent.TURN)] == [
        "Ana Zapata",
        "Julián Ospina",
        "Patricia Villegas",
        "Óscar Giraldo",
        "Diana Mejía",
    ]


def test_the_dictionary_corrects_and_keeps_what_was_heard(core: Core, sample: Sample, sound: Pcm16k) -> None:
    context = ChunkContext(entities_dictionary={"concejo municipal": "Concejo de San Joaquín"})
    end_ms = sample.turns_ms[0]
    second = core.process(wav(sound[: end_ms * 16]), context).utterances[1]
    assert "Concejo Municipal" in second.heard
    assert "Concejo de San Joaquín" in second.text


class NeverCalled:
    identity = EngineIdentity(engine="none", engine_version="0", model="none", model_digest="0" * 64)
    features = EngineFeatures(languages=frozenset(), word_times=False)

    def load(self) -> "NeverCalled":
        return self

    def close(self) -> None:
        """Nothing was loaded."""

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        raise AssertionError(f"the engine was asked to hear {len(chunks)} silences in {options.language}")


@pytest.fixture
def deaf() -> Core:
    return core_with(NeverCalled())


@pytest.mark.parametrize("samples", [1, 100, 16_000, 40 * 16_000 + 7])
def test_silence_is_accounted_for_without_calling_the_engine(deaf: Core, samples: int) -> None:
    noise = np.random.default_rng(0).normal(0, 0.001, samples).astype(np.float32)
    result = deaf.process(wav(noise), CONTEXT)
    assert result.utterances == ()
    assert result.coverage.total_ms(SpanKind.SILENCE) == result.duration_ms == -(-samples // 16)


class Mute(NeverCalled):
    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        assert options.language == "es"
        return [Hearing(segments=()) for _ in chunks]


@settings(deadline=None, max_examples=25)
@given(position=st.integers(4_000, 70_000), damage=st.binary(max_size=2_000), is_cut_off=st.booleans())
def test_damaged_sound_is_accounted_for_to_the_length_it_had(
    position: int, damage: bytes, *, is_cut_off: bool
) -> None:
    """The first 20 s of the session; an Ogg that is cut off tells no length after the page it was cut in.

    500 ms is what encoders may fill the end with, and 200 ms the rounding of timestamps.
    """
    whole = load_sample().audio[:80_000]
    rest = b"" if is_cut_off else whole[position + len(damage) :]
    length_ms = end_of_page_ms(whole[:position] if is_cut_off else whole)
    coverage = core_with(Mute()).process(whole[:position] + damage + rest, CONTEXT).coverage
    assert sum(coverage.total_ms(kind) for kind in SpanKind) == coverage.duration_ms
    assert coverage.duration_ms == pytest.approx(length_ms, abs=700)


def end_of_page_ms(opus: bytes) -> float:
    """Return the time that the last page tells whose header is there (RFC 3533, section 6)."""
    page = opus.rindex(b"OggS", 0, -10)
    return int.from_bytes(opus[page + 6 : page + 14], "little") / 48


def test_a_recording_cut_off_ends_in_a_declared_gap(core: Core, sample: Sample, sound: Pcm16k) -> None:
    end_ms = sample.turns_ms[0]
    full = flac(sound[: end_ms * 16])
    result = core.process(full[: len(full) // 2], CONTEXT)
    assert result.duration_ms == pytest.approx(end_ms, abs=50)
    assert result.coverage.spans[-1].reason == MISSING
    assert result.utterances[0].text == sample.lines[0].text


def test_no_sound_is_an_error_and_measures_nothing(core: Core) -> None:
    with pytest.raises(AudioEmpty):
        core.process(b"", CONTEXT)
    assert core.measure_ms(b"not sound") == 0


def test_typed_text_is_understood_without_sound(core: Core) -> None:
    text = "Siendo las 9:15 a. m. se abre la sesión ordinaria. Concejala Ana Zapata, presente. Buenos días."
    context = ChunkContext(entities_dictionary={"ana zapata": "Ana María Zapata"})
    first, second, third = core.understand(text, context)
    assert (first.intent, first.template_id) == (Intent.OPENING, "TPL_APERTURA")
    assert second.structured_data == {"NOMBRE": "Ana María Zapata", "ASISTENCIA": "Presente"}
    assert second.heard == "Concejala Ana Zapata, presente."
    assert third.intent is None


def test_the_shipped_recording_is_small_and_has_five_voices_and_a_reserved_part(sample: Sample) -> None:
    assert len(sample.audio) < 1_500_000
    assert 180_000 <= sample.duration_ms <= 300_000
    assert len({line.speaker for line in sample.lines}) >= 5
    assert sum(line.reserved for line in sample.lines) == 2
    assert sample.long_date == "20 de noviembre de 2026"
    assert sample.person("zapata").treatment == "la concejala"
