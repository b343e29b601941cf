"""`ITranscriber` over faster-whisper (CTranslate2): Whisper by hub name, by folder, or the demo model."""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from math import exp
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.values import (
    EngineFeatures,
    EngineIdentity,
    Pcm16k,
    Segment,
    TranscribeOptions,
    TranscriptResult,
    Word,
)

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

DEMO_MODEL: Final = "demo"
_DEMO_LANGUAGES: Final = frozenset({"es"})
_MODEL_FILE: Final = "model.bin"


class FasterWhisperTranscriber:
    """Hears with a Whisper model, language named and previous text never used as a prompt.

    Args:
        model: `demo`, a folder with a CTranslate2 model, or a name of the hub such as `large-v3-turbo`,
            which is downloaded once.
        device: `auto`, `cpu` or `cuda`.
        compute_type: CTranslate2's quantisation, such as `int8`, `float16` or `default`.
        cpu_threads: threads of one transcription; 0 leaves it to CTranslate2.
        may_download: whether a hub model that is not on this machine is fetched.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        device: str = "auto",
        compute_type: str = "int8",
        cpu_threads: int = 0,
        may_download: bool = True,
    ) -> None:
        self._name = str(model)
        self._device = device
        self._compute_type = compute_type
        self._cpu_threads = cpu_threads
        self._may_download = may_download
        self._lock = Lock()
        self._loaded: WhisperModel | None = None

    @property
    def features(self) -> EngineFeatures:
        languages = _DEMO_LANGUAGES if self._name == DEMO_MODEL else frozenset[str]()
        return EngineFeatures(languages=languages, word_times=True)

    @cached_property
    def identity(self) -> EngineIdentity:
        folder = self._folder
        return EngineIdentity(
            engine="whisper",
            engine_version=f"faster-whisper {version('faster-whisper')}",
            model=Path(self._name).name or folder.resolve().name,
            model_digest=folder_digest(folder),
        )

    def transcribe(self, audio: Pcm16k, options: TranscribeOptions) -> TranscriptResult:
        languages = self.features.languages
        if languages and options.language not in languages:
            raise OptionUnsupported(
                f"The model {self._name} does not know the language {options.language!r}; "
                f"it knows {', '.join(sorted(languages))}."
            )
        heard = self._hear(audio, options) if len(audio) else []
        return TranscriptResult(segments=tuple(heard), language=options.language, identity=self.identity)

    def _hear(self, audio: Pcm16k, options: TranscribeOptions) -> list[Segment]:
        model = self._model()
        try:
            segments, _ = model.transcribe(
                audio,
                language=options.language,
                beam_size=options.beam_size,
                word_timestamps=options.word_times,
                condition_on_previous_text=False,
                vad_filter=False,
            )
            return [_segment(segment) for segment in segments if segment.text.strip()]
        except ValueError as error:
            raise OptionUnsupported(f"The model {self._name} refuses an option: {error}.") from error
        except RuntimeError as error:
            raise EngineUnavailable(f"The model {self._name} failed while hearing: {error}.") from error

    def _model(self) -> "WhisperModel":
        """Load the model once, whichever thread comes first."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> "WhisperModel":
        from faster_whisper import WhisperModel  # noqa: PLC0415  # loads ctranslate2

        try:
            return WhisperModel(
                str(self._folder),
                device=self._device,
                compute_type=self._compute_type,
                cpu_threads=self._cpu_threads,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineUnavailable(
                f"The model in {self._folder} cannot be loaded: {error}. Check that the folder holds a whole "
                "CTranslate2 model and that the device and the compute type exist on this machine."
            ) from error

    @cached_property
    def _folder(self) -> Path:
        if self._name == DEMO_MODEL:
            return Path(str(files("astra.core") / "models" / DEMO_MODEL))
        folder = Path(self._name)
        if (folder / _MODEL_FILE).is_file():
            return folder
        if folder.is_dir():
            raise EngineUnavailable(
                f"The folder {folder} holds no {_MODEL_FILE}; "
                "give that of a Whisper model converted to CTranslate2."
            )
        return _from_hub(self._name, may_download=self._may_download)


def _from_hub(name: str, *, may_download: bool) -> Path:
    """Return the folder of a hub model: the copy on this machine, else a download if that is allowed."""
    from faster_whisper.utils import download_model  # noqa: PLC0415  # loads ctranslate2

    try:
        return Path(download_model(name, local_files_only=True))
    except (OSError, ValueError):  # no whole copy here
        pass
    try:
        return Path(download_model(name, local_files_only=not may_download))
    except (OSError, ValueError) as error:
        raise EngineUnavailable(
            f"The model {name} is not on this machine and could not be downloaded. Connect to the internet "
            "once so that it downloads, or give the folder of a copy with --model FOLDER "
            "(ASTRA_MODEL for a server). The demo model (--model demo) needs no download but only knows the "
            "demo's synthetic voices."
        ) from error


def folder_digest(folder: Path) -> str:
    """Return a model's SHA-256 (hex): over each file in order of name, its name, a zero byte, its SHA-256."""
    digest = hashlib.sha256()
    for path in _model_files(folder):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256")
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + content.digest())
    return digest.hexdigest()


def _model_files(folder: Path) -> Iterator[Path]:
    """Yield what the engine reads; a README beside the model does not change what it hears."""
    yield from sorted(
        path for path in folder.iterdir() if path.is_file() and path.suffix in {".bin", ".json", ".txt"}
    )


def _segment(segment: Any) -> Segment:
    return Segment(
        start_ms=round(segment.start * 1000),
        end_ms=round(segment.end * 1000),
        text=segment.text.strip(),
        confidence=min(exp(segment.avg_logprob), 1.0),
        words=tuple(
            Word(
                start_ms=round(word.start * 1000),
                end_ms=round(word.end * 1000),
                text=word.word.strip(),
                confidence=word.probability,
            )
            for word in segment.words or ()
        ),
    )
