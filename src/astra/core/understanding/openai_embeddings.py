"""`TextEmbedder` over any endpoint with OpenAI's `POST /v1/embeddings`.

See https://platform.openai.com/docs/api-reference/embeddings/create; vectors come as floats.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from astra.core.retries import Retries, Sleep
from astra.core.templates import Vectors
from astra.core.understanding.errors import EmbedderUnavailable
from astra.core.understanding.openai_endpoint import NoAnswer, OpenAiEndpoint
from astra.kernel.json_value import JsonValue

TIMEOUT_S: Final = 15.0
RETRIES: Final = Retries(attempts=2, first_wait_s=0.3, longest_wait_s=3.0)
_AT_ONCE: Final = 256  # texts in one request


class OpenAiEmbeddings:
    """An embeddings endpoint. Thread-safe.

    Args:
        base_url: with its version, such as `http://localhost:8000/v1`.
        model: its name there; together with the dimensions it is the embedder's identity.
        dimensions: of the vectors that the model gives.
        api_key: empty sends none.
        timeout_s: for one request of up to 256 texts with all its attempts.
        retries: for what may pass.
        sleep: waits between them.

    Raises:
        AddressInvalid: the address cannot be one.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str,
        dimensions: int,
        api_key: str = "",
        timeout_s: float = TIMEOUT_S,
        retries: Retries = RETRIES,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._endpoint = OpenAiEndpoint(
            base_url, api_key=api_key, timeout_s=timeout_s, retries=retries, sleep=sleep
        )
        self._model = model
        self._dimensions = dimensions

    @property
    def identity(self) -> str:
        return f"{self._model}-{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        pieces = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
        empty = np.zeros((0, self._dimensions), dtype=np.float32)
        return np.concatenate([empty, *map(self._embedded, pieces)])

    def close(self) -> None:
        self._endpoint.close()

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        payload: dict[str, JsonValue] = {
            "model": self._model,
            "input": [text or " " for text in texts],  # an empty text is refused
            "encoding_format": "float",
        }
        try:
            reply = self._endpoint.post("embeddings", payload)
            return _unit(_rows(reply, len(texts), self._dimensions))
        except NoAnswer as error:
            raise EmbedderUnavailable(
                f"The embeddings endpoint gave no vectors ({error}); check its address, key and model."
            ) from error


def _rows(reply: JsonValue, count: int, dimensions: int) -> Vectors:
    """Return the vectors in the order of the texts, which `index` tells."""
    data = reply.get("data") if isinstance(reply, Mapping) else None
    items: Any = data  # whatever shape it has is found out below
    try:
        rows = sorted((int(one["index"]), one["embedding"]) for one in items)
        vectors = np.array([row for _, row in rows], dtype=np.float32).reshape(len(rows), -1)
    except (TypeError, ValueError, LookupError) as error:
        raise NoAnswer("no vectors in the answer") from error
    if [index for index, _ in rows] != list(range(count)) or vectors.shape != (count, dimensions):
        raise NoAnswer(f"{len(rows)} vectors of {vectors.shape[-1]} dimensions for {count} texts")
    return vectors


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise NoAnswer("vectors that are not finite")
    unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
