from collections.abc import Callable
from dataclasses import replace

from astra.core.values import Utterance
from astra.kernel.blocks import Visibility
from astra.kernel.ids import IdSource
from astra.orchestrator.sessions.routing import BlockRouter
from astra.orchestrator.sessions.transcript import webvtt
from astra.orchestrator.sessions.values import Chunk, Pins


def test_each_sentence_is_a_cue_with_its_voice(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    said = [utterance("Uno & <dos>.", end_ms=900), utterance("Tres.", start_ms=3_661_000, end_ms=3_662_500)]
    vtt = webvtt(BlockRouter(pins, ids).blocks_of(chunk(0), said))
    assert vtt.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:00.900\n<v Ana Zapata>Uno &amp; &lt;dos&gt;.\n")
    assert "01:01:01.000 --> 01:01:02.500\n<v Ana Zapata>Tres.\n" in vtt


def test_reserved_words_are_not_in_the_transcript(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    (block,) = BlockRouter(pins, ids).blocks_of(chunk(0), [utterance("Secreto.")])
    vtt = webvtt([replace(block, visibility=Visibility.RESTRICTED)])
    assert "Secreto" not in vtt
    assert "[Fragmento reservado]" in vtt
