"""The second link: likeness to the formulas of the council's own history."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from astra.core.data_schema import violation_of
from astra.core.templates import Template, TemplateSet, TemplatesUnusable, Vectors
from astra.core.understanding.breaker import CircuitBreaker
from astra.core.understanding.errors import EmbedderUnavailable
from astra.core.understanding.intents import FACTS, Intent
from astra.core.understanding.interpretation import Interpretation
from astra.core.understanding.notes import note
from astra.core.understanding.ports import DataFiller, TextEmbedder
from astra.core.understanding.schemas import SCHEMAS
from astra.core.values import ChunkContext, Decider
from astra.kernel.json_value import JsonObject

_AT_ONCE: Final = 4_096  # sentences in one product: bounds its memory
_NO_SECOND: Final = np.float32(-1)  # the least cosine there is


class RestingEmbedder:
    """An embedder that is left alone for a while when it fails again and again."""

    def __init__(self, embedder: TextEmbedder, breaker: CircuitBreaker | None = None) -> None:
        self._embedder = embedder
        self._breaker = breaker or CircuitBreaker()

    @property
    def identity(self) -> str:
        return self._embedder.identity

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors | None:
        """Return the vectors, None if they cannot be had now."""
        if not self._breaker.lets_through():
            return None
        try:
            vectors = self._embedder.embed(texts)
        except EmbedderUnavailable as error:
            note("embedder_unavailable", code=error.code, is_left_alone=self._breaker.failed())
            return None
        self._breaker.succeeded()
        return vectors


class SimilarityLink:
    """Finds the template that a sentence is most like, by cosine, and its data.

    Args:
        embedder: the one that made the vectors of the templates.
        filler: finds the data that rules do not; None: only rules.
    """

    def __init__(
        self,
        embedder: "RestingEmbedder",
        *,
        filler: DataFiller | None = None,
    ) -> None:
        self._embedder = embedder
        self._filler = filler

    def check(self, context: ChunkContext) -> None:
        templates = context.templates
        if not templates.templates:
            return
        if templates.embedder != self._embedder.identity:
            raise TemplatesUnusable(
                f"the vectors of the templates are of the embedder {templates.embedder!r}, and this CORE has "
                f"{self._embedder.identity!r}; set the same one, or have INGEST make the vectors again"
            )
        if templates.matrix.shape[1] != self._embedder.dimensions:
            raise TemplatesUnusable(
                f"the vectors of the templates have {templates.matrix.shape[1]} dimensions, those of the "
                f"embedder {self._embedder.dimensions}; have INGEST make them again"
            )
        strange = next((one for one in templates.templates if one.intent and one.intent not in FACTS), None)
        if strange:
            raise TemplatesUnusable(
                f"the template {strange.template_id} has the intent {strange.intent!r}, which is not known; "
                f"use one of {', '.join(FACTS)} or none"
            )

    def read(self, texts: Sequence[str], context: ChunkContext) -> list[Interpretation | None]:
        templates = context.templates
        vectors = self._embedder.embed(texts) if templates.templates and texts else None
        if vectors is None:
            return [None] * len(texts)
        matches = closest(vectors, templates)
        return [
            self._interpreted(text, *match, context) if match else None
            for text, match in zip(texts, matches, strict=True)
        ]

    def _interpreted(
        self, text: str, template: Template, cosine: float, context: ChunkContext
    ) -> Interpretation | None:
        from astra.core.understanding.stance import agrees  # noqa: PLC0415  # compiles rules

        if not agrees(text, template.text):
            note("template_says_otherwise", template_id=template.template_id)
            return None
        data = self._data(text, template, context)
        if data is None:
            note("template_without_its_data", template_id=template.template_id)
            return None
        return Interpretation(
            intent=template.intent,
            label=template.label,
            template_id=template.template_id,
            data=data,
            decided_by=Decider.TEMPLATE,
            confidence=cosine,
        )

    def _data(self, text: str, template: Template, context: ChunkContext) -> JsonObject | None:
        """Return the data of a template: by rule, else by the filler, else none if its schemas allow that."""
        from astra.core.understanding.rule_data import rule_data  # noqa: PLC0415  # compiles rules

        schemas = schemas_of(template)
        found = rule_data(Intent(template.intent), text) if template.intent else {}
        if found and keeps_to(found, schemas):
            return found
        filled = self._filler.fill(text, schemas[0], context) if self._filler and schemas else None
        if filled and keeps_to(filled, schemas):
            return filled
        return {} if keeps_to({}, schemas) else None


def schemas_of(template: Template) -> list[JsonObject]:
    """Return the schemas that a template's data must keep to: its own, and that of its intent."""
    own = [template.data_schema] if template.data_schema is not None else []
    return [*own, *([SCHEMAS[Intent(template.intent)]] if template.intent else [])]


def keeps_to(data: JsonObject, schemas: Sequence[JsonObject]) -> bool:
    """Tell whether data keeps to all of several schemas."""
    return all(violation_of(data, schema) is None for schema in schemas)


def closest(vectors: Vectors, templates: TemplateSet) -> Iterator[tuple[Template, float] | None]:
    """Yield for each sentence the template that it is, with the cosine; None if it is none, or it is unclear.

    One matrix product for thousands of sentences: 5,000 with 1,000 templates take some 0.2 s.
    """
    floors = np.array([one.threshold or templates.threshold for one in templates.templates])
    for start in range(0, len(vectors), _AT_ONCE):
        cosines = vectors[start : start + _AT_ONCE] @ templates.matrix.T
        best = cosines.argmax(axis=1)
        rows = np.arange(len(best))
        heights = cosines[rows, best]
        cosines[rows, best] = _NO_SECOND
        is_clear = (heights >= floors[best]) & (heights - cosines.max(axis=1) >= templates.margin)
        for index, height, clear in zip(best, heights, is_clear, strict=True):
            yield (templates.templates[index], min(float(height), 1.0)) if clear else None


def shortlists(
    embedder: RestingEmbedder, most: int, texts: Sequence[str], context: ChunkContext
) -> list[Sequence[Template]]:
    """Return for each sentence the templates that it may be: all, or of many the `most` alike."""
    templates = context.templates
    if len(templates.templates) <= most:
        return [templates.templates] * len(texts)
    vectors = embedder.embed(texts)
    if vectors is None:
        return [()] * len(texts)
    orders = np.argsort(-(vectors @ templates.matrix.T), axis=1, kind="stable")[:, :most]
    return [[templates.templates[index] for index in order] for order in orders]
