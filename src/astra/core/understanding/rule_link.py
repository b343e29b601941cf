"""The first link: rules."""

from collections.abc import Sequence

from astra.core.understanding.formulas import template_of
from astra.core.understanding.intents import FACTS
from astra.core.understanding.interpretation import Interpretation
from astra.core.understanding.meaning import Meaning
from astra.core.values import ChunkContext, Decider


class RuleLink:
    """Decides what is said in a formula that all councils share."""

    def check(self, context: ChunkContext) -> None:
        """Rules work in any context."""

    def read(self, texts: Sequence[str], context: ChunkContext) -> list[Interpretation | None]:  # noqa: ARG002
        from astra.core.understanding.answers import with_names_called  # noqa: PLC0415  # compiles all rules

        meanings = with_names_called(texts)
        return [interpreted(meaning, Decider.RULE, 1.0) if meaning else None for meaning in meanings]


def interpreted(meaning: Meaning, decider: Decider, confidence: float) -> Interpretation:
    """Return a meaning with the label and the template that belong to it."""
    return Interpretation(
        intent=meaning.intent,
        label=FACTS[meaning.intent].label,
        template_id=template_of(meaning),
        data=meaning.data,
        decided_by=decider,
        confidence=confidence,
    )
