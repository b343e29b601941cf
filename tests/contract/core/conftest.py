"""Local servers that speak the documented protocols of the remote engines, and hear with the demo model."""

import io
import json
import math
import re
import wave
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from python_multipart import FormParser
from python_multipart.multipart import Field, File

from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.ports import LoadedEngine
from astra.core.values import Hearing, Pcm16k, Segment, TranscribeOptions, Word

DEEPGRAM_KEY = "dg-0123456789abcdef"
OPENAI_KEY = "sk-0123456789abcdef"
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server sends; `stall` holds it back until the server stops."""

    status: int = 200
    body: bytes = b"{}"
    headers: Headers = field(default_factory=dict)
    stall: bool = False


def answer(status: int, content: object, **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, body=json.dumps(content).encode(), headers=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Headers
    params: list[tuple[str, str]]
    form: list[tuple[str, str]] = field(default_factory=list)


class Refused(Exception):
    """A request that the protocol refuses."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


Protocol = Callable[[Asked, bytes], Answer]


class ProviderServer:
    """A provider on loopback. `faults` are answered first, one to each request."""

    answer = Answer

    def __init__(self, protocol: Protocol, key: str) -> None:
        self.key = key
        self.faults: deque[Answer] = deque()
        self.asked: list[Asked] = []
        self._is_stopping = Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(protocol))
        self._thread = Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def stop(self) -> None:
        self._is_stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(self, protocol: Protocol) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(path=parts.path, headers=headers, params=parse_qsl(parts.query))
                self._send(server.faults.popleft() if server.faults else server.heard(protocol, asked, body))

            def _send(self, answer: Answer) -> None:
                if answer.stall:
                    server._is_stopping.wait()
                    self.close_connection = True
                    return
                self.send_response_only(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None: ...

        return Handler

    def heard(self, protocol: Protocol, asked: Asked, body: bytes) -> Answer:
        try:
            return protocol(asked, body)
        except Refused as refused:
            return refused.answer
        finally:
            self.asked.append(asked)


class DeepgramProtocol:
    """`POST /v1/listen` for pre-recorded sound: developers.deepgram.com/reference/speech-to-text."""

    PARAMETERS = frozenset(
        ("model", "language", "punctuate", "smart_format", "utterances", "mip_opt_out", "keyterm", "keywords")
    )

    def __init__(self, model: LoadedEngine) -> None:
        self._model = model

    def __call__(self, asked: Asked, body: bytes) -> Answer:
        params = dict(asked.params)
        if asked.headers.get("authorization") != f"Token {DEEPGRAM_KEY}":
            raise self._refused(401, "INVALID_AUTH", "Invalid credentials.")
        if asked.path != "/v1/listen":
            raise self._refused(404, "NOT_FOUND", "Not found.")
        if unknown := set(params) - self.PARAMETERS:
            raise self._refused(400, "Bad Request", f"Bad Request: unknown parameters {sorted(unknown)}")
        self._check_words(params, params.get("model", "base"))
        if not asked.headers.get("content-type", "").startswith("audio/"):
            raise self._refused(400, "Bad Request", "Bad Request: unknown content type")
        sound = samples(body, self._refused(400, "Bad Request", "Bad Request: corrupt or unsupported data"))
        language = params.get("language", "en")
        hearing = self._model.hear([sound], TranscribeOptions(language=language))[0]
        return answer(200, self._listened(hearing, sound, has_utterances=params.get("utterances") == "true"))

    def _check_words(self, params: Mapping[str, str], model: str) -> None:
        if model not in {"nova-3", "nova-2", "base"}:
            raise self._refused(403, "INSUFFICIENT_PERMISSIONS", "Project does not have access to the model.")
        if "keyterm" in params and model != "nova-3":
            raise self._refused(400, "Bad Request", "Bad Request: keyterm is only available for nova-3")
        if "keywords" in params and model == "nova-3":
            raise self._refused(400, "Bad Request", "Bad Request: keywords is not available for nova-3")

    def _refused(self, status: int, code: str, message: str) -> Refused:
        return Refused(answer(status, {"err_code": code, "err_msg": message, "request_id": "uuid"}))

    def _listened(self, hearing: Hearing, sound: Pcm16k, *, has_utterances: bool) -> dict[str, Any]:
        utterances = [
            {
                "start": segment.start_ms / 1000,
                "end": segment.end_ms / 1000,
                "confidence": segment.confidence,
                "channel": 0,
                "transcript": segment.text,
                "words": [
                    {
                        "word": bare(word.text).lower(),
                        "start": word.start_ms / 1000,
                        "end": word.end_ms / 1000,
                        "confidence": word.confidence,
                        "punctuated_word": word.text,
                    }
                    for word in spread(segment)
                ],
                "id": "uuid",
            }
            for segment in hearing.segments
        ]
        alternative = {
            "transcript": hearing.text,
            "confidence": min((segment.confidence for segment in hearing.segments), default=0.0),
            "words": [word for utterance in utterances for word in utterance["words"]],
        }
        results = {"channels": [{"alternatives": [alternative]}]}
        metadata = {"request_id": "uuid", "duration": len(sound) / 16_000, "channels": 1}
        return {
            "metadata": metadata,
            "results": results | ({"utterances": utterances} if has_utterances else {}),
        }


class OpenAiProtocol:
    """`POST /v1/audio/transcriptions`: platform.openai.com/docs/api-reference/audio/createTranscription."""

    FIELDS = frozenset(
        (
            *("file", "model", "language", "prompt", "response_format", "temperature"),
            *("timestamp_granularities[]", "include[]"),
        )
    )

    def __init__(self, model: LoadedEngine) -> None:
        self._model = model

    def __call__(self, asked: Asked, body: bytes) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {OPENAI_KEY}":
            raise self._refused(401, f"Incorrect API key provided: {asked.headers.get('authorization')}")
        if asked.path != "/v1/audio/transcriptions":
            raise self._refused(404, "Invalid URL")
        form, file = read_form(asked.headers["content-type"], body)
        asked.form.extend(form)
        self._check(form)
        if len(file) <= 44 + 3_200 - 1:
            raise self._refused(400, "Audio file is too short. Minimum audio length is 0.1 seconds.")
        sound = samples(file, self._refused(400, "Invalid file format."))
        fields = dict(form)
        hearing = self._model.hear([sound], TranscribeOptions(language=fields["language"]))[0]
        if fields["response_format"] == "json":
            logprobs = [{"token": "t", "logprob": math.log(0.5), "bytes": []}]
            return answer(200, {"text": hearing.text, "logprobs": logprobs})
        granularities = {value for name, value in form if name == "timestamp_granularities[]"}
        return answer(200, self._verbose(hearing, sound, granularities, fields["language"]))

    def _check(self, form: list[tuple[str, str]]) -> None:
        fields = dict(form)
        if unknown := set(fields) - self.FIELDS:
            raise self._refused(400, f"Unrecognized request arguments supplied: {sorted(unknown)}")
        if fields["model"] not in {"whisper-1", "gpt-4o-transcribe"}:
            raise self._refused(404, f"The model `{fields['model']}` does not exist")
        if fields["model"] != "whisper-1" and fields["response_format"] != "json":
            raise self._refused(400, "response_format 'verbose_json' is not compatible with this model")
        if fields["response_format"] != "verbose_json" and "timestamp_granularities[]" in fields:
            raise self._refused(400, "timestamp_granularities requires verbose_json")
        if not re.fullmatch("[a-z]{2}", fields["language"]):
            raise self._refused(400, f"Invalid language '{fields['language']}'")

    def _refused(self, status: int, message: str) -> Refused:
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
        return Refused(answer(status, {"error": error}))

    def _verbose(
        self, hearing: Hearing, sound: Pcm16k, granularities: set[str], language: str
    ) -> dict[str, Any]:
        segments = [
            {
                "id": number,
                "seek": 0,
                "start": segment.start_ms / 1000,
                "end": segment.end_ms / 1000,
                "text": f" {segment.text}",
                "tokens": [],
                "temperature": 0.0,
                "avg_logprob": math.log(segment.confidence),
                "compression_ratio": 1.0,
                "no_speech_prob": segment.no_speech,
            }
            for number, segment in enumerate(hearing.segments)
        ]
        words = [
            {"word": bare(word.text), "start": word.start_ms / 1000, "end": word.end_ms / 1000}
            for segment in hearing.segments
            for word in spread(segment)
        ]
        whole = {
            "task": "transcribe",
            "language": language,
            "duration": len(sound) / 16_000,
            "text": hearing.text,
        }
        return (
            whole
            | ({"segments": segments} if "segment" in granularities else {})
            | ({"words": words} if "word" in granularities else {})
        )


def samples(file: bytes, refused: Refused) -> Pcm16k:
    try:
        with wave.open(io.BytesIO(file)) as sound:
            assert sound.getparams()[:3] == (1, 2, 16_000)
            data = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError):
        raise refused from None
    return np.frombuffer(data, "<i2").astype(np.float32) / 32_768


