"""What only engines behind a network do: try again, give up, and say why without saying the key."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from astra.core.engines.deepgram import Deepgram
from astra.core.engines.openai_audio import OpenAiAudio
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.ports import Engine, LoadedEngine
from astra.core.retries import Retries
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.values import Hearing, Pcm16k, TranscribeOptions
from astra.samples import Sample, load_sample

NAMES = ("deepgram", "openai")
SETTINGS = {"deepgram": "ASTRA_DEEPGRAM_API_KEY", "openai": "ASTRA_OPENAI_API_KEY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A remote engine, the server it asks, and the waits between its tries."""

    name: str
    server: Any
    make: Callable[..., Engine]
    waits: list[float]

    def engine(self, key: str | None = None, model: str = "", **changes: Any) -> Engine:
        arguments: dict[str, Any] = {"base_url": self.server.url, "sleep": self.waits.append}
        if model:
            arguments["model"] = model
        return self.make(self.server.key if key is None else key, **(arguments | changes))

    def hear(self, engine: Engine, sound: Pcm16k, **options: Any) -> Hearing:
        with loaded(engine) as model:
            return model.hear([sound], TranscribeOptions(**options))[0]

    def fail(self, *statuses: int, body: bytes = b"{}", **headers: str) -> None:
        """Let the server answer so to the next requests."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        for status in statuses:
            self.server.faults.append(self.server.answer(status=status, body=body, headers=names))


@contextmanager
def loaded(engine: Engine) -> Iterator[LoadedEngine]:
    model = engine.load()
    try:
        yield model
    finally:
        model.close()


@pytest.fixture(params=NAMES)
def remote(request: pytest.FixtureRequest) -> Iterator[Remote]:
    server = request.getfixturevalue(f"{request.param}_server")
    server.asked.clear()
    make = Deepgram if request.param == "deepgram" else OpenAiAudio
    yield Remote(name=request.param, server=server, make=make, waits=[])
    server.faults.clear()


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load_sample()


@pytest.fixture(scope="module")
def sound(sample: Sample) -> Pcm16k:
    """The sound of the session's first sentence."""
    first = sample.lines[0]
    pieces = PyAvDecoder().pieces(sample.audio)
    whole = np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])
    return whole[(first.start_ms - 500) * 16 : (first.end_ms + 500) * 16]


def test_a_server_that_fails_twice_is_asked_a_third_time(
    remote: Remote, sample: Sample, sound: Pcm16k
) -> None:
    remote.fail(503, 500)

    assert remote.hear(remote.engine(), sound).text == sample.lines[0].text

    first, second = remote.waits
    assert 0.25 <= first <= 0.5 <= second <= 1


def test_it_waits_as_long_as_the_server_asks(remote: Remote, sample: Sample, sound: Pcm16k) -> None:
    remote.fail(429, Retry_After="7")
    remote.fail(429, Retry_After="Fri, 20 Nov 2026 10:00:09 GMT", Date="Fri, 20 Nov 2026 10:00:00 GMT")

    assert remote.hear(remote.engine(), sound).text == sample.lines[0].text
    assert remote.waits == [7, 9]


def test_it_gives_up_after_some_tries_and_says_that_later_may_help(remote: Remote, sound: Pcm16k) -> None:
    remote.fail(503, 503, 503, 503)

    with pytest.raises(EngineUnavailable, match=r"HTTP 503, tried 3 times.*try again") as caught:
        remote.hear(remote.engine(retries=Retries(attempts=3)), sound)

    assert caught.value.retryable
    assert len(remote.waits) == 2
    assert len(remote.server.faults) == 1


def test_it_gives_up_at_once_if_it_would_have_to_wait_for_an_hour(remote: Remote, sound: Pcm16k) -> None:
    remote.fail(429, Retry_After="3600")

    with pytest.raises(EngineUnavailable, match="HTTP 429, tried 1 times"):
        remote.hear(remote.engine(), sound)
    assert remote.waits == []


def test_a_server_that_does_not_answer_in_time_is_left(remote: Remote, sound: Pcm16k) -> None:
    remote.server.faults.append(remote.server.answer(stall=True))
    remote.server.faults.append(remote.server.answer(stall=True))

    with pytest.raises(EngineUnavailable, match="no connection, tried 2 times"):
        remote.hear(remote.engine(timeout_s=0.3, retries=Retries(attempts=2)), sound)


def test_a_server_that_is_not_there_is_said(remote: Remote, sound: Pcm16k) -> None:
    with pytest.raises(EngineUnavailable, match="no connection"):
        remote.hear(remote.engine(base_url="http://127.0.0.1:9/v1", retries=Retries(attempts=2)), sound)


