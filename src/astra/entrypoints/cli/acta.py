"""`astra acta`: a recording of one's own to a sealed acta, in one process that leaves nothing running."""

import asyncio
import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from astra.bootstrap.container import Application, open_application
from astra.bootstrap.engines import engine_of
from astra.bootstrap.first_council import default_tenant_config, ensure_council
from astra.bootstrap.logs import configure_logs
from astra.bootstrap.parts import sound_decoder
from astra.bootstrap.settings import Settings
from astra.builder.skeletons import default_skeleton, inspect
from astra.core.pipeline.file_checkpoint import CHECKPOINT_SUFFIX, FileCheckpoint
from astra.core.ports import Checkpoint
from astra.core.values import ChunkContext, TimedChunk
from astra.entrypoints.cli.hearing_progress import HearingProgress
from astra.entrypoints.cli.outcome import exit_code_of
from astra.entrypoints.cli.settings import settings_with
from astra.entrypoints.cli.speakers import Turn, cuts_of, read_turns, roster_of, speaker_at
from astra.guard.verifier import verify
from astra.kernel.errors import IntegrityError, InvalidInput
from astra.kernel.ids import SessionId, TenantId
from astra.kernel.json_value import JsonValue
from astra.kernel.storage.blob_store import BlobRef
from astra.orchestrator.sessions.finalizing.delivery import Files
from astra.orchestrator.sessions.finalizing.errors import FinalizationFailed
from astra.orchestrator.sessions.finalizing.values import Finalization, Step
from astra.orchestrator.sessions.service import checked_timezone
from astra.orchestrator.sessions.values import ContextChange

TENANT: Final = TenantId("LOCAL")
POLL_S: Final = 0.1
BY: Final = "astra acta"


class FieldInvalid(InvalidInput):
    """A field is given as NAME=TEXT, with the name of a placeholder of the skeleton."""

    code = "field_invalid"


class OutputInvalid(InvalidInput):
    """The acta's name must end in .docx; its proof and transcript go beside it."""

    code = "output_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActaOptions:
    """What the command line said."""

    audio: Path
    skeleton: Path | None
    timezone: str
    out: Path
    engine: str | None
    model: str | None
    speakers: Path | None
    council: str
    fields: tuple[str, ...]
    data: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The same, read and checked before anything starts."""

    audio: Path
    skeleton: bytes
    turns: list[Turn]
    metadata: dict[str, str]


def run_acta(options: ActaOptions) -> int:
    """Make the acta; return the exit code."""
    settings = settings_with(
        data=options.data, engine=options.engine, model=options.model, log_level="warning"
    )
    engine_of(settings)
    work = checked(options)
    console = Console(highlight=False)
    configure_logs(settings.log_level, "console")
    acta, proof, transcript = outputs_of(options)
    with (
        FileCheckpoint(acta.with_name(acta.name + CHECKPOINT_SUFFIX)) as checkpoint,
        HearingProgress(console) as progress,
    ):
        files = asyncio.run(make(settings, options, work, checkpoint, progress))
    write_whole(acta, files.acta)
    write_whole(proof, files.proof)
    write_whole(transcript, files.transcript)
    checkpoint.remove()
    console.print(f"[bold]{options.out}[/]  proof {proof}  transcript {transcript}", soft_wrap=True)
    if empty := empty_placeholders(files.build_report):
        console.print(f"Left empty: {', '.join(empty)}. Fill them with --field NAME=TEXT", soft_wrap=True)
    console.print(f"Check it at any time: {sys.argv[0]} verify {options.out} --proof {proof}", soft_wrap=True)
    return 0 if verify(acta.read_bytes(), proof.read_bytes()).holds else exit_code_of(IntegrityError())


def empty_placeholders(report: JsonValue) -> list[str]:
    """Return the skeleton's placeholders for which nothing was given or heard."""
    warnings = report.get("warnings") if isinstance(report, Mapping) else None
    return [
        str(warning["detail"])
        for warning in (warnings if isinstance(warnings, list) else ())
        if isinstance(warning, Mapping) and warning.get("code") == "missing_field"
    ]


