"""Word pieces, learned from the sample session, and the special tokens of Canary."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import sentencepiece
from nemo.collections.common.tokenizers.canary_tokenizer import CanaryTokenizer

from astra.samples import load_sample

PIECES = 128
_LANGUAGES = ("en", "es")
_SPECIAL = (
    "<|startofcontext|>",
    "<|emo:undefined|>",
    "<|itn|>",
    "<|noitn|>",
    "<|timestamp|>",
    "<|notimestamp|>",
    "<|diarize|>",
    "<|nodiarize|>",
    *(f"<|{language}|>" for language in _LANGUAGES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Folders of tokenizers, as NeMo's configurations name them."""

    words: Path
    special: Path

    @classmethod
    def made_in(cls, scratch: Path) -> Self:
        words, special = scratch / "words", scratch / "special"
        words.mkdir()
        special.mkdir()
        _learn_words(words)
        CanaryTokenizer.build_special_tokenizer(list(_SPECIAL), str(special))
        return cls(words=words, special=special)


def _learn_words(folder: Path) -> None:
    text = folder / "text.txt"
    text.write_text("\n".join(line.text for line in load_sample().lines))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "tokenizer"),
        vocab_size=PIECES,
        character_coverage=1.0,
        model_type="bpe",
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    pieces = (processor.id_to_piece(index) for index in range(processor.get_piece_size()))
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in pieces))
