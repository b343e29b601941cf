"""All rules in the order in which they are asked; the first that answers decides."""

from collections.abc import Mapping
from typing import Final

from astra.core.understanding.agenda import agenda_advance, agenda_item
from astra.core.understanding.intents import FACTS, Intent
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

# What must have been said for the intent's template to apply; without it the sentence stays as it was said.
_NEEDED: Final[Mapping[Intent, frozenset[str]]] = {
    Intent.OPENING: frozenset({"HORA"}),
    Intent.QUORUM: frozenset({"CONTESTARON"}),
    Intent.VOTE_RESULT: frozenset({"SI", "NO"}),
    Intent.CLOSING: frozenset({"HORA"}),
    Intent.CONVOCATION: frozenset({"FECHA", "HORA"}),
}

# A template of its own, where more was said than the usual one can say.
_FULLER: Final[Mapping[tuple[Intent, str], str]] = {
    (Intent.MOTION_PROPOSER, "COADYUVANTE"): "TPL_PROPONENTE_COADYUVADA",
}


_LONGEST: Final = 4_000  # characters; what an engine runs together for longer is speech, not a formula


def understood(text: str) -> Meaning | None:
    """Return what a sentence does in the session, None for plain speech."""
    if len(text) > _LONGEST:
        return None
    phrase = Phrase.of(text.strip())
    return next((meaning for rule in RULES if (meaning := rule(phrase))), None)


def template_of(meaning: Meaning) -> str | None:
    """Return the template for a meaning, None when it has none or lacks what the template must say."""
    for (intent, more), template_id in _FULLER.items():
        if meaning.intent is intent and meaning.data.get(more):
            return template_id
    needed = _NEEDED.get(meaning.intent, frozenset())
    return FACTS[meaning.intent].template_id if needed <= meaning.data.keys() else None
