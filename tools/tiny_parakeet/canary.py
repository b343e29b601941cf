"""A tiny Canary: an encoder and a decoder that is told the language, and its aligner, with random weights.

Like canary-1b-v2, its file carries a second model (CTC) that finds the times of the words.
"""

import tarfile
import tempfile
from pathlib import Path

import torch
from hearing import ENCODER, PREPROCESSOR, RATE, WIDTH, listen
from nemo.collections.asr.models import EncDecCTCModelBPE, EncDecMultiTaskModel
from omegaconf import OmegaConf
from vocabulary import Vocabulary

_SEED = 3
_DECODER_WIDTH = 48  # another than the encoder's, so that there is a layer between them
_LONGEST = 96  # tokens
_ALIGNER_FILES = {
    "model_config.yaml": "timestamps_asr_model_config.yaml",
    "model_weights.ckpt": "timestamps_asr_model_weights.ckpt",
}


def made(vocabulary: Vocabulary) -> EncDecMultiTaskModel:
    """Return a Canary whose text depends on what it hears, and ends."""
    torch.manual_seed(_SEED)
    model = EncDecMultiTaskModel(cfg=OmegaConf.create(_configuration(vocabulary)))
    model.eval()
    model.preprocessor.featurizer.dither = 0.0
    listen(model, model.encoder_decoder_proj, 4.0)
    _make_talkative(model)
    return model


def aligner(vocabulary: Vocabulary) -> EncDecCTCModelBPE:
    """Return a model that gives each frame probabilities of word pieces."""
    torch.manual_seed(_SEED)
    configuration = {
        "sample_rate": RATE,
        "log_prediction": False,
        "tokenizer": {"dir": str(vocabulary.words), "type": "bpe"},
        "train_ds": None,
        "validation_ds": None,
        "test_ds": None,
        "preprocessor": PREPROCESSOR,
        "encoder": ENCODER,
        "decoder": {
            "_target_": "nemo.collections.asr.modules.ConvASRDecoder",
            "feat_in": WIDTH,
            "num_classes": -1,
            "vocabulary": [],
        },
        "optim": {"name": "adamw", "lr": 1e-3},
    }
    model = EncDecCTCModelBPE(cfg=OmegaConf.create(configuration))
    model.eval()
    return model


def save(model: EncDecMultiTaskModel, times: EncDecCTCModelBPE, path: Path) -> None:
    """Save both models in one `.nemo` file, as NVIDIA's are."""
    with tempfile.TemporaryDirectory() as scratch:
        whole, aside = Path(scratch, "whole"), Path(scratch, "aside")
        for part, folder in ((times, aside), (model, whole)):
            file = Path(scratch, "model.nemo")
            part.save_to(str(file))
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
        for file in aside.iterdir():
            file.rename(whole / _ALIGNER_FILES.get(file.name, file.name))
        with tarfile.open(path, "w") as archive:
            archive.add(whole, arcname=".")


def _make_talkative(model: EncDecMultiTaskModel) -> None:
    """Have it write word pieces, look at the sound, and end before the longest that it may write."""
    head, tokenizer = model.log_softmax.mlp.layer0, model.tokenizer
    with torch.no_grad():
        for layer in model.transf_decoder.decoder.layers:
            layer.second_sub_layer.out_projection.weight *= 20
        head.weight *= 4  # the token embeddings as well: they are the same
        head.bias.zero_()
        head.bias[: tokenizer.token_id_offset["es"] + 3] = -100.0  # special tokens, <unk>, <s>, </s>
        head.bias[tokenizer.vocab_size :] = -100.0  # padding of the vocabulary
        head.bias[tokenizer.eos_id] = 6.0


def _configuration(vocabulary: Vocabulary) -> dict[str, object]:
    return {
        "sample_rate": RATE,
        "label_smoothing": 0.0,
        "log_prediction": False,
        "prompt_format": "canary2",
        "prompt_defaults": [{"role": "user", "slots": _PROMPT}],
        "model_defaults": {
            "asr_enc_hidden": WIDTH,
            "lm_enc_hidden": _DECODER_WIDTH,
            "lm_dec_hidden": _DECODER_WIDTH,
        },
        "tokenizer": {
            "dir": None,
            "type": "agg",
            "langs": {
                "spl_tokens": {"dir": str(vocabulary.special), "type": "bpe"},
                "es": {"dir": str(vocabulary.words), "type": "bpe"},
            },
            "custom_tokenizer": {
                "_target_": "nemo.collections.common.tokenizers.canary_tokenizer.CanaryTokenizer",
                "tokenizers": None,
            },
        },
        "train_ds": None,
        "validation_ds": None,
        "test_ds": None,
        "preprocessor": PREPROCESSOR,
        "encoder": ENCODER,
        "transf_encoder": None,
        "transf_decoder": _DECODER,
        "head": {
            "_target_": "nemo.collections.asr.parts.submodules.token_classifier.TokenClassifier",
            "num_layers": 1,
            "activation": "relu",
            "log_softmax": True,
            "hidden_size": _DECODER_WIDTH,
            "num_classes": None,
            "dropout": 0.0,
            "use_transformer_init": True,
        },
        "decoding": {
            "strategy": "beam",
            "return_best_hypothesis": True,
            "beam": {"beam_size": 1, "len_pen": 0.0, "max_generation_delta": _LONGEST},
        },
        "loss": {
            "_target_": "nemo.collections.common.losses.smoothed_cross_entropy.SmoothedCrossEntropyLoss",
            "label_smoothing": 0.0,
            "pad_id": None,
        },
        "optim": {"name": "adamw", "lr": 1e-3},
    }


_PROMPT = {
    "decodercontext": "",
    "source_lang": "<|en|>",
    "target_lang": "<|en|>",
    "emotion": "<|emo:undefined|>",
    "pnc": "<|pnc|>",
    "itn": "<|noitn|>",
    "timestamp": "<|notimestamp|>",
    "diarize": "<|nodiarize|>",
}
_DECODER = {
    "_target_": "nemo.collections.asr.modules.transformer.get_nemo_transformer",
    "model_name": None,
    "pretrained": False,
    "encoder": None,
    "pre_ln_final_layer_norm": True,
    "config_dict": {
        "max_sequence_length": 512,
        "num_token_types": 0,
        "embedding_dropout": 0.0,
        "learn_positional_encodings": False,
        "hidden_size": _DECODER_WIDTH,
        "inner_size": _DECODER_WIDTH * 4,
        "num_layers": 2,
        "num_attention_heads": 4,
        "ffn_dropout": 0.0,
        "attn_score_dropout": 0.0,
        "attn_layer_dropout": 0.0,
        "hidden_act": "relu",
        "pre_ln": True,
        "vocab_size": None,
    },
}
