"""What makes sense of sentences: rules, the council's templates and, if the settings name one, a model."""

from astra.bootstrap.settings import Settings
from astra.core.understanding.chat_limits import ChatLimits
from astra.core.understanding.openai_chat import OpenAiChat
from astra.core.understanding.openai_embeddings import OpenAiEmbeddings
from astra.core.understanding.ports import ChatModel, TextEmbedder
from astra.core.understanding.service import Understanding
from astra.kernel.errors import InvalidInput


class UnderstandingIncomplete(InvalidInput):
    """An endpoint was given without the name of its model."""

    code = "understanding_incomplete"


def understanding_of(settings: Settings) -> Understanding:
    """Return the chain of those who decide what a sentence does; `UnderstandingIncomplete`."""
    return Understanding(
        embedder=_embedder(settings),
        chat=_chat(settings),
        chat_limits=ChatLimits(concurrency=settings.chat_concurrency),
    )


def _chat(settings: Settings) -> ChatModel | None:
    if settings.chat_url is None:
        return None
    if not settings.chat_model:
        raise UnderstandingIncomplete("ASTRA_CHAT_URL needs ASTRA_CHAT_MODEL, the model asked by default.")
    key = settings.chat_api_key
    return OpenAiChat(
        settings.chat_url,
        model=settings.chat_model,
        api_key=key.get_secret_value() if key else "",
        timeout_s=settings.chat_timeout_s,
    )


def _embedder(settings: Settings) -> TextEmbedder | None:
    if settings.embeddings_url is None:
        return None
    if not (settings.embeddings_model and settings.embeddings_dimensions):
        needed = "ASTRA_EMBEDDINGS_MODEL and ASTRA_EMBEDDINGS_DIMENSIONS"
        raise UnderstandingIncomplete(f"ASTRA_EMBEDDINGS_URL needs {needed}.")
    key = settings.embeddings_api_key
    return OpenAiEmbeddings(
        settings.embeddings_url,
        model=settings.embeddings_model,
        dimensions=settings.embeddings_dimensions,
        api_key=key.get_secret_value() if key else "",
    )