def test_without_a_key_the_setting_that_holds_it_is_named(remote: Remote) -> None:
    with pytest.raises(EngineUnavailable, match=SETTINGS[remote.name]):
        remote.make("").load()


def test_a_wrong_key_is_refused_naming_its_setting_and_never_itself(
    remote: Remote, sound: Pcm16k, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    with pytest.raises(EngineUnavailable, match=SETTINGS[remote.name]) as caught:
        remote.hear(remote.engine(key="a-wrong-key-7777"), sound, hotwords=("Quintero",))

    assert "7777" not in str(caught.value)
    assert "7777" not in caplog.text
    assert "Quintero" not in caplog.text
    assert remote.waits == []


def test_neither_the_key_nor_the_text_is_logged(
    remote: Remote, sample: Sample, sound: Pcm16k, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    remote.hear(remote.engine(), sound, hotwords=("Quintero",))

    assert remote.server.key not in caplog.text
    assert "Quintero" not in caplog.text
    assert not [word for word in sample.lines[0].text.split() if len(word) > 5 and word in caplog.text]


@pytest.mark.parametrize("key", ["llave ñandú", "one\nX-Other: two"])
def test_a_key_that_cannot_be_one_is_refused_before_anything_is_sent(remote: Remote, key: str) -> None:
    with pytest.raises(EngineUnavailable, match=SETTINGS[remote.name]) as caught:
        remote.engine(key=key).load()
    assert key not in str(caught.value)
    assert remote.server.asked == []


def test_the_key_is_cut_out_of_what_the_server_says(remote: Remote, sound: Pcm16k) -> None:
    said = f"the key {remote.server.key} is not for this"
    body = b'{"err_msg": "%b", "error": {"message": "%b"}}' % (said.encode(), said.encode())
    remote.fail(400, body=body)

    with pytest.raises(OptionUnsupported, match="is not for this") as caught:
        remote.hear(remote.engine(), sound)
    assert remote.server.key not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (402, b"{}", "no credit"),
        (429, b'{"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}', "no credit"),
        (403, b"{}", "rights of the key"),
        (413, b"<html>", "shorter"),
        (404, b"{}", "HTTP 404"),
        (302, b"", "HTTP 302"),
        (418, b"[]", "HTTP 418"),
    ],
)
def test_each_refusal_says_what_to_do_and_is_not_tried_again(
    remote: Remote, sound: Pcm16k, status: int, body: bytes, said: str
) -> None:
    remote.fail(status, body=body)

    with pytest.raises(EngineUnavailable, match=said):
        remote.hear(remote.engine(), sound)
    assert remote.waits == []


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome to the hotel's network</html>",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"results": null, "segments": 3, "text": 4}',
        b'{"results": {"channels": []}, "segments": [{"text": "x"}]}',
        b'{"results": {"utterances": [{"transcript": "x", "words": [], "confidence": 1}]}, "segments": [3]}',
        b'{"results": {"utterances": [{"transcript": "x"}]}, "segments": [{"text": "x", "start": NaN}]}',
    ],
)
def test_an_answer_that_is_not_of_the_protocol_is_said(remote: Remote, sound: Pcm16k, body: bytes) -> None:
    remote.fail(200, body=body)

    with pytest.raises(EngineUnavailable, match=r"ASTRA_(DEEPGRAM|OPENAI)_URL"):
        remote.hear(remote.engine(), sound)


@pytest.mark.parametrize("url", ["", "api.example", "ftp://api.example/v1", "http://[::1"])
def test_an_address_that_is_none_is_refused(remote: Remote, url: str) -> None:
    with pytest.raises(EngineUnavailable, match=r"ASTRA_(DEEPGRAM|OPENAI)_URL"):
        remote.engine(base_url=url).load()


def test_an_unknown_language_is_refused_by_the_server(remote: Remote, sound: Pcm16k) -> None:
    refusal = b'{"err_msg": "No such model/language combination", "error": {"message": "Invalid language"}}'
    remote.fail(400, body=refusal)
    with pytest.raises(OptionUnsupported, match="language"):
        remote.hear(remote.engine(), sound, language="xx")


def test_a_very_short_sound_is_heard_all_the_same(remote: Remote) -> None:
    assert remote.hear(remote.engine(), np.zeros(8, dtype=np.float32)).text.strip() == ""


def test_the_digest_stands_for_the_provider_the_address_and_the_model(remote: Remote) -> None:
    here = remote.engine().identity
    assert here.model_digest == remote.engine(key="another key").identity.model_digest
    elsewhere = [remote.engine(model="other"), remote.engine(base_url="https://api.example/v1")]
    assert len({here.model_digest, *(engine.identity.model_digest for engine in elsewhere)}) == 3
    assert "secret" not in repr(remote.engine(base_url="https://me:secret@api.example/v1").identity)


