from typing import Any

from astra.kernel.blocks import Block, BlockType
from astra.kernel.ids import BlockId
from astra.orchestrator.sessions.deliberation import deliberation_of


def block(intent: str, **data: Any) -> Block:
    return Block(
        block_id=BlockId(intent), sequence_id=0, position=0, type=BlockType.TEXT, intent=intent, data=data
    )


def answer(name: str, attendance: str = "Presente") -> Block:
    return block("ROLL_CALL", columns={"NOMBRE": name, "ASISTENCIA": attendance})


def vote(name: str, cast: str) -> Block:
    return block("VOTE_CAST", columns={"NOMBRE": name, "VOTO": cast})


HALL = [answer("Ana"), answer("Luis"), answer("Eva"), answer("Paz", "Ausente con excusa")]


def codes(blocks: list[Block]) -> list[object]:
    return [mismatch["code"] for mismatch in deliberation_of(blocks).mismatches]


def test_a_session_that_adds_up_has_no_mismatch() -> None:
    session = [
        *HALL,
        block("QUORUM", CONTESTARON=3),
        vote("Ana", "Sí"),
        vote("Luis", "No"),
        vote("Eva", "Sí"),
        block("VOTE_RESULT", SI=2, NO=1),
        block("VOTE_RESULT", RESULTADO="aprobada"),
    ]
    assert codes(session) == []


def test_an_announced_quorum_that_the_roll_call_does_not_give_is_told() -> None:
    (mismatch,) = deliberation_of([*HALL, block("QUORUM", CONTESTARON=4)]).mismatches
    assert (mismatch["code"], mismatch["announced"], mismatch["counted"]) == ("quorum", 4, 3)


def test_a_result_is_compared_with_the_votes_since_the_last_one() -> None:
    first = [vote("Ana", "Sí"), vote("Luis", "No"), block("VOTE_RESULT", SI=1, NO=12)]
    second = [vote("Ana", "Sí"), vote("Luis", "Sí"), block("VOTE_RESULT", SI=2, NO=5)]
    assert codes([*first, *second]) == ["votes_against", "votes_against"]


def test_nobody_absent_votes_and_nobody_votes_twice() -> None:
    assert codes([*HALL, vote("Paz", "Sí"), vote("Ana", "No"), vote("Ana", "No")]) == [
        "absent_voter",
        "second_vote",
    ]


def test_a_voice_vote_has_nothing_to_compare() -> None:
    assert codes([*HALL, block("VOTE_RESULT", SI=9, NO=0)]) == []
