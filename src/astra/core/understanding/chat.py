"""The third link: a language model, for what rules and templates leave undecided.

It chooses among what is known and copies what was said: an answer with anything else is dropped, and the
sentence stays as it was said. A service that fails is left alone for a while.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Final

from astra.core.data_schema import violation_of
from astra.core.templates import Template
from astra.core.understanding.breaker import CircuitBreaker
from astra.core.understanding.chat_limits import ChatLimits
from astra.core.understanding.chat_questions import (
    NONE,
    Option,
    classification,
    decision_schema,
    extraction,
    options_of,
)
from astra.core.understanding.errors import ChatAnswerUnusable, ChatUnavailable
from astra.core.understanding.evidence import said_only
from astra.core.understanding.formulas import template_of
from astra.core.understanding.intents import Intent
from astra.core.understanding.interpretation import Interpretation
from astra.core.understanding.meaning import Meaning
from astra.core.understanding.notes import note
from astra.core.understanding.ports import ChatModel, ChatQuestion
from astra.core.understanding.schemas import SCHEMAS
from astra.core.understanding.similarity import keeps_to, schemas_of
from astra.core.understanding.stance import agrees, is_affirmed
from astra.core.values import ChunkContext, Decider
from astra.kernel.json_value import JsonObject, JsonValue

_DONE_ONCE: Final = frozenset(
    {Intent.OPENING, Intent.QUORUM, Intent.VOTE_RESULT, Intent.CLOSING, Intent.CONVOCATION}
)  # what the acta states as done

Shortlist = Callable[[Sequence[str], ChunkContext], Sequence[Sequence[Template]]]


class ChatLink:
    """Asks a chat model.

    Args:
        model: the endpoint.
        shortlist: finds the council's templates that each sentence may be.
        limits: see there.
        breaker: lets an endpoint rest that fails.
    """

    def __init__(
        self,
        model: ChatModel,
        *,
        shortlist: Shortlist = lambda texts, _context: [()] * len(texts),
        limits: ChatLimits = ChatLimits(),  # noqa: B008  # frozen
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._model = model
        self._shortlist = shortlist
        self._limits = limits
        self._breaker = breaker or CircuitBreaker()
        self._slots = BoundedSemaphore(limits.concurrency)

    def check(self, context: ChunkContext) -> None:
        """A model takes any context."""

    def read(self, texts: Sequence[str], context: ChunkContext) -> list[Interpretation | None]:
        asked = [index for index, text in enumerate(texts) if self._is_worth_it(text)]
        found: list[Interpretation | None] = [None] * len(texts)
        if not asked:
            return found
        with ThreadPoolExecutor(min(self._limits.concurrency, len(asked)), "astra-chat") as pool:
            worthy = [texts[index] for index in asked]
            shortlists = self._shortlist(worthy, context)
            answers = pool.map(lambda text, few: self._decided(text, few, context), worthy, shortlists)
            for index, interpretation in zip(asked, answers, strict=True):
                found[index] = interpretation
        return found

    def fill(self, text: str, schema: JsonObject, context: ChunkContext) -> JsonObject | None:
        """Return what the model finds for a schema in the sentence: see `DataFiller`."""
        return self._extracted(text, "plantilla", schema, context)

    def _is_worth_it(self, text: str) -> bool:
        return self._limits.fewest_words <= len(text.split()) <= self._limits.most_words

    def _decided(
        self, text: str, templates: Sequence[Template], context: ChunkContext
    ) -> Interpretation | None:
        options = options_of(templates)
        answer = self._answer(classification(text, options, context.adapter_id))
        if answer is None or not is_kept(answer, decision_schema(options), "decision"):
            return None
        name, confidence = str(answer["decision"]), probability(answer["confianza"])
        if name == NONE or confidence < self._limits.least_confidence or not _is_done(text, options[name]):
            return None
        return self._interpreted(text, options[name], confidence, context)

    def _interpreted(
        self, text: str, option: Option, confidence: float, context: ChunkContext
    ) -> Interpretation | None:
        schemas = schemas_of(option.template) if option.template else []
        if option.intent and not option.template:
            schemas = [SCHEMAS[option.intent]]
        data = self._extracted(text, option.label, schemas[0], context) if schemas else {}
        if data is None or not keeps_to(data, schemas):
            return None
        template_id = option.template.template_id if option.template else None
        if option.intent and not option.template:
            template_id = template_of(Meaning(option.intent, data))
        return Interpretation(
            intent=option.intent,
            label=option.label,
            template_id=template_id,
            data=data,
            decided_by=Decider.MODEL,
            confidence=confidence,
        )

    def _extracted(
        self, text: str, label: str, schema: JsonObject, context: ChunkContext
    ) -> JsonObject | None:
        if not schema.get("properties"):
            return {}
        answer = self._answer(extraction(text, label, schema, context.adapter_id))
        if answer is None:
            return None
        data = completed(said_only(answer, text, schema), schema)
        return data if is_kept(data, schema, "data") else None

    def _answer(self, question: ChatQuestion) -> JsonObject | None:
        """Return the answer, None if there is none or the model is being left alone."""
        with self._slots:
            if not self._breaker.lets_through():
                return None
            try:
                answer = self._model.answer(question)
            except ChatUnavailable as error:
                note("chat_unavailable", code=error.code, is_left_alone=self._breaker.failed())
                return None
            except ChatAnswerUnusable as error:
                self._breaker.succeeded()
                note("chat_answer_dropped", question=question.name, reason=error.code)
                return None
            self._breaker.succeeded()
            return answer


def _is_done(text: str, option: Option) -> bool:
    """Tell whether the sentence does what was decided, rather than deny, ask, wish or retell it."""
    formula = option.template.text if option.template else None
    if formula is not None and not is_affirmed(formula):
        return agrees(text, formula)
    return is_affirmed(text) if option.template or option.intent in _DONE_ONCE else True


def is_kept(data: JsonObject, schema: JsonObject, what: str) -> bool:
    """Tell whether an answer keeps to its schema; the log says where it does not, never what it says."""
    violation = violation_of(data, schema)
    if violation:
        note("chat_answer_dropped", question=what, reason="schema", violation=violation)
    return violation is None


def completed(data: JsonObject, schema: JsonObject) -> JsonObject:
    """Return the data with "" where a schema wants that for what was not said; other defaults invent."""
    properties = schema.get("properties")
    defaults: dict[str, JsonValue] = {
        key: ""
        for key, inner in (properties.items() if isinstance(properties, dict) else ())
        if isinstance(inner, dict) and inner.get("default") == ""
    }
    return {**defaults, **data}


def probability(value: JsonValue) -> float:
    """Return a number of an answer, within 0..1."""
    return min(max(float(value), 0.0), 1.0) if isinstance(value, int | float) else 0.0
