"""A tiny Parakeet: a token-and-duration transducer with random weights."""

import torch
from hearing import ENCODER, PREPROCESSOR, RATE, WIDTH, listen
from nemo.collections.asr.models import EncDecRNNTBPEModel
from omegaconf import OmegaConf
from vocabulary import Vocabulary

_SEED = 1
_DURATIONS = [0, 1, 2, 3, 4]  # frames that a token may last
_DURATION_BIAS = [-3.0, 0.0, 1.0, 1.0, 1.0]  # it moves on most of the time
_BLANK_BIAS = 2.0
_SHARPNESS = 3.0


def made(vocabulary: Vocabulary) -> EncDecRNNTBPEModel:
    """Return a Parakeet whose text depends on what it hears."""
    torch.manual_seed(_SEED)
    model = EncDecRNNTBPEModel(cfg=OmegaConf.create(_configuration(vocabulary)))
    model.eval()
    model.preprocessor.featurizer.dither = 0.0
    listen(model, model.joint.enc, _SHARPNESS)
    _make_talkative(model.joint)
    return model


def _make_talkative(joint: torch.nn.Module) -> None:
    """Have it write now and then, and never the unknown token (0)."""
    last = joint.joint_net[-1]
    blank = last.bias.numel() - len(_DURATIONS) - 1
    with torch.no_grad():
        joint.pred.weight *= _SHARPNESS
        last.weight *= 2
        last.bias.zero_()
        last.bias[0] = -100.0
        last.bias[blank] = _BLANK_BIAS
        last.bias[blank + 1 :] = torch.tensor(_DURATION_BIAS)


def _configuration(vocabulary: Vocabulary) -> dict[str, object]:
    return {
        "sample_rate": RATE,
        "compute_eval_loss": False,
        "log_prediction": False,
        "model_defaults": {
            "enc_hidden": WIDTH,
            "pred_hidden": WIDTH,
            "joint_hidden": WIDTH,
            "tdt_durations": _DURATIONS,
            "num_tdt_durations": len(_DURATIONS),
        },
        "tokenizer": {"dir": str(vocabulary.words), "type": "bpe"},
        "train_ds": None,
        "validation_ds": None,
        "test_ds": None,
        "preprocessor": PREPROCESSOR,
        "encoder": ENCODER,
        "decoder": {
            "_target_": "nemo.collections.asr.modules.RNNTDecoder",
            "normalization_mode": None,
            "random_state_sampling": False,
            "blank_as_pad": True,
            "prednet": {"pred_hidden": WIDTH, "pred_rnn_layers": 1, "t_max": None, "dropout": 0.0},
        },
        "joint": {
            "_target_": "nemo.collections.asr.modules.RNNTJoint",
            "log_softmax": None,
            "preserve_memory": False,
            "fuse_loss_wer": False,
            "fused_batch_size": 1,
            "jointnet": {"joint_hidden": WIDTH, "activation": "relu", "dropout": 0.0},
            "num_extra_outputs": len(_DURATIONS),
        },
        "decoding": {
            "strategy": "greedy_batch",
            "model_type": "tdt",
            "durations": _DURATIONS,
            "greedy": {"max_symbols": 10},
        },
        "loss": {
            "loss_name": "tdt",
            "tdt_kwargs": {
                "fastemit_lambda": 0.0,
                "clamp": -1.0,
                "durations": _DURATIONS,
                "sigma": 0.02,
                "omega": 0.1,
            },
        },
        "optim": {"name": "adamw", "lr": 1e-3},
    }
