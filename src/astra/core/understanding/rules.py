"""All rules in the order in which they are asked; the first that answers decides."""

from typing import Final

from astra.core.understanding.agenda import agenda_advance, agenda_item
from astra.core.understanding.meaning import Meaning, Phrase, Rule
from astra.core.understanding.motions import motion, motion_proposer
from astra.core.understanding.reading import reading
from astra.core.understanding.roll_call import quorum, roll_call
from astra.core.understanding.session import closing, convocation, opening
from astra.core.understanding.turns import turn
from astra.core.understanding.vote_results import vote_result
from astra.core.understanding.votes import vote_cast, vote_open

RULES: Final[tuple[Rule, ...]] = (
    roll_call,
    vote_cast,
    agenda_advance,
    agenda_item,
    motion_proposer,
    motion,
    turn,
    vote_result,
    vote_open,
    reading,
    quorum,
    closing,
    opening,
    convocation,
)

_LONGEST: Final = 4_000  # characters; what an engine runs together for longer is speech, not a formula


def understood(text: str) -> Meaning | None:
    """Return what a sentence does in the session, None for plain speech."""
    if len(text) > _LONGEST:
        return None
    phrase = Phrase.of(text.strip())
    return next((meaning for rule in RULES if (meaning := rule(phrase))), None)
