"""What `Core` makes of what was heard, with an engine that hears what it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Recording
from astra.core.service import Core
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.templates import Template, TemplateSet, TemplatesUnusable
from astra.core.understanding.hashed_ngrams import HashedNgrams
from astra.core.values import (
    ChunkContext,
    Decider,
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Segment,
    TranscribeOptions,
    Utterance,
)
from astra.samples import load_sample


@dataclass
class Scripted:
    """Hears the same sentence in everything, and remembers how it was asked to hear."""

    features: EngineFeatures
    text: str = "Se decreta un receso de diez minutos."
    options: list[TranscribeOptions] = field(default_factory=list)
    identity = EngineIdentity(engine="script", engine_version="0", model="script", model_digest="0" * 64)

    def load(self) -> "Scripted":
        return self

    def close(self) -> None:
        """Nothing was loaded."""

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        self.options.append(options)
        return [
            Hearing(segments=(Segment(start_ms=0, end_ms=len(chunk) // 16, text=self.text, confidence=0.7),))
            for chunk in chunks
        ]


def engine(*, hotwords: bool = True) -> Scripted:
    return Scripted(EngineFeatures(languages=frozenset(), word_times=False, hotwords=hotwords))


def core_with(scripted: Scripted) -> Core:
    decoder = PyAvDecoder()
    transcriber = Transcriber(engine=SharedEngine(scripted), voice_detector=SileroVad(), decoder=decoder)
    return Core(transcriber=transcriber, decoder=decoder)


@pytest.fixture(scope="module")
def sound() -> Recording:
    return load_sample().audio[:40_000]


def context(identity: str = HashedNgrams().identity) -> ChunkContext:
    vector = HashedNgrams().embed(["Se decreta un receso de cinco minutos"])[0]
    template = Template(template_id="TPL_RECESO", label="Receso", vector=vector)
    return ChunkContext(
        entities_dictionary={"isbimed": "Isvimed", "jhon": "John Jairo"},
        templates=TemplateSet(embedder=identity, templates=(template,)),
    )


@pytest.mark.parametrize("hotwords", [True, False])
def test_an_engine_that_takes_words_to_expect_gets_those_of_the_dictionary(
    sound: bytes, *, hotwords: bool
) -> None:
    scripted = engine(hotwords=hotwords)
    core_with(scripted).process(sound, context())
    expected = ("Isvimed", "John Jairo") if hotwords else ()
    assert {options.hotwords for options in scripted.options} == {expected}


def test_an_utterance_says_who_decided_and_keeps_both_confidences_apart(sound: bytes) -> None:
    utterance = core_with(engine()).process(sound, context()).utterances[0]
    assert (utterance.template_id, utterance.label) == ("TPL_RECESO", "Receso")
    assert utterance.decided_by is Decider.TEMPLATE
    assert utterance.confidence == 0.7
    assert utterance.intent_confidence > 0.7
    (typed,) = core_with(engine()).understand("Tiene la palabra la concejala Ana Zapata.", context())
    assert (typed.decided_by, typed.confidence, typed.intent_confidence) == (Decider.RULE, 1.0, 1.0)
    (plain,) = core_with(engine()).understand("La quebrada se desbordó.", context())
    assert (plain.decided_by, plain.confidence, plain.intent_confidence) == (None, 1.0, 0.0)


def test_templates_of_another_embedder_are_refused_before_anything_is_heard(sound: bytes) -> None:
    scripted = engine()
    core = core_with(scripted)
    for work in (
        lambda: core.process(sound, context("e5")),
        lambda: next(core.transcribe(sound, context("e5"))),
        lambda: core.understand("Hola.", context("e5")),
        lambda: core.check(context("e5")),
    ):
        with pytest.raises(TemplatesUnusable, match="e5"):
            work()
    assert scripted.options == []


def test_audio_metadata_has_the_names_of_the_specification() -> None:
    utterance = Utterance(start_ms=61_500, end_ms=3_723_004, heard="x", text="x", confidence=0.5)
    assert utterance.audio_metadata == {
        "time_start": "00:01:01.500",
        "time_end": "01:02:03.004",
        "start_ms": 61_500,
        "end_ms": 3_723_004,
        "confidence": 0.5,
    }
    assert utterance.shifted(500).audio_metadata["time_start"] == "00:01:02.000"
