"""`astra`: the commands and what they say of themselves. Each command's code is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from astra import __version__
from astra.entrypoints.cli import serve
from astra.entrypoints.cli.outcome import explained

EPILOG = """\b
Examples:
  astra demo                                    see it work, from sound to sealed acta
  astra acta sesion.mp3 --out acta.docx         the acta of a recording of your own
  astra transcribe sesion.mp3 --format srt      the words of a recording, with their times
  astra verify acta.docx --proof proof.json     check an acta, without any server
  astra up --port 8080                          serve the API until Ctrl-C
  astra serve core --model demo                 serve speech recognition alone
"""

app = typer.Typer(
    help="ASTRA: from the sound of a council session to its sealed acta.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help takes a third of the time
    pretty_exceptions_enable=False,
)

app.add_typer(serve.app, name="serve")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of servers and files [default: the user's data folder]"),
]

EngineOption = Annotated[
    str | None,
    typer.Option(
        help="Recognition engine: whisper, parakeet, parakeet-onnx, canary, canary-onnx, deepgram, openai "
        "[default: whisper]"
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        help="Hub name, local folder, or demo (knows only the demo's voices) [default: the engine's own]"
    ),
]


def show_version(asked: bool) -> None:  # noqa: FBT001 - the shape typer asks for
    """Print the version and leave."""
    if asked:
        typer.echo(f"astra {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version")
    ] = False,
) -> None:
    """Hold the options that come before any command."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results")] = Path("demo-out"),
    data: Annotated[
        Path | None, typer.Option(help="Folder of servers and files [default: one removed at the end]")
    ] = None,
) -> None:
    """Make and verify the acta of a sample session.

    The sample goes through the public API of ASTRA's own platform, from sound to sealed document.

    Exit code 0 only if the words, votes, quorum, coverage and seal all hold.
    """
    from astra.entrypoints.cli.demo.command import run_demo  # noqa: PLC0415 - see the module's docstring

    explained(lambda: run_demo(out, data))


@app.command()
def acta(  # noqa: PLR0917 - the command's options
    audio: Annotated[Path, typer.Argument(help="Recording: any audio or video file")],
    skeleton: Annotated[Path | None, typer.Option(help="The council's own DOCX [default: ASTRA's]")] = None,
    timezone: Annotated[str, typer.Option(help="IANA name")] = "America/Bogota",
    out: Annotated[Path, typer.Option(help="The acta; its proof goes beside it")] = Path("acta.docx"),
    engine: EngineOption = None,
    model: ModelOption = None,
    speakers: Annotated[
        Path | None, typer.Option(help="CSV of who spoke when: start,end,speaker,treatment")
    ] = None,
    council: Annotated[str, typer.Option(help="Name of the council")] = "Concejo Municipal",
    field: Annotated[
        list[str] | None,
        typer.Option(help="Text for a placeholder of the skeleton, as NAME=TEXT; repeatable"),
    ] = None,
    data: DataOption = None,
) -> None:
    """Make and seal the acta of your own recording.

    \b
    Example:
      astra acta sesion.mp3 --skeleton concejo.docx --field ACTA_NUMERO=012 --out acta.docx
    """  # noqa: D301 - \b keeps the lines apart in the help
    from astra.entrypoints.cli.acta import ActaOptions, run_acta  # noqa: PLC0415 - as above

    options = ActaOptions(
        audio=audio,
        skeleton=skeleton,
        timezone=timezone,
        out=out,
        engine=engine,
        model=model,
        speakers=speakers,
        council=council,
        fields=tuple(field or ()),
        data=data,
    )
    explained(lambda: run_acta(options))


@app.command()
def transcribe(  # noqa: PLR0917 - the command's options
    recording: Annotated[str, typer.Argument(help="Any audio or video file, or its http(s) address")],
    engine: EngineOption = None,
    model: ModelOption = None,
    language: Annotated[str, typer.Option(help="What is spoken, as ISO 639-1")] = "es",
    format: Annotated[  # noqa: A002 - the option's name
        str, typer.Option("--format", help="json, txt, srt, vtt or rttm")
    ] = "txt",
    out: Annotated[Path | None, typer.Option(help="The transcript [default: standard output]")] = None,
    hotword: Annotated[
        list[str] | None, typer.Option(help="A name or word to expect, if the engine takes any; repeatable")
    ] = None,
    diarize: Annotated[
        str | None, typer.Option(help="Tell speakers apart: sortformer, titanet or pyannote")
    ] = None,
    min_speakers: Annotated[int, typer.Option(min=1, help="How many there are at least")] = 1,
    max_speakers: Annotated[
        int | None, typer.Option(min=1, help="How many there are at most [default: any number]")
    ] = None,
    *,
    words: Annotated[bool, typer.Option("--words", help="Times of words too (json)")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where it was stopped")] = False,
) -> None:
    """Write down what a recording says, with its times.

    Ctrl-C stops it and loses nothing that was heard: the same command with --resume goes on.

    \b
    Examples:
      astra transcribe sesion.mp3
      astra transcribe sesion.mp3 --format srt --out sesion.srt
      astra transcribe sesion.mp3 --engine parakeet --format json --out sesion.json --resume
      astra transcribe sesion.mp3 --diarize sortformer --format vtt --out sesion.vtt
    """  # noqa: D301 - \b keeps the lines apart in the help
    from astra.core.diarization.values import SpeakerBounds  # noqa: PLC0415 - as above
    from astra.core.values import TranscribeOptions  # noqa: PLC0415 - as above
    from astra.entrypoints.cli.transcribe import TranscribeCommand, run_transcribe  # noqa: PLC0415

    options = TranscribeOptions(language=language, word_times=words, hotwords=tuple(hotword or ()))
    command = TranscribeCommand(
        recording=recording,
        engine=engine,
        model=model,
        options=options,
        format=format,
        out=out,
        resume=resume,
        diarizer=diarize,
        bounds=SpeakerBounds(fewest=min_speakers, most=max_speakers),
    )
    explained(lambda: run_transcribe(command))


@app.command()
def verify(
    document: Annotated[Path, typer.Argument(help="The acta (DOCX)")],
    proof: Annotated[Path, typer.Option(help="Its proof")] = Path("proof.json"),
    key: Annotated[
        list[str] | None,
        typer.Option(help="Fingerprint that the council has published; repeatable"),
    ] = None,
) -> None:
    """Check an acta against its proof, without any server.

    Exit code 0 only if everything holds.
    """
    from astra.entrypoints.cli.verify import run_verify  # noqa: PLC0415 - as above

    explained(lambda: run_verify(document, proof, frozenset(key) if key else None))


@app.command()
def up(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8080,
    data: DataOption = None,
) -> None:
    """Serve the API until Ctrl-C.

    With nothing configured it brings its own PostgreSQL, Redis and object store.
    """
    from astra.entrypoints.cli.up import run_up  # noqa: PLC0415 - as above

    explained(lambda: run_up(host, port, data))


@app.command()
def doctor(data: DataOption = None) -> None:
    """Say what this machine has and what it lacks."""
    from astra.entrypoints.cli.doctor import run_doctor  # noqa: PLC0415 - as above

    explained(lambda: run_doctor(data))


def main() -> None:
    """Run the command line."""
    app()
