"""`SpeakerEmbedder` over NVIDIA NeMo's speaker models such as TitaNet (extra `astra[parakeet]`)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from astra.core.diarization.nemo_models import NemoModel
from astra.core.diarization.values import Vectors
from astra.core.values import Pcm16k

DEFAULT_MODEL: Final = "speakerverification_en_titanet_large"  # CC BY 4.0, any language


class NemoTitanet:
    """A speaker model of NeMo (`EncDecSpeakerLabelModel`).

    Args:
        model, device, may_download: see `NemoModel`.
        same_voice: see `SpeakerEmbedder`. The default is where NeMo's own `verify_speakers` tells people
            apart: 0.7 on its scale from 0 to 1.
    """

    shortest_ms = 500

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        device: str = "auto",
        may_download: bool = True,
        same_voice: float = 0.4,
    ) -> None:
        self.same_voice = same_voice
        self._model = NemoModel("EncDecSpeakerLabelModel", model, device=device, may_download=may_download)

    def embed(self, sounds: Sequence[Pcm16k]) -> Vectors:
        lengths = [len(sound) for sound in sounds]
        padded = np.zeros((len(sounds), max(lengths)), dtype=np.float32)
        for row, sound in zip(padded, sounds, strict=True):
            row[: len(sound)] = sound
        with self._model.lent() as model:
            import torch  # noqa: PLC0415  # loaded with the model

            _, found = model.forward(
                input_signal=torch.from_numpy(padded).to(model.device),
                input_signal_length=torch.tensor(lengths, device=model.device),
            )
            vectors: Vectors = found.float().cpu().numpy()
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors

    def close(self) -> None:
        self._model.close()