def checked(options: ActaOptions) -> Work:
    """Read every file and refuse what cannot work, before any server starts."""
    checked_timezone(options.timezone)
    with options.audio.open("rb"):
        sound_decoder().duration_ms(options.audio)
    skeleton = options.skeleton.read_bytes() if options.skeleton else default_skeleton()
    known = inspect(skeleton).fields
    check_outputs(options)
    return Work(
        audio=options.audio,
        skeleton=skeleton,
        turns=read_turns(options.speakers) if options.speakers else [],
        metadata=dict(field_of(text, known) for text in options.fields),
    )


def outputs_of(options: ActaOptions) -> tuple[Path, Path, Path]:
    """Return where acta, proof and transcript go."""
    out = options.out
    return out, out.with_suffix(".proof.json"), out.with_suffix(".vtt")


def check_outputs(options: ActaOptions) -> None:
    """Refuse what could not be written at the end, or would overwrite what is read; `OutputInvalid`."""
    if options.out.suffix.lower() != ".docx":
        raise OutputInvalid
    options.out.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(options.out.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(options.out.parent))
    inputs = {path.resolve() for path in (options.audio, options.skeleton, options.speakers) if path}
    for path in outputs_of(options):
        if path.is_dir() or path.resolve() in inputs:
            raise OutputInvalid(f"{path} is a folder or one of the files to read; give another --out")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that its name never stands for half of it."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)


def field_of(text: str, known: Sequence[str]) -> tuple[str, str]:
    """Return a field's name and text; `FieldInvalid`."""
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise FieldInvalid
    if name not in known:
        raise FieldInvalid(f"the skeleton has no placeholder {name!r}; it has {', '.join(known) or 'none'}")
    return name, value


async def make(
    settings: Settings, options: ActaOptions, work: Work, checkpoint: Checkpoint, progress: HearingProgress
) -> Files:
    """Hear the recording into a session, finalize it and return its files.

    What an earlier attempt heard before it was stopped is in the checkpoint, and not heard again.
    """
    async with open_application(settings) as application:
        config = default_tenant_config(roster_of(work.turns))
        await ensure_council(application, TENANT, options.council, config, work.skeleton)
        session = await application.sessions.start(
            TENANT, client_timezone=options.timezone, created_by=BY, metadata=work.metadata
        )
        session_id = session.session_id
        source = await application.sessions.store_source(TENANT, session_id, work.audio)
        heard = application.core.transcribe(
            work.audio,
            ChunkContext(),
            cut_at_ms=cuts_of(work.turns),
            checkpoint=checkpoint,
            progress=progress.heard,
        )
        await append(application, session_id, source, heard, work.turns)
        return await application.deliveries.files(await sealed(application, session_id, progress))


async def append(
    application: Application,
    session_id: SessionId,
    source: BlobRef,
    heard: Iterator[TimedChunk],
    turns: Sequence[Turn],
) -> None:
    """Append the recording as CORE hears it, stretch by stretch."""
    number = 0
    while (chunk := await asyncio.to_thread(next, heard, None)) is not None:
        if turns:
            speaker = speaker_at(turns, chunk.start_ms + chunk.result.duration_ms // 2)
            change = ContextChange(current_speaker_id=speaker.speaker_id if speaker else None)
            await application.sessions.change_context(TENANT, session_id, change)
        await application.sessions.append_heard(TENANT, session_id, number, chunk.result, source)
        number += 1


async def sealed(application: Application, session_id: SessionId, progress: HearingProgress) -> Finalization:
    """Finalize and wait until the acta is sealed; `FinalizationFailed`."""
    state = await application.finalizer.request(TENANT, session_id, BY)
    while not state.finalization.has_ended:
        progress.doing(state.finalization.step)
        await asyncio.sleep(POLL_S)
        state = await application.finalizer.progress(TENANT, session_id)
    progress.doing(state.finalization.step)
    if state.finalization.step is Step.FAILED:
        raise FinalizationFailed(f"the acta could not be made ({state.finalization.last_error})")
    return state.finalization
