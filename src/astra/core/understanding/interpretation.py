"""What a sentence was understood as, and who decided it."""

from dataclasses import dataclass, field
from typing import Final

from astra.core.values import Decider
from astra.kernel.json_value import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """What one link of the chain says of a sentence; the fields are those of `Utterance`."""

    intent: str | None = None
    label: str = ""
    template_id: str | None = None
    data: JsonObject = field(default_factory=dict)
    decided_by: Decider | None = None
    confidence: float = 0.0  # the decider's, 0..1; nothing to do with how well the sentence was heard


PLAIN: Final = Interpretation()
