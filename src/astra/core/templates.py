"""The formulas of a council, as INGEST finds them in its history: what a sentence is compared with."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from astra.core.data_schema import flaw_of
from astra.kernel.errors import Conflict
from astra.kernel.json_value import JsonObject

Vectors = npt.NDArray[np.float32]  # shape (n, d), each row of length 1
Vector = npt.NDArray[np.float32]  # shape (d,)

_ONE_DIMENSION: Final = 1


class TemplatesUnusable(Conflict):
    """The council's templates do not fit this CORE; have INGEST make their vectors again."""

    code = "templates_unusable"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Template:
    """One formula. `vector` has any length but 0; the set brings it to 1."""

    template_id: str
    label: str  # as staff read it
    vector: Vector
    intent: str | None = (
        None  # one of `understanding.intents.Intent`, if the formula does what one of them does
    )
    data_schema: JsonObject | None = None  # of its structured data; None: that of the intent, or no data
    text: str | None = None  # the formula, with {MARK} for what varies; None: see `stance.agrees`
    threshold: float | None = None  # cosine from which a sentence is this one; None: that of the set


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TemplateSet:
    """A council's templates and the embedder that made their vectors; make it once, it is used by all chunks.

    Cosines of different embedders are not comparable, so that the thresholds belong to the set.

    Raises:
        TemplatesUnusable: ids repeat, vectors differ in length or say nothing, a schema is unsafe or none.
    """

    embedder: str  # `TextEmbedder.identity`
    templates: tuple[Template, ...]
    threshold: float = (
        0.62  # cosine, in (0, 1]; suits hashed n-grams (0.62 to 0.95 for a formula in other words)
    )
    margin: float = 0.1  # by which the best template must surpass the second best
    matrix: Vectors = field(init=False, repr=False)  # one row a template

    def __post_init__(self) -> None:
        _check_ids(self.templates)
        for template in self.templates:
            _check_schema(template)
        _check_thresholds(self)
        object.__setattr__(self, "matrix", _matrix(self.templates))

    def find(self, template_id: str) -> Template | None:
        """Return the template with this id, if there is one."""
        return next((one for one in self.templates if one.template_id == template_id), None)


def _check_ids(templates: tuple[Template, ...]) -> None:
    ids = [template.template_id for template in templates]
    repeated = next((one for one in ids if not one or ids.count(one) > 1), None)
    if repeated is not None:
        raise TemplatesUnusable(f"the template id {repeated!r} is empty or used twice; give each its own")


def _check_schema(template: Template) -> None:
    flaw = flaw_of(template.data_schema) if template.data_schema is not None else None
    if flaw:
        raise TemplatesUnusable(f"the data schema of template {template.template_id} cannot be used: {flaw}")


def _check_thresholds(chosen: TemplateSet) -> None:
    own = (template.threshold for template in chosen.templates if template.threshold is not None)
    if not all(0 < value <= 1 for value in (chosen.threshold, *own)) or not 0 <= chosen.margin < 1:
        raise TemplatesUnusable("a threshold is a cosine above 0 and up to 1, the margin one from 0 below 1")


def _matrix(templates: tuple[Template, ...]) -> Vectors:
    if not templates:
        return np.zeros((0, 0), dtype=np.float32)
    vectors = [np.asarray(template.vector, dtype=np.float32) for template in templates]
    if any(vector.ndim != _ONE_DIMENSION or len(vector) != len(vectors[0]) for vector in vectors):
        raise TemplatesUnusable("the vectors of the templates differ in length; make all with one embedder")
    matrix = np.stack(vectors)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not (lengths > 0).all():
        raise TemplatesUnusable("a template's vector is zero or not finite; have INGEST make it again")
    unit: Vectors = matrix / lengths
    return unit


NO_TEMPLATES: Final = TemplateSet(embedder="", templates=())
