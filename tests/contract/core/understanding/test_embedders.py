"""What every `TextEmbedder` does; and what only one behind a network does."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from astra.core.retries import Retries
from astra.core.templates import Template, TemplateSet
from astra.core.understanding.errors import EmbedderUnavailable
from astra.core.understanding.hashed_ngrams import HashedNgrams
from astra.core.understanding.interpretation import PLAIN
from astra.core.understanding.openai_embeddings import OpenAiEmbeddings
from astra.core.understanding.ports import TextEmbedder
from astra.core.understanding.service import Understanding
from astra.core.values import ChunkContext

DIMENSIONS = 64
TEXTS = ["Se decreta un receso", "Se decreta un receso de diez minutos", "La quebrada se desbordó", ""]


@pytest.fixture
def remote(server: Any, key: str) -> Iterator[OpenAiEmbeddings]:
    embeddings = OpenAiEmbeddings(
        server.url,
        model="e5",
        dimensions=DIMENSIONS,
        api_key=key,
        timeout_s=5,
        retries=Retries(attempts=1),
    )
    yield embeddings
    embeddings.close()


@pytest.fixture(params=["hashed n-grams", "openai"])
def embedder(request: pytest.FixtureRequest, remote: OpenAiEmbeddings) -> TextEmbedder:
    return remote if request.param == "openai" else HashedNgrams(DIMENSIONS)


def test_vectors_have_length_one_and_those_of_like_texts_are_near(embedder: TextEmbedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (4, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[:3], axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]
    assert not vectors[3].any()


def test_a_text_has_the_same_vector_alone_and_among_others(embedder: TextEmbedder) -> None:
    assert embedder.embed(TEXTS)[1] == pytest.approx(embedder.embed([TEXTS[1]])[0], abs=1e-6)


def test_no_texts_are_no_vectors(embedder: TextEmbedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_identities_tell_embedders_and_dimensions_apart(remote: OpenAiEmbeddings) -> None:
    assert remote.identity == "e5-64"
    assert len({remote.identity, HashedNgrams(64).identity, HashedNgrams().identity}) == 3


def test_many_texts_go_in_several_requests_and_come_back_in_order(
    server: Any, key: str, remote: OpenAiEmbeddings
) -> None:
    texts = [f"palabra{number} distinta" for number in range(600)]
    vectors = remote.embed(texts)
    assert [len(request["input"]) for request in server.asked] == [256, 256, 88]
    assert all(request["model"] == "e5" for request in server.asked)
    assert set(server.keys) == {f"Bearer {key}"}
    assert vectors == pytest.approx(HashedNgrams(DIMENSIONS).embed(texts), abs=1e-5)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": [1, 2, 3]}]}',
        b'{"data": [{"index": 7, "embedding": [1]}]}',
        b'{"data": [{"index": 0, "embedding": ["x"]}]}',
        b'{"data": [{"index": 0, "embedding": [NaN]}]}',
        b'{"data": 5}',
        b"[",
    ],
)
def test_an_answer_that_holds_no_vectors_is_an_error(
    server: Any, faulty: Any, remote: OpenAiEmbeddings, body: bytes
) -> None:
    server.fault = faulty(body=body)
    with pytest.raises(EmbedderUnavailable, match="address, key"):
        remote.embed(["Hola."])


def test_a_dead_endpoint_leaves_plain_text_and_is_left_alone(
    server: Any, faulty: Any, remote: OpenAiEmbeddings
) -> None:
    template = Template(template_id="TPL_RECESO", label="Receso", vector=remote.embed([TEXTS[0]])[0])
    templates = TemplateSet(embedder=remote.identity, templates=(template,))
    chain, context = Understanding(embedder=remote), ChunkContext(templates=templates)
    chain.check(context)
    assert chain.of([TEXTS[0]], context)[0].template_id == "TPL_RECESO"
    server.fault = faulty(status=503)
    asked = len(server.asked)
    with capture_logs() as logs:
        for _ in range(10):
            assert chain.of([TEXTS[0]], context) == [PLAIN]
    assert len(server.asked) - asked == 3
    assert [line["is_left_alone"] for line in logs] == [False, False, True]


def test_without_templates_nothing_is_embedded(server: Any, remote: OpenAiEmbeddings) -> None:
    Understanding(embedder=remote).of(["La quebrada se desbordó anoche."], ChunkContext())
    assert server.asked == []
