"""What is known of NVIDIA's speech models before any of their files is on this machine.

Sources: the model cards of https://huggingface.co/nvidia.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_EUROPEAN: Final = frozenset(
    "bg cs da de el en es et fi fr hr hu it lt lv mt nl pl pt ro ru sk sl sv uk".split()  # noqa: SIM905
)
_ENGLISH: Final = frozenset({"en"})
_FOUR: Final = frozenset({"de", "en", "es", "fr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NvidiaModel:
    """One published model."""

    languages: frozenset[str]  # ISO 639-1
    is_canary: bool = False  # an encoder and a decoder that is told the language; else a transducer
    successor: str = ""  # the model that speaks more languages, if there is one


KNOWN: Final[Mapping[str, NvidiaModel]] = {
    "parakeet-tdt-0.6b-v3": NvidiaModel(languages=_EUROPEAN),
    "parakeet-tdt-0.6b-v2": NvidiaModel(languages=_ENGLISH, successor="parakeet-tdt-0.6b-v3"),
    "parakeet-tdt-1.1b": NvidiaModel(languages=_ENGLISH, successor="parakeet-tdt-0.6b-v3"),
    "parakeet-rnnt-0.6b": NvidiaModel(languages=_ENGLISH, successor="parakeet-tdt-0.6b-v3"),
    "parakeet-rnnt-1.1b": NvidiaModel(languages=_ENGLISH, successor="parakeet-tdt-0.6b-v3"),
    "parakeet-tdt_ctc-110m": NvidiaModel(languages=_ENGLISH, successor="parakeet-tdt-0.6b-v3"),
    "canary-1b-v2": NvidiaModel(languages=_EUROPEAN, is_canary=True),
    "canary-1b-flash": NvidiaModel(languages=_FOUR, is_canary=True, successor="canary-1b-v2"),
    "canary-180m-flash": NvidiaModel(languages=_FOUR, is_canary=True, successor="canary-1b-v2"),
}


def advice_for(model: NvidiaModel | None) -> str:
    """Return what to use for a language that the model does not speak; empty if there is nothing better."""
    if model is None or not model.successor:
        return ""
    known = ", ".join(sorted(KNOWN[model.successor].languages))
    return f"Use {model.successor}, which knows {known}."
