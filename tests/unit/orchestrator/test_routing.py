from collections.abc import Callable

from astra.core.values import Utterance
from astra.kernel.blocks import BlockType, Visibility
from astra.kernel.ids import IdSource
from astra.orchestrator.sessions.routing import BlockRouter
from astra.orchestrator.sessions.values import Chunk, Context, Pins


def test_neighbouring_plain_sentences_form_one_paragraph_that_keeps_each_time(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    said = [
        utterance("Gracias, presidente.", start_ms=100, end_ms=900, confidence=0.9),
        utterance("Pido agua.", start_ms=1000, end_ms=1700, confidence=0.7),
    ]
    (block,) = BlockRouter(pins, ids).blocks_of(chunk(3), said)
    assert block.type is BlockType.TEXT
    assert block.text == "Gracias, presidente. Pido agua."
    assert block.audio is not None
    assert (block.audio.start_ms, block.audio.end_ms) == (100, 1700)
    assert block.confidence == 0.7
    assert [sentence["text"] for sentence in block.data["sentences"]] == [
        "Gracias, presidente.",
        "Pido agua.",
    ]
    assert block.target_placeholder == "ZONE_DEBATE"


def test_an_intent_with_a_table_becomes_a_row_and_splits_the_speech_around_it(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    vote = utterance(
        "Ana Zapata, voto positivo.",
        intent="VOTE_CAST",
        structured_data={"NOMBRE": "Ana Zapata", "VOTO": "Sí"},
    )
    said = [utterance("Antes."), vote, utterance("Después.")]
    blocks = BlockRouter(pins, ids).blocks_of(chunk(0), said)
    assert [block.type for block in blocks] == [BlockType.TEXT, BlockType.TABLE_ROW, BlockType.TEXT]
    assert blocks[1].target_placeholder == "TBL_VOTACION"
    assert blocks[1].data == {"columns": {"NOMBRE": "Ana Zapata", "VOTO": "Sí"}}
    assert [block.position for block in blocks] == [0, 1, 2]


def test_a_template_the_council_has_not_mapped_is_plain_text_in_the_place_of_speech(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    strange = utterance("Algo.", intent="WHO_KNOWS", template_id="TPL_DESCONOCIDO")
    (block,) = BlockRouter(pins, ids).blocks_of(chunk(0), [strange])
    assert (block.type, block.template_id, block.target_placeholder) == (
        BlockType.TEXT,
        None,
        "ZONE_DEBATE",
    )


def test_blocks_carry_the_context_of_their_append(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    reserved = chunk(0, context=Context(topic="Seguridad", visibility=Visibility.RESTRICTED))
    (block,) = BlockRouter(pins, ids).blocks_of(reserved, [utterance("Reservado.")])
    assert (block.visibility, block.topic, block.speaker) == (Visibility.RESTRICTED, "Seguridad", None)


def test_who_votes_without_a_name_is_the_one_who_has_the_floor(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    vote = utterance("Mi voto es sí.", intent="VOTE_CAST", structured_data={"VOTO": "Sí"})
    (block,) = BlockRouter(pins, ids).blocks_of(chunk(0), [vote])
    assert block.data == {"columns": {"NOMBRE": "Ana Zapata", "VOTO": "Sí"}}
