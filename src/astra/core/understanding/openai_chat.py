"""`ChatModel` over any endpoint with OpenAI's `POST /v1/chat/completions` and structured outputs.

The request: https://platform.openai.com/docs/api-reference/chat/create with `response_format` of type
`json_schema`, strict. vLLM takes the same, and serves each LoRA adapter as a model of its own name
(https://docs.vllm.ai/en/latest/features/lora.html): `model` is the council's adapter.
"""

import json
import time
from collections.abc import Mapping
from typing import Final

from astra.core.retries import Retries, Sleep
from astra.core.understanding.errors import ChatAnswerUnusable, ChatUnavailable
from astra.core.understanding.openai_endpoint import NoAnswer, OpenAiEndpoint
from astra.core.understanding.ports import ChatQuestion
from astra.kernel.json_value import JsonObject, JsonValue

TIMEOUT_S: Final = 10.0
RETRIES: Final = Retries(attempts=2, first_wait_s=0.3, longest_wait_s=3.0)
_MOST_TOKENS: Final = 800  # of an answer; a motion's text is the longest


class OpenAiChat:
    """A chat endpoint. Thread-safe.

    Args:
        base_url: with its version, such as `http://localhost:8000/v1`.
        model: asked for when a question names none.
        api_key: empty sends none.
        timeout_s: for one question with all its attempts.
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
        api_key: str = "",
        timeout_s: float = TIMEOUT_S,
        retries: Retries = RETRIES,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._endpoint = OpenAiEndpoint(
            base_url, api_key=api_key, timeout_s=timeout_s, retries=retries, sleep=sleep
        )
        self._model = model

    def answer(self, question: ChatQuestion) -> JsonObject:
        try:
            reply = self._endpoint.post("chat/completions", self._payload(question))
        except NoAnswer as error:
            raise ChatUnavailable(
                f"The chat endpoint gave no answer ({error}); check its address, key and model."
            ) from error
        return _object_in(_content_of(reply))

    def close(self) -> None:
        self._endpoint.close()

    def _payload(self, question: ChatQuestion) -> JsonObject:
        return {
            "model": question.model or self._model,
            "messages": [
                {"role": "system", "content": question.instructions},
                {"role": "user", "content": question.material},
            ],
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": question.name, "strict": True, "schema": question.answer_schema},
            },
        }


def _content_of(reply: JsonValue) -> str:
    """Return the text of the first choice; a refusal and an answer cut short have none."""
    choices = reply.get("choices") if isinstance(reply, Mapping) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, Mapping) else None
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(choice, Mapping) or choice.get("finish_reason") == "length":
        raise ChatAnswerUnusable
    if not isinstance(content, str):
        raise ChatAnswerUnusable
    return content


def _object_in(content: str) -> JsonObject:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ChatAnswerUnusable from error
    if not isinstance(value, dict):
        raise ChatAnswerUnusable
    return value
