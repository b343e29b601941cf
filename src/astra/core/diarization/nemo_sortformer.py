"""`LocalDiarizer` over NVIDIA NeMo's Sortformer (extra `astra[parakeet]`).

Park et al., "Sortformer: Seamless Integration of Speaker Diarization and ASR by Bridging Timestamps and
Tokens" (arXiv 2409.06656): who of at most four is active in each frame of 80 ms, overlaps included.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np

from astra.core.diarization.activity import Activity, active_voices
from astra.core.diarization.nemo_models import NemoModel
from astra.core.diarization.ports import SpeakerEmbedder
from astra.core.diarization.values import LocalVoice
from astra.core.pipeline.chunking import Chunk
from astra.core.values import Pcm16k

DEFAULT_MODEL: Final = "diar_streaming_sortformer_4spk-v2"  # CC BY 4.0; the first, v1, is not for commerce
_FEATURE_MS: Final = 10  # the window stride of the models' features


class NemoSortformer:
    """Follows up to four speakers in each chunk of 90 s, the length of its training; any number in all.

    Args:
        embedder: makes the vectors by which the speakers of different chunks are compared.
        model, device, may_download: see `NemoModel`.
    """

    longest_ms = 90_000
    blur_ms = 160  # two frames

    def __init__(
        self,
        embedder: SpeakerEmbedder,
        model: str | Path = DEFAULT_MODEL,
        *,
        device: str = "auto",
        may_download: bool = True,
    ) -> None:
        self._embedder = embedder
        self._model = NemoModel("SortformerEncLabelModel", model, device=device, may_download=may_download)

    @property
    def same_voice(self) -> float:
        return self._embedder.same_voice

    def voices(self, chunk: Chunk) -> list[LocalVoice]:
        with self._model.lent() as model:
            activity = _activity(model, chunk.audio)
            frame_ms = _FEATURE_MS * int(model.encoder.subsampling_factor)
        return active_voices(activity, frame_ms, chunk, self._embedder)

    def close(self) -> None:
        self._model.close()
        self._embedder.close()


def _activity(model: Any, sound: Pcm16k) -> Activity:
    """Return who is active when; as the model's own `forward`, without its progress bar on the terminal."""
    import torch  # noqa: PLC0415  # loaded already

    signal = torch.from_numpy(np.ascontiguousarray(sound))[None].to(model.device)
    length = torch.tensor([len(sound)], device=model.device)
    if model.streaming_mode:
        features, frames = model.process_signal(audio_signal=signal, audio_signal_length=length)
        found = _streamed(model, features[:, :, : int(frames.max())], frames)
    else:
        found = model.forward(audio_signal=signal, audio_signal_length=length)
    activity: Activity = found[0].float().cpu().numpy()
    return activity


def _streamed(model: Any, features: Any, frames: Any) -> Any:
    """Run a streaming model step by step; its cache of speakers keeps each in one column."""
    import torch  # noqa: PLC0415  # loaded already

    modules = model.sortformer_modules
    state = modules.init_streaming_state(
        batch_size=1, async_streaming=model.async_streaming, device=model.device
    )
    found = torch.zeros((1, 0, modules.n_spk), device=model.device)
    steps = modules.streaming_feat_loader(
        feat_seq=features, feat_seq_length=frames, feat_seq_offset=torch.zeros_like(frames)
    )
    for _, piece, lengths, left_offset, right_offset in steps:
        state, found = model.forward_streaming_step(
            processed_signal=piece,
            processed_signal_length=lengths,
            streaming_state=state,
            total_preds=found,
            left_offset=left_offset,
            right_offset=right_offset,
        )
    return found
