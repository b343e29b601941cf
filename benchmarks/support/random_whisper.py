"""A Whisper of any size with random weights, in CTranslate2's format, that says what it is told to.

Random weights write nonsense that ends by chance. Here all weights are random but those that decide what is
written: the decoder's position vectors are large, and the embedding of each token of a script points along
the vector of the position at which it is to be written. So every sound gives the same text of the wanted
length, at a confidence that no guard doubts, through the unchanged engine and its real beam search.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from support.syllables import invented_words

Weights = npt.NDArray[np.float16]

_TEXT_TOKENS: Final = 50_257  # the last one is "", by which CTranslate2 knows a multilingual model
_LANGUAGES: Final = ("es", *(f"x{number:02}" for number in range(1, 100)))
_TIMESTAMPS: Final = 1501
_POSITIONS: Final = 448
_FRAMES: Final = 1500
_PROMPT: Final = 3  # <|startoftranscript|><|es|><|transcribe|>
_WORD_START: Final = "Ġ"  # a space, as byte-level tokenizers write it
_DEVIATION: Final = 0.02  # of weights
_FAINT: Final = 0.001  # of what layers add to the stream, so that the positions stay what is loudest in it
_LOUD: Final = 8.0  # length of a position's vector
_SURE: Final = 30.0  # logit of the token to be written
_OTHERS: Final = 0.5  # deviation of all other logits


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSize:
    """The sizes of a model; heads are 64 wide."""

    encoder_layers: int
    decoder_layers: int
    width: int
    mels: int

    @property
    def heads(self) -> int:
        return self.width // 64


# https://huggingface.co/openai/whisper-large-v3-turbo/blob/main/config.json
LARGE_V3_TURBO: Final = WhisperSize(encoder_layers=32, decoder_layers=4, width=1280, mels=128)
REDUCED: Final = WhisperSize(encoder_layers=1, decoder_layers=1, width=256, mels=128)


def write_whisper(folder: Path, size: WhisperSize, *, words: int) -> Path:
    """Write a model that says `words` words, a token each, in every chunk; return its folder."""
    folder.mkdir()
    tokenizer = _tokenizer()
    spec = WhisperSpec(size.encoder_layers, size.heads, size.decoder_layers, size.heads)
    _Filling(size).fill(spec, _script(tokenizer, words), tokenizer.get_vocab_size())
    spec.register_vocabulary([tokenizer.id_to_token(index) for index in range(tokenizer.get_vocab_size())])
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokenizer.token_to_id("<|endoftext|>")]
    spec.config.lang_ids = [tokenizer.token_to_id(f"<|{language}|>") for language in _LANGUAGES]
    spec.config.alignment_heads = [(size.decoder_layers - 1, 0)]
    spec.validate()
    spec.decoder.projection.weight = "decoder/embeddings/weight"  # the same weights, as in the real model
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": size.mels}))
    return folder


def _tokenizer() -> Tokenizer:
    """Return a tokenizer of the real one's size and layout; its words are syllables of no language."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = invented_words(_TEXT_TOKENS - len(letters) - 1)
    text = [*letters, *(f"{_WORD_START}{word}" for word in words), ""]
    tokenizer = Tokenizer(models.BPE({token: index for index, token in enumerate(text)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in _special_tokens()])
    return tokenizer


def _special_tokens() -> Iterator[str]:
    yield from ("<|endoftext|>", "<|startoftranscript|>")
    yield from (f"<|{language}|>" for language in _LANGUAGES)
    yield from ("<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>")
    yield from ("<|nospeech|>", "<|notimestamps|>")
    yield from (f"<|{index * 0.02:.2f}|>" for index in range(_TIMESTAMPS))


def _script(tokenizer: Tokenizer, words: int) -> list[int]:
    """Return the tokens to be written: a time, words taken far apart, and the end."""
    first = len(pre_tokenizers.ByteLevel.alphabet())
    step = (_TEXT_TOKENS - first - 1) // words
    spoken = range(first, first + step * words, step)
    return [tokenizer.token_to_id("<|0.00|>"), *spoken, tokenizer.token_to_id("<|endoftext|>")]


class _Filling:
    """Gives each weight of a specification its value."""

    def __init__(self, size: WhisperSize) -> None:
        self._size = size
        self._random = np.random.default_rng(0)

    def fill(self, spec: WhisperSpec, script: Sequence[int], vocabulary: int) -> None:
        width = self._size.width
        self._convolution(spec.encoder.conv1, self._size.mels)
        self._convolution(spec.encoder.conv2, width)
        spec.encoder.position_encodings.encodings = self._normal(_FRAMES, width)
        for layer in spec.encoder.layer:
            self._layer(layer)
        self._norm(spec.encoder.layer_norm)
        positions = self._directions(_POSITIONS)
        spec.decoder.position_encodings.encodings = (positions * _LOUD).astype(np.float16)
        spec.decoder.embeddings.weight = self._embeddings(positions, script, vocabulary)
        spec.decoder.projection.weight = spec.decoder.embeddings.weight
        for layer in spec.decoder.layer:
            self._layer(layer)
            self._norm(layer.attention.layer_norm)
            for linear, rows, deviation in zip(
                layer.attention.linear,
                (width, 2 * width, width),
                (_DEVIATION, _DEVIATION, _FAINT),
                strict=True,
            ):
                self._linear(linear, rows, width, deviation)
        self._norm(spec.decoder.layer_norm)

    def _embeddings(
        self, positions: npt.NDArray[np.float32], script: Sequence[int], vocabulary: int
    ) -> Weights:
        rows = self._normal(vocabulary, self._size.width, _OTHERS / self._size.width**0.5)
        places = positions[_PROMPT - 1 : _PROMPT - 1 + len(script)]
        rows[list(script)] = places * (_SURE / self._size.width**0.5)
        return rows

    def _layer(self, layer: Any) -> None:
        width = self._size.width
        self._norm(layer.self_attention.layer_norm)
        self._linear(layer.self_attention.linear[0], 3 * width, width, _DEVIATION)
        self._linear(layer.self_attention.linear[1], width, width, _FAINT)
        self._norm(layer.ffn.layer_norm)
        self._linear(layer.ffn.linear_0, 4 * width, width, _DEVIATION)
        self._linear(layer.ffn.linear_1, width, 4 * width, _FAINT)

    def _linear(self, linear: Any, rows: int, columns: int, deviation: float) -> None:
        linear.weight = self._normal(rows, columns, deviation)
        linear.bias = np.zeros(rows, dtype=np.float16)

    def _norm(self, norm: Any) -> None:
        norm.gamma = np.ones(self._size.width, dtype=np.float16)
        norm.beta = np.zeros(self._size.width, dtype=np.float16)

    def _convolution(self, convolution: Any, channels: int) -> None:
        width = self._size.width
        convolution.weight = self._normal(width, channels * 3).reshape(width, channels, 3)
        convolution.bias = np.zeros(width, dtype=np.float16)

    def _directions(self, count: int) -> npt.NDArray[np.float32]:
        vectors = self._random.standard_normal((count, self._size.width), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _normal(self, rows: int, columns: int, deviation: float = _DEVIATION) -> Weights:
        values = self._random.standard_normal((rows, columns), dtype=np.float32)
        return (values * np.float32(deviation)).astype(np.float16)
