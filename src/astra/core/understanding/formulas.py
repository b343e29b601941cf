"""The template that the acta says a meaning with."""

from collections.abc import Mapping
from typing import Final

from astra.core.understanding.intents import FACTS, Intent
from astra.core.understanding.meaning import Meaning

# What must have been said for the intent's template to apply; without it the sentence stays as it was said.
_NEEDED: Final[Mapping[Intent, frozenset[str]]] = {
    Intent.OPENING: frozenset({"HORA"}),
    Intent.QUORUM: frozenset({"CONTESTARON"}),
    Intent.AGENDA_ADVANCE: frozenset({"NUMERO"}),
    Intent.VOTE_RESULT: frozenset({"SI", "NO"}),
    Intent.CLOSING: frozenset({"HORA"}),
    Intent.CONVOCATION: frozenset({"FECHA", "HORA"}),
}

# A template of its own, where more was said than the usual one can say.
_FULLER: Final[Mapping[tuple[Intent, str], str]] = {
    (Intent.MOTION_PROPOSER, "COADYUVANTE"): "TPL_PROPONENTE_COADYUVADA",
}


def template_of(meaning: Meaning) -> str | None:
    """Return the template for a meaning, None when it has none or lacks what the template must say."""
    for (intent, more), template_id in _FULLER.items():
        if meaning.intent is intent and meaning.data.get(more):
            return template_id
    needed = _NEEDED.get(meaning.intent, frozenset())
    return FACTS[meaning.intent].template_id if needed <= meaning.data.keys() else None
