"""`astra transcribe`: a recording to timed text in a file, stopped and resumed at will."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from astra.bootstrap.diarizers import diarizer_named
from astra.bootstrap.logs import configure_logs
from astra.bootstrap.parts import recording_at, sound_decoder, transcriber
from astra.bootstrap.settings import Settings
from astra.core.diarization.assignment import with_speakers
from astra.core.diarization.rttm import rttm_lines
from astra.core.diarization.values import SpeakerBounds, SpeakerTurn
from astra.core.pipeline.file_checkpoint import CHECKPOINT_SUFFIX, FileCheckpoint
from astra.core.transcripts.formats import FORMATS
from astra.core.values import TranscribeOptions, TranscriptResult
from astra.entrypoints.cli.hearing_progress import HearingProgress
from astra.entrypoints.cli.settings import settings_with
from astra.kernel.errors import Conflict, InvalidInput


class FormatUnknown(InvalidInput):
    """There is no such format of a transcript."""

    code = "format_unknown"


class OutputInvalid(InvalidInput):
    """The transcript cannot be written there; give another --out."""

    code = "output_invalid"


class UnfinishedWork(Conflict):
    """There is a checkpoint of work that was not finished; go on with --resume, or delete it."""

    code = "unfinished_work"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscribeCommand:
    """What the command line said."""

    recording: str
    engine: str | None
    model: str | None
    options: TranscribeOptions
    format: str
    out: Path | None
    resume: bool
    diarizer: str | None
    bounds: SpeakerBounds


def run_transcribe(command: TranscribeCommand) -> int:
    """Write the transcript; return the exit code."""
    check(command)
    settings = settings_with(engine=command.engine, model=command.model, log_level="warning")
    configure_logs(settings.log_level, "console")
    if command.diarizer is not None:
        diarizer_named(command.diarizer, settings)
    pipeline = transcriber(settings)
    with unfinished(command) as checkpoint, HearingProgress(Console(stderr=True)) as progress:
        parts = pipeline.parts(
            recording_at(command.recording),
            command.options,
            checkpoint=checkpoint,
            progress=progress.heard,
        )
        with closing(parts):
            result = pipeline.joined(parts, command.options)
        turns = turns_of(command, settings, progress)
    written(command, text_of(command, with_speakers(result, turns), turns))
    checkpoint.remove()
    return 0


def turns_of(command: TranscribeCommand, settings: Settings, progress: HearingProgress) -> list[SpeakerTurn]:
    """Return who speaks when; nothing if nobody was asked to tell."""
    if command.diarizer is None:
        return []
    progress.doing("telling speakers apart")
    pieces = sound_decoder().pieces(recording_at(command.recording))
    with closing(diarizer_named(command.diarizer, settings)) as diarizer:
        return diarizer.turns(pieces, command.bounds)


def text_of(command: TranscribeCommand, result: TranscriptResult, turns: Sequence[SpeakerTurn]) -> str:
    """Return the transcript in its format; RTTM says the turns themselves, which may overlap."""
    if command.format == "rttm":
        return "".join(rttm_lines(turns, Path(name_of(command.recording)).stem))
    return FORMATS[command.format].write(result)


@contextmanager
def unfinished(command: TranscribeCommand) -> Iterator[FileCheckpoint]:
    """Yield the checkpoint of this recording; say how to go on if the work is stopped."""
    path = checkpoint_of(command)
    if path.exists() and not command.resume:
        raise UnfinishedWork(f"{path} holds unfinished work; go on with --resume, or delete it")
    with FileCheckpoint(path) as checkpoint:
        try:
            yield checkpoint
        except KeyboardInterrupt:
            sys.stderr.write(
                f"Stopped; what was heard is in {path}. Go on with the same command and --resume\n"
            )
            raise


def checkpoint_of(command: TranscribeCommand) -> Path:
    """Return where the checkpoint is: beside the transcript, or in the working directory."""
    target = command.out or Path(name_of(command.recording))
    return target.with_name(target.name + CHECKPOINT_SUFFIX)


def name_of(recording: str) -> str:
    """Return the file name in a path or an address."""
    return Path(recording.partition("?")[0]).name or "recording"


def check(command: TranscribeCommand) -> None:
    """Refuse what could not be written at the end, before hours of work; `FormatUnknown`, `OutputInvalid`."""
    if command.format not in FORMATS:
        raise FormatUnknown(f"there is no format {command.format!r}; use one of {', '.join(FORMATS)}")
    if command.format == "rttm" and command.diarizer is None:
        raise FormatUnknown("rttm says who speaks when; add --diarize with who is to tell")
    out = command.out
    if out is None:
        return
    if out.is_dir() or out.resolve() == Path(command.recording).resolve():
        raise OutputInvalid(f"{out} is a folder or the recording itself; give another --out")
    if not os.access(out.parent, os.W_OK):
        raise OutputInvalid(f"nothing can be written to the folder {out.parent}; give another --out")


def written(command: TranscribeCommand, transcript: str) -> None:
    """Write the transcript to its file, whole or not at all, or to the standard output."""
    if command.out is None:
        sys.stdout.write(transcript)
        return
    draft = command.out.with_name(f".{command.out.name}.part")
    draft.write_text(transcript, encoding="utf-8")
    draft.replace(command.out)