def spread(segment: Segment) -> Iterator[Word]:
    """Yield the words of a segment, each as long as its letters: the demo model places words badly."""
    step = (segment.end_ms - segment.start_ms) / len(segment.text)
    for match in re.finditer(r"\S+", segment.text):
        yield Word(
            start_ms=round(segment.start_ms + match.start() * step),
            end_ms=round(segment.start_ms + match.end() * step),
            text=match.group(),
            confidence=segment.confidence,
        )


def bare(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word)


def read_form(content_type: str, body: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Return the fields and the one file of a multipart form."""
    fields: list[tuple[str, str]] = []
    files: list[bytes] = []

    def on_field(item: Field) -> None:
        fields.append(((item.field_name or b"").decode(), (item.value or b"").decode()))

    def on_file(item: File) -> None:
        item.file_object.seek(0)
        files.append(item.file_object.read())
        item.close()

    boundary = content_type.partition("boundary=")[2]
    parser = FormParser(
        "multipart/form-data", on_field, on_file, boundary=boundary, config={"MAX_MEMORY_FILE_SIZE": 1 << 26}
    )
    parser.write(body)
    parser.finalize()
    return fields, files[0]


@pytest.fixture(scope="session")
def demo_model() -> Iterator[LoadedEngine]:
    model = FasterWhisper("demo", cpu_threads=1).load()
    yield model
    model.close()


@pytest.fixture(scope="session")
def deepgram_server(demo_model: LoadedEngine) -> Iterator[ProviderServer]:
    server = ProviderServer(DeepgramProtocol(demo_model), DEEPGRAM_KEY)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def openai_server(demo_model: LoadedEngine) -> Iterator[ProviderServer]:
    server = ProviderServer(OpenAiProtocol(demo_model), OPENAI_KEY)
    yield server
    server.stop()
