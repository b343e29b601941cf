"""`astra serve`: single services. Each one's code is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from astra.entrypoints.cli.outcome import explained

EPILOG = """\b
Examples:
  astra serve core --model demo                         try it, on this machine only
  astra serve core --engine whisper --model large-v3    on http://127.0.0.1:8090
  astra serve core --host 0.0.0.0 --api-key-file keys   for other machines, which need a key
"""

app = typer.Typer(help="Serve one part of ASTRA by itself.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Hold the commands together, also while there is only one."""


@app.command(epilog=EPILOG)
def core(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8090,
    engine: Annotated[str | None, typer.Option(help="Recognition engine [default: whisper]")] = None,
    model: Annotated[
        str | None, typer.Option(help="Hub name, local folder, or demo [default: the engine's own]")
    ] = None,
    api_key_file: Annotated[
        Path | None,
        typer.Option(help="File of API keys, one a line [default: those of ASTRA_CORE_API_KEYS]"),
    ] = None,
) -> None:
    """Serve CORE until Ctrl-C: speech recognition and understanding over HTTP.

    It speaks OpenAI's API for transcriptions, Deepgram's for live sound, and ASTRA's own. Without API keys it
    listens on this machine only.
    """
    from astra.entrypoints.cli.serve_core import run_serve_core  # noqa: PLC0415 - see the module's docstring

    explained(lambda: run_serve_core(host, port, engine, model, api_key_file))
