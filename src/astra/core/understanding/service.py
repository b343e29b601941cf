"""What sentences do in the session: by rule, by the council's templates, by a chat model, or plain text."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from astra.core.understanding.breaker import CircuitBreaker
from astra.core.understanding.chat_limits import ChatLimits
from astra.core.understanding.hashed_ngrams import HashedNgrams
from astra.core.understanding.interpretation import PLAIN, Interpretation
from astra.core.understanding.ports import ChatModel, Link, TextEmbedder
from astra.core.understanding.rule_link import RuleLink
from astra.core.understanding.similarity import RestingEmbedder, SimilarityLink, shortlists
from astra.core.values import ChunkContext

if TYPE_CHECKING:
    from astra.core.understanding.chat import ChatLink

_WHILE_WAITING: Final = 8  # calls of `of` at the same time that shorten the wait for a chat model
MOST_OFFERED: Final = 24  # templates among which the chat model may choose, the most alike


class Understanding:
    """A chain of links; the first that decides is believed. Thread-safe.

    Args:
        embedder: makes the vectors of sentences; the council's templates must be of the same one.
        chat: the language model of the last link; None leaves it out.
        chat_limits: when it is asked.
        chat_breaker: lets it rest after failures.

    Attributes:
        calls_at_once: calls of `of` at the same time that are faster than one after another.
    """

    def __init__(
        self,
        *,
        embedder: TextEmbedder | None = None,
        chat: ChatModel | None = None,
        chat_limits: ChatLimits = ChatLimits(),  # noqa: B008  # frozen
        chat_breaker: CircuitBreaker | None = None,
    ) -> None:
        self._embedder = RestingEmbedder(embedder or HashedNgrams())
        last = _last_link(chat, self._embedder, chat_limits, chat_breaker) if chat else None
        first = (RuleLink(), SimilarityLink(self._embedder, filler=last))
        self._links: tuple[Link, ...] = (*first, last) if last else first

        self.calls_at_once = _WHILE_WAITING if last else 1

    @property
    def embedder_identity(self) -> str:
        """The embedder that the vectors of templates must come from."""
        return self._embedder.identity

    def check(self, context: ChunkContext) -> None:
        """Refuse a context that cannot be used, before any work.

        Raises:
            TemplatesUnusable: its templates are of another embedder, or have an unknown intent.
        """
        for link in self._links:
            link.check(context)

    def of(self, texts: Sequence[str], context: ChunkContext) -> list[Interpretation]:
        """Return what each sentence is, in order; the more at once, the faster.

        The context has passed `check`. Nothing is raised: a sentence that no link decides is plain text.
        """
        found = [PLAIN] * len(texts)
        waiting = list(range(len(texts)))
        for link in self._links:
            decided = link.read([texts[index] for index in waiting], context)
            for index, interpretation in zip(waiting, decided, strict=True):
                found[index] = interpretation or PLAIN
            waiting = [index for index in waiting if found[index] is PLAIN]
        return found


def _last_link(
    chat: ChatModel, embedder: RestingEmbedder, limits: ChatLimits, breaker: CircuitBreaker | None
) -> "ChatLink":
    from astra.core.understanding.chat import ChatLink  # noqa: PLC0415  # compiles what checks its answers

    return ChatLink(
        chat, shortlist=partial(shortlists, embedder, MOST_OFFERED), limits=limits, breaker=breaker
    )
