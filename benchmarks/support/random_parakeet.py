"""A Parakeet (token-and-duration transducer) of any size with random weights, saved as NeMo saves it.

Random weights write nothing or the same token for ever. Here all weights are random but those that decide
what is written: each token is followed by the next of the vocabulary, and each lasts two frames. So every
sound gives 6.25 tokens a second, silences included, at a confidence that no guard doubts. That is more
than a trained model does: it writes about 4 a second of speech, and the steps that write nothing are few.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from nemo.collections.asr.models import EncDecRNNTBPEModel
from omegaconf import OmegaConf
from sentencepiece import sentencepiece_model_pb2

from support.syllables import invented_words

_DURATIONS: Final = [0, 1, 2, 3, 4]  # frames of 80 ms
_LASTING: Final = 2  # frames
_CHOSEN: Final = 40.0  # logit of the token to be written, and of its duration
_NEVER: Final = -100.0
_FAINT: Final = 0.01  # of what the encoder adds to the joint, so that the last token decides


@dataclass(frozen=True, slots=True, kw_only=True)
class ParakeetSize:
    """The sizes of a model."""

    layers: int
    width: int
    heads: int
    hidden: int  # of the prediction network and the joint
    hidden_layers: int
    tokens: int


# NeMo's examples/asr/conf/fastconformer/fast-conformer_transducer_bpe.yaml, XLarge (616M), with the 8192
# tokens of https://huggingface.co/nvidia/parakeet-tdt-0.6b-v3
PARAKEET_600M: Final = ParakeetSize(layers=24, width=1024, heads=8, hidden=640, hidden_layers=2, tokens=8192)
REDUCED: Final = ParakeetSize(layers=1, width=64, heads=4, hidden=320, hidden_layers=1, tokens=1024)


def write_parakeet(path: Path, size: ParakeetSize) -> Path:
    """Write a model that says 6.25 words a second, a token each; return its `.nemo` file."""
    torch.manual_seed(0)
    _write_tokenizer(path.parent, size.tokens)
    model = EncDecRNNTBPEModel(cfg=OmegaConf.create(_configuration(size, path.parent)))
    model.eval()
    with torch.no_grad():
        _forget(model.decoder.prediction["dec_rnn"].lstm)
        _follow(model.decoder, model.joint, size.tokens)
    model.save_to(str(path))
    return path


def _forget(lstm: torch.nn.LSTM) -> None:
    """Have the prediction network know nothing but the last token."""
    for layer in range(lstm.num_layers):
        getattr(lstm, f"weight_hh_l{layer}").zero_()
        getattr(lstm, f"bias_ih_l{layer}")[lstm.hidden_size : 2 * lstm.hidden_size] = _NEVER


def _follow(decoder: Any, joint: Any, tokens: int) -> None:
    """Have each token follow the one before it in the vocabulary: its row is what the joint sees then."""
    joint.enc.weight *= _FAINT
    joint.enc.bias.zero_()
    predicted, _ = decoder.predict(torch.arange(tokens)[:, None], add_sos=False)
    seen = torch.relu(joint.pred(predicted[:, 0]))
    centre = seen.mean(dim=0)
    apart = seen - centre
    rows = torch.roll(_CHOSEN * apart / apart.square().sum(dim=1, keepdim=True), 1, dims=0)
    last = joint.joint_net[-1]
    last.weight.zero_()
    last.bias.fill_(_NEVER)  # the unknown token (0), the blank (the last) and other durations
    last.weight[1:tokens] = rows[1:]
    last.bias[1:tokens] = -(rows[1:] @ centre)
    last.bias[tokens + 1 + _DURATIONS.index(_LASTING)] = _CHOSEN


def _write_tokenizer(folder: Path, tokens: int) -> None:
    model = sentencepiece_model_pb2.ModelProto()
    pieces = ["<unk>", *(f"\u2581{word}" for word in invented_words(tokens - 1))]
    for index, piece in enumerate(pieces):
        model.pieces.add(piece=piece, score=-index, type=1 if index else 2)  # normal; unknown
    model.trainer_spec.model_type = model.trainer_spec.BPE
    model.trainer_spec.vocab_size = tokens
    model.normalizer_spec.name = "identity"
    (folder / "tokenizer.model").write_bytes(model.SerializeToString())
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in pieces))


def _configuration(size: ParakeetSize, tokenizer: Path) -> dict[str, object]:
    return {
        "sample_rate": 16_000,
        "compute_eval_loss": False,
        "log_prediction": False,
        "model_defaults": {
            "enc_hidden": size.width,
            "pred_hidden": size.hidden,
            "joint_hidden": size.hidden,
            "tdt_durations": _DURATIONS,
            "num_tdt_durations": len(_DURATIONS),
        },
        "tokenizer": {"dir": str(tokenizer), "type": "bpe"},
        "train_ds": None,
        "validation_ds": None,
        "test_ds": None,
        "preprocessor": {
            "_target_": "nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor",
            "sample_rate": 16_000,
            "normalize": "per_feature",
            "window_size": 0.025,
            "window_stride": 0.01,
            "features": 128,
            "n_fft": 512,
            "pad_to": 0,
        },
        "encoder": {
            "_target_": "nemo.collections.asr.modules.ConformerEncoder",
            "feat_in": 128,
            "feat_out": -1,
            "n_layers": size.layers,
            "d_model": size.width,
            "subsampling": "dw_striding",
            "subsampling_factor": 8,
            "subsampling_conv_channels": 256,
            "ff_expansion_factor": 4,
            "self_attention_model": "rel_pos",
            "n_heads": size.heads,
            "conv_kernel_size": 9,
        },
        "decoder": {
            "_target_": "nemo.collections.asr.modules.RNNTDecoder",
            "prednet": {"pred_hidden": size.hidden, "pred_rnn_layers": size.hidden_layers},
        },
        "joint": {
            "_target_": "nemo.collections.asr.modules.RNNTJoint",
            "jointnet": {"joint_hidden": size.hidden, "activation": "relu"},
            "num_extra_outputs": len(_DURATIONS),
        },
        "decoding": {
            "strategy": "greedy_batch",
            "model_type": "tdt",
            "durations": _DURATIONS,
            "greedy": {"max_symbols": 10},
        },
        "loss": {"loss_name": "tdt", "tdt_kwargs": {"durations": _DURATIONS, "sigma": 0.02, "omega": 0.1}},
        "optim": {"name": "adamw", "lr": 1e-3},
    }
