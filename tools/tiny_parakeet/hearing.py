"""The parts that all the models have: features, an encoder, and a layer that listens to the sound.

A random encoder says almost the same whatever the sound. So that the tiny models' texts depend on what
they hear, the layer after the encoder is set to look at how its output varies over the sample session.
"""

import numpy as np
import torch

from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.samples import load_sample

RATE = 16_000
WIDTH = 64
_CALIBRATION_S = 30

PREPROCESSOR = {
    "_target_": "nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor",
    "sample_rate": RATE,
    "normalize": "per_feature",
    "window_size": 0.025,
    "window_stride": 0.01,
    "window": "hann",
    "features": 128,
    "n_fft": 512,
    "frame_splicing": 1,
    "dither": 1e-5,
    "pad_to": 0,
}
ENCODER = {
    "_target_": "nemo.collections.asr.modules.ConformerEncoder",
    "feat_in": 128,
    "feat_out": -1,
    "n_layers": 2,
    "d_model": WIDTH,
    "subsampling": "dw_striding",
    "subsampling_factor": 8,
    "subsampling_conv_channels": 32,
    "causal_downsampling": False,
    "ff_expansion_factor": 4,
    "self_attention_model": "rel_pos",
    "n_heads": 4,
    "att_context_size": [-1, -1],
    "xscaling": False,
    "untie_biases": True,
    "pos_emb_max_len": 5000,
    "conv_kernel_size": 9,
    "conv_norm_type": "batch_norm",
    "dropout": 0.0,
    "dropout_pre_encoder": 0.0,
    "dropout_emb": 0.0,
    "dropout_att": 0.0,
}


def listen(model: torch.nn.Module, layer: torch.nn.Linear, scale: float) -> None:
    """Set a linear layer that takes the encoder's output to see it centred, each dimension alike."""
    encoded = _encoded(model)
    mean, deviation = encoded.mean(dim=1), encoded.std(dim=1)
    with torch.no_grad():
        layer.weight *= scale / deviation[None, :]
        layer.bias.copy_(-(layer.weight @ mean))


def _encoded(model: torch.nn.Module) -> torch.Tensor:
    """Return what the encoder makes of the sample session; shape (width, frames)."""
    pieces = PyAvDecoder().pieces(load_sample().audio)
    sound = np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])
    samples = torch.from_numpy(sound[: _CALIBRATION_S * RATE])[None]
    with torch.inference_mode():
        features, length = model.preprocessor(input_signal=samples, length=torch.tensor([samples.shape[1]]))
        encoded, _ = model.encoder(audio_signal=features, length=length)
    return encoded[0].clone()
