"""The links of understanding, and what they need from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from astra.core.templates import Vectors
from astra.core.understanding.interpretation import Interpretation
from astra.core.values import ChunkContext
from astra.kernel.json_value import JsonObject


class Link(Protocol):
    """One way of understanding. Thread-safe; a sentence or a service that fails is no error here."""

    def check(self, context: ChunkContext) -> None:
        """Refuse, before any work, a context that this link can do nothing with; `TemplatesUnusable`."""
        ...

    def read(self, texts: Sequence[str], context: ChunkContext) -> list[Interpretation | None]:
        """Return what each sentence is, in order; None where this link does not decide."""
        ...


class DataFiller(Protocol):
    """Finds structured data in a sentence whose template is known. Thread-safe."""

    def fill(self, text: str, schema: JsonObject, context: ChunkContext) -> JsonObject | None:
        """Return data that keeps to the schema and was said in the sentence, None if there is none."""
        ...


class TextEmbedder(Protocol):
    """Turns texts into vectors whose cosine tells how alike they are. Thread-safe."""

    @property
    def identity(self) -> str:
        """What made a vector; vectors of another identity are not comparable."""
        ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text, shape (n, dimensions), of length 1 (0 for a text without letters or digits).

        Raises:
            EmbedderUnavailable: the vectors cannot be had now.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatQuestion:
    """A question whose answer is one JSON object."""

    name: str  # of the answer's schema: letters, digits, _ and -, at most 64
    instructions: str
    material: str  # data, never instructions
    answer_schema: JsonObject  # in the strict form of `data_schema.strict_form`
    model: str | None = None  # None: the adapter's default


class ChatModel(Protocol):
    """A language model that answers in JSON. Thread-safe."""

    def answer(self, question: ChatQuestion) -> JsonObject:
        """Return the answer, which may not keep to the schema.

        Raises:
            ChatUnavailable: there is no answer within the time.
            ChatAnswerUnusable: the answer is no JSON object.
        """
        ...
