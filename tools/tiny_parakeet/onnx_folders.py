"""The tiny models as onnx-asr reads them: graphs, `vocab.txt` and `config.json` in one folder."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from nemo.collections.asr.models import EncDecMultiTaskModel, EncDecRNNTBPEModel

_BLANK = "<blk>"
_OPSET = 17
_SECONDS = 3


def write_parakeet(model: EncDecRNNTBPEModel, folder: Path) -> None:
    """Export with NeMo's own exporter."""
    folder.mkdir()
    model.export(str(folder / "model.onnx"))  # makes encoder-model.onnx and decoder_joint-model.onnx
    _write_vocabulary([*model.tokenizer.vocab, _BLANK], folder)
    _write_configuration({"model_type": "nemo-conformer-tdt"}, folder)


def write_canary(model: EncDecMultiTaskModel, folder: Path) -> None:
    """Export with two modules of ours: NeMo exports no decoder that keeps its states."""
    folder.mkdir()
    embeddings, mask = _export_encoder(Encoder(model).eval(), folder)
    _export_decoder(Decoder(model).eval(), embeddings, mask, folder)
    tokenizer = model.tokenizer
    pieces = [tokenizer.ids_to_tokens([index])[0] for index in range(tokenizer.vocab_size)]
    _write_vocabulary(pieces, folder)
    _write_configuration({"model_type": "nemo-conformer-aed", "max_sequence_length": 96}, folder)


class Encoder(torch.nn.Module):
    """Features (batch, mel, frames) and their lengths to embeddings (batch, frames / 8, width) and a mask."""

    def __init__(self, model: EncDecMultiTaskModel) -> None:
        super().__init__()
        self._model = model

    def forward(self, audio_signal: torch.Tensor, length: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        encoded, lengths = self._model.encoder(audio_signal=audio_signal, length=length)
        embeddings = self._model.encoder_decoder_proj(encoded.permute(0, 2, 1))
        frames = torch.arange(embeddings.shape[1], device=embeddings.device)
        return embeddings, (frames[None] < lengths[:, None]).to(torch.int64)


class Decoder(torch.nn.Module):
    """Tokens after those already seen, whose states are `decoder_mems` (layers + 2, batch, seen, width)."""

    def __init__(self, model: EncDecMultiTaskModel) -> None:
        super().__init__()
        self._embedding = model.transf_decoder.embedding
        self._decoder = model.transf_decoder.decoder
        self._head = model.log_softmax
        self.layers = len(self._decoder.layers)

    def forward(
        self,
        input_ids: torch.Tensor,
        encoder_embeddings: torch.Tensor,
        encoder_mask: torch.Tensor,
        decoder_mems: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        states, _ = self._decoder(
            self._embedding(input_ids, start_pos=decoder_mems.shape[2]),
            torch.ones_like(input_ids).float(),
            encoder_embeddings,
            encoder_mask.float(),
            list(decoder_mems.unbind(0)),
            return_mems=True,
            return_mems_as_list=False,
        )
        return self._head(hidden_states=states[-1]), states


def _export_encoder(encoder: Encoder, folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    sound = (torch.randn(1, 128, _SECONDS * 100), torch.tensor([_SECONDS * 100]))
    torch.onnx.export(
        encoder,
        sound,
        str(folder / "encoder-model.onnx"),
        input_names=["audio_signal", "length"],
        output_names=["encoder_embeddings", "encoder_mask"],
        dynamic_axes={
            "audio_signal": {0: "batch", 2: "frames"},
            "length": {0: "batch"},
            "encoder_embeddings": {0: "batch", 1: "encoded"},
            "encoder_mask": {0: "batch", 1: "encoded"},
        },
        opset_version=_OPSET,
        dynamo=False,
    )
    with torch.inference_mode():
        embeddings, mask = encoder(*sound)
    return embeddings.clone(), mask.clone()


def _export_decoder(decoder: Decoder, embeddings: torch.Tensor, mask: torch.Tensor, folder: Path) -> None:
    states = decoder.layers + 2  # what enters each layer, leaves the last one, and its normalised form
    seen = torch.zeros(states, 1, 3, embeddings.shape[2])
    torch.onnx.export(
        decoder,
        (torch.tensor([[5]]), embeddings, mask, seen),
        str(folder / "decoder-model.onnx"),
        input_names=["input_ids", "encoder_embeddings", "encoder_mask", "decoder_mems"],
        output_names=["logits", "decoder_hidden_states"],
        dynamic_axes={
            "input_ids": {0: "batch", 1: "tokens"},
            "encoder_embeddings": {0: "batch", 1: "encoded"},
            "encoder_mask": {0: "batch", 1: "encoded"},
            "decoder_mems": {1: "batch", 2: "seen"},
            "logits": {0: "batch", 1: "tokens"},
            "decoder_hidden_states": {1: "batch", 2: "known"},
        },
        opset_version=_OPSET,
        dynamo=False,
    )


def _write_vocabulary(pieces: Sequence[str], folder: Path) -> None:
    lines = (f"{piece} {index}\n" for index, piece in enumerate(pieces))
    (folder / "vocab.txt").write_text("".join(lines))


def _write_configuration(more: dict[str, object], folder: Path) -> None:
    configuration = {"features_size": 128, "subsampling_factor": 8, **more}
    (folder / "config.json").write_text(json.dumps(configuration))
