"""Those who tell speakers apart, by name, built as the settings say; their packages are not imported."""

from collections.abc import Callable, Mapping
from typing import Final

from astra.bootstrap.settings import Settings
from astra.core.diarization.embedded_voices import EmbeddedVoices
from astra.core.diarization.nemo_sortformer import NemoSortformer
from astra.core.diarization.nemo_titanet import NemoTitanet
from astra.core.diarization.ports import Diarizer, LocalDiarizer
from astra.core.diarization.pyannote_diarizer import PyannoteDiarizer
from astra.core.diarization.windowed import WindowedDiarizer
from astra.core.sound.silero_vad import SileroVad
from astra.kernel.errors import InvalidInput


class DiarizerUnknown(InvalidInput):
    """Nobody of that name tells speakers apart; see docs/engines.md."""

    code = "diarizer_unknown"


def diarizer_named(name: str, settings: Settings) -> Diarizer:
    """Return who tells speakers apart; its models are fetched and loaded at first use. `DiarizerUnknown`."""
    if name not in DIARIZERS:
        raise DiarizerUnknown(f"There is no diarizer {name!r}; choose one of {', '.join(DIARIZERS)}.")
    return WindowedDiarizer(DIARIZERS[name](settings), SileroVad())


def _titanet(settings: Settings) -> LocalDiarizer:
    return EmbeddedVoices(_embedder(settings))


def _sortformer(settings: Settings) -> LocalDiarizer:
    embedder = _embedder(settings)
    if settings.diarizer_model is None:
        return NemoSortformer(embedder, device=settings.device)
    return NemoSortformer(embedder, settings.diarizer_model, device=settings.device)


def _pyannote(settings: Settings) -> LocalDiarizer:
    token = settings.hub_token.get_secret_value() if settings.hub_token else None
    if settings.diarizer_model is None:
        return PyannoteDiarizer(token=token, device=settings.device)
    return PyannoteDiarizer(settings.diarizer_model, token=token, device=settings.device)


def _embedder(settings: Settings) -> NemoTitanet:
    if settings.speaker_model is None:
        return NemoTitanet(device=settings.device)
    return NemoTitanet(settings.speaker_model, device=settings.device)


DIARIZERS: Final[Mapping[str, Callable[[Settings], LocalDiarizer]]] = {
    "sortformer": _sortformer,
    "pyannote": _pyannote,
    "titanet": _titanet,
}
