"""The recognition engines by name, built as the settings say; none is loaded, nor are their packages."""

from collections.abc import Callable, Mapping
from typing import Final

from pydantic import SecretStr

from astra.bootstrap.settings import Settings
from astra.core.engines import deepgram, faster_whisper, nemo_asr, onnx_asr, openai_audio
from astra.core.ports import Engine
from astra.kernel.errors import InvalidInput

Build = Callable[[str, Settings, bool], Engine]  # model, settings, may_download


class EngineUnknown(InvalidInput):
    """There is no such recognition engine; see docs/engines.md."""

    code = "engine_unknown"


def engine_of(settings: Settings, *, may_download: bool = True) -> Engine:
    """Return the engine that the settings name; `EngineUnknown`."""
    if settings.engine not in ENGINES:
        raise EngineUnknown(f"There is no engine {settings.engine!r}; choose one of {', '.join(ENGINES)}.")
    build, default_model = ENGINES[settings.engine]
    return build(settings.model or default_model, settings, may_download)


def _whisper(model: str, settings: Settings, may_download: bool) -> Engine:  # noqa: FBT001  # `Build`
    return faster_whisper.FasterWhisper(
        model,
        device=settings.device,
        compute_type=settings.compute_type,
        cpu_threads=settings.core_threads,
        may_download=may_download,
    )


def _nemo(model: str, settings: Settings, may_download: bool) -> Engine:  # noqa: FBT001  # `Build`
    return nemo_asr.NemoAsr(model, device=settings.device, may_download=may_download)


def _onnx(model: str, settings: Settings, may_download: bool) -> Engine:  # noqa: FBT001  # `Build`
    quantization = "int8" if settings.compute_type == "int8" else None
    return onnx_asr.OnnxAsr(
        model, device=settings.device, quantization=quantization, may_download=may_download
    )


def _deepgram(model: str, settings: Settings, _: bool) -> Engine:  # noqa: FBT001  # `Build`
    return deepgram.Deepgram(
        _revealed(settings.deepgram_api_key), model, base_url=settings.deepgram_url or deepgram.DEFAULT_URL
    )


def _openai(model: str, settings: Settings, _: bool) -> Engine:  # noqa: FBT001  # `Build`
    return openai_audio.OpenAiAudio(
        _revealed(settings.openai_api_key), model, base_url=settings.openai_url or openai_audio.DEFAULT_URL
    )


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


ENGINES: Final[Mapping[str, tuple[Build, str]]] = {
    "whisper": (_whisper, faster_whisper.DEFAULT_MODEL),
    "parakeet": (_nemo, nemo_asr.DEFAULT_MODEL),
    "parakeet-onnx": (_onnx, onnx_asr.DEFAULT_MODEL),
    "canary": (_nemo, nemo_asr.DEFAULT_CANARY),
    "canary-onnx": (_onnx, onnx_asr.DEFAULT_CANARY),
    "deepgram": (_deepgram, deepgram.DEFAULT_MODEL),
    "openai": (_openai, openai_audio.DEFAULT_MODEL),
}
