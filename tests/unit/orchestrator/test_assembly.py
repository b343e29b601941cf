from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from astra.kernel.blocks import Block, BlockType, Visibility
from astra.kernel.ids import BlockId, SessionId, TenantId
from astra.orchestrator.sessions.assembly import fields_of, with_agenda_titles
from astra.orchestrator.sessions.dump import SessionDump
from astra.orchestrator.sessions.states import SessionState
from astra.orchestrator.sessions.values import Pins, Session


def block(intent: str, **data: Any) -> Block:
    return Block(
        block_id=BlockId(intent), sequence_id=0, position=0, type=BlockType.TEMPLATE, intent=intent, data=data
    )


def test_a_passage_to_a_point_takes_its_title_from_the_public_agenda_alone() -> None:
    item = block("AGENDA_ITEM", NUMERO=3, TITULO="Agua")
    passage = block("AGENDA_ADVANCE", NUMERO=3)
    assert with_agenda_titles((item, passage))[1].data == {"NUMERO": 3, "TITULO": "Agua"}
    reserved = replace(item, visibility=Visibility.RESTRICTED)
    assert with_agenda_titles((reserved, passage))[1].data == {"NUMERO": 3}


def test_what_a_client_says_does_not_replace_what_is_certain(pins: Pins) -> None:
    said = {"SESION_ID": "x", "NOTA_VERIFICACION": "x", "CONCEJO": "x", "LUGAR": "Recinto"}
    session = Session(
        session_id=SessionId("s1"),
        tenant_id=TenantId("t"),
        state=SessionState.BUILDING,
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
        created_by="test",
        metadata=said,
        pins=pins,
    )
    fields = fields_of(SessionDump(session=session, chunks=(), blocks=()))
    assert (fields["LUGAR"], fields["SESION_ID"]) == ("Recinto", "s1")
    assert fields["CONCEJO"] == "Concejo de Prueba"
    assert "astra verify" in fields["NOTA_VERIFICACION"]