def test_deepgram_hears_in_the_named_language_and_keeps_the_sound_out_of_training(
    deepgram_server: Any, sound: Pcm16k
) -> None:
    deepgram_server.asked.clear()
    with loaded(Deepgram(deepgram_server.key, base_url=deepgram_server.url)) as model:
        model.hear([sound], TranscribeOptions(hotwords=("Luz Marina Quintero", "Cuchilla")))

    (asked,) = deepgram_server.asked
    assert dict(asked.params)["language"] == "es"
    assert dict(asked.params)["mip_opt_out"] == "true"
    assert [value for name, value in asked.params if name == "keyterm"] == ["Luz Marina Quintero", "Cuchilla"]
    assert asked.headers["content-type"] == "audio/wav"


def test_older_models_of_deepgram_take_single_words(deepgram_server: Any, sound: Pcm16k) -> None:
    deepgram_server.asked.clear()
    with loaded(Deepgram(deepgram_server.key, "nova-2", base_url=deepgram_server.url)) as model:
        model.hear([sound], TranscribeOptions(hotwords=("Luz Marina",)))

    (asked,) = deepgram_server.asked
    assert [value for name, value in asked.params if name == "keywords"] == ["Luz", "Marina"]


def test_deepgram_refuses_more_words_than_it_takes(deepgram_server: Any, sound: Pcm16k) -> None:
    words = tuple(f"nombre{number}" for number in range(101))
    engine = Deepgram(deepgram_server.key, base_url=deepgram_server.url)
    with loaded(engine) as model, pytest.raises(OptionUnsupported, match="at most 100"):
        model.hear([sound], TranscribeOptions(hotwords=words))


def test_deepgrams_whisper_takes_no_words_to_expect(deepgram_server: Any, sound: Pcm16k) -> None:
    engine = Deepgram(deepgram_server.key, "whisper-large", base_url=deepgram_server.url)
    assert not engine.features.hotwords
    with loaded(engine) as model, pytest.raises(OptionUnsupported, match="whisper-large"):
        model.hear([sound], TranscribeOptions(hotwords=("Quintero",)))


def test_deepgram_without_utterances_gives_the_whole_transcript(deepgram_server: Any, sound: Pcm16k) -> None:
    words = b'[{"word": "hola", "start": 0.5, "end": 1, "confidence": 0.9}]'
    alternative = b'{"transcript": "hola", "confidence": 2, "words": %b}' % words
    body = b'{"results": {"channels": [{"alternatives": [%b]}]}}' % alternative
    deepgram_server.faults.append(deepgram_server.answer(body=body))
    with loaded(Deepgram(deepgram_server.key, base_url=deepgram_server.url)) as model:
        (segment,) = model.hear([sound], TranscribeOptions())[0].segments

    assert (segment.text, segment.start_ms, segment.end_ms, segment.confidence) == ("hola", 500, 1000, 1.0)


def test_openai_gets_the_words_to_expect_as_a_prompt_and_a_warmer_second_try(
    openai_server: Any, sound: Pcm16k
) -> None:
    openai_server.asked.clear()
    with loaded(OpenAiAudio(openai_server.key, base_url=openai_server.url)) as model:
        model.hear([sound], TranscribeOptions(hotwords=("Quintero", "Cuchilla")))
        model.hear([sound], TranscribeOptions(is_careful=True))

    first, second = (dict(asked.form) for asked in openai_server.asked)
    assert first["prompt"] == "Quintero, Cuchilla"
    assert "temperature" not in first
    assert second["temperature"] == "0.2"
    assert first["language"] == "es"


def test_openais_gpt_models_give_the_text_as_one_segment(
    openai_server: Any, sample: Sample, sound: Pcm16k
) -> None:
    engine = OpenAiAudio(openai_server.key, "gpt-4o-transcribe", base_url=openai_server.url)
    assert not engine.features.word_times
    with loaded(engine) as model:
        (segment,) = model.hear([sound], TranscribeOptions())[0].segments
        with pytest.raises(OptionUnsupported, match="times of words"):
            model.hear([sound], TranscribeOptions(word_times=True))

    assert segment.text == sample.lines[0].text
    assert (segment.start_ms, segment.end_ms) == (0, len(sound) // 16)
    assert segment.confidence == pytest.approx(0.5)


def test_a_server_of_ones_own_needs_no_key(openai_server: Any) -> None:
    OpenAiAudio("", base_url=openai_server.url).load().close()
