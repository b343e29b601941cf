"""What can go wrong in understanding; none of it keeps a sentence from being written as it was said."""

from astra.kernel.errors import AstraError, Unavailable


class ChatUnavailable(Unavailable):
    """The chat endpoint gave no answer; check its address, key and model, or leave it out of the settings."""

    code = "chat_unavailable"


class ChatAnswerUnusable(AstraError):
    """The chat endpoint answered something that is no answer to what was asked."""

    code = "chat_answer_unusable"


class EmbedderUnavailable(Unavailable):
    """The embeddings endpoint gave no vectors; check its address, key, model and dimensions."""

    code = "embedder_unavailable"
