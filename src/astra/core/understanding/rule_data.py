"""The data that rules find in a sentence whose intent is known already, from its template."""

from collections.abc import Callable, Mapping
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Phrase
from astra.core.understanding.roll_call import quorum_data
from astra.core.understanding.session import closing_data, convocation_data, opening_data
from astra.core.understanding.vote_results import vote_result_data
from astra.core.understanding.votes import vote_open_data
from astra.kernel.json_value import JsonObject

# The other intents say nothing by rule that a sentence in other words than theirs could be relied on for.
_READERS: Final[Mapping[Intent, Callable[[Phrase], JsonObject]]] = {
    Intent.OPENING: opening_data,
    Intent.QUORUM: quorum_data,
    Intent.VOTE_OPEN: vote_open_data,
    Intent.VOTE_RESULT: vote_result_data,
    Intent.CLOSING: closing_data,
    Intent.CONVOCATION: convocation_data,
}


def rule_data(intent: Intent, text: str) -> JsonObject:
    """Return what the rules of an intent find in a sentence."""
    reader = _READERS.get(intent)
    return reader(Phrase.of(text)) if reader else {}
