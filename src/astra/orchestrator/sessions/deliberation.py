"""Whether what was announced adds up: the quorum with the roll call, each result with its votes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from astra.core.understanding.intents import Intent
from astra.kernel.blocks import Block
from astra.kernel.json_value import JsonObject, JsonValue

PRESENT = "Presente"
YES = "Sí"
NO = "No"


@dataclass(slots=True)
class Deliberation:
    """What has been counted so far, and what did not add up."""

    present: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    votes: dict[str, str] = field(default_factory=dict)  # of the vote under way, by name
    mismatches: list[JsonObject] = field(default_factory=list)

    def hear(self, block: Block) -> None:
        """Take a block into account."""
        cells = cells_of(block)
        if block.intent == Intent.ROLL_CALL:
            group = self.present if cells.get("ASISTENCIA") == PRESENT else self.absent
            group.add(str(cells.get("NOMBRE")))
        elif block.intent == Intent.VOTE_CAST:
            self._vote(block, str(cells.get("NOMBRE")), str(cells.get("VOTO")))
        elif block.intent == Intent.QUORUM and self.present:
            self._compare(block, "quorum", block.data.get("CONTESTARON"), len(self.present))
        elif block.intent == Intent.VOTE_RESULT:
            self._result(block)

    def _vote(self, block: Block, name: str, vote: str) -> None:
        if name in self.absent or name in self.votes:
            code = "absent_voter" if name in self.absent else "second_vote"
            self.mismatches.append({"code": code, "block_id": block.block_id})
        self.votes[name] = vote

    def _result(self, block: Block) -> None:
        """Compare a result with the votes cast since the last one, if it was a roll-call vote."""
        if self.votes:
            counted = list(self.votes.values())
            self._compare(block, "votes_for", block.data.get("SI"), counted.count(YES))
            self._compare(block, "votes_against", block.data.get("NO"), counted.count(NO))
        self.votes.clear()

    def _compare(self, block: Block, code: str, announced: JsonValue, counted: int) -> None:
        if announced is not None and announced != counted:
            self.mismatches.append(
                {
                    "code": code,
                    "announced": announced,
                    "counted": counted,
                    "block_id": block.block_id,
                }
            )


def deliberation_of(blocks: Iterable[Block]) -> Deliberation:
    """Return what a session counted and announced."""
    deliberation = Deliberation()
    for block in blocks:
        deliberation.hear(block)
    return deliberation


def cells_of(block: Block) -> Mapping[str, JsonValue]:
    """Return the cells of a table row, nothing for other blocks."""
    columns = block.data.get("columns")
    return columns if isinstance(columns, Mapping) else {}
