"""A client at work: the sample session through the public API, from start to sealed acta."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from astra.client import AstraClient
from astra.entrypoints.cli.demo.picture import CAPTION, chart
from astra.entrypoints.cli.demo.recording import LiveChunk
from astra.samples import Sample

PICTURE_AFTER: Final = "zapata"  # the image belongs to this speaker's turn
LONG_TURN_MS: Final = 10_000
TOPIC: Final = "Sesión ordinaria"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What the client holds at the end."""

    session_id: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    acta: bytes = b""
    proof: bytes = b""
    transcript: bytes = b""
    integrity_hash: str = ""
    audit_report: Mapping[str, Any] = field(default_factory=dict)
    stages_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage."""
        started = time.perf_counter()
        yield
        self.stages_s[name] = round(time.perf_counter() - started, 3)


Told = Callable[[str, int], None]  # what is being done, and how many milliseconds of sound it took in


async def drive(client: AstraClient, sample: Sample, chunks: list[LiveChunk], told: Told) -> Outcome:
    """Hold the session and return what came of it."""
    outcome = Outcome()
    with outcome.stage("start"):
        session = await client.start_session(client_timezone=sample.timezone, metadata=metadata_of(sample))
        outcome.session_id = session["session_id"]
    with outcome.stage("append"):
        await append_all(client, outcome.session_id, chunks, told)
    outcome.blocks = await client.blocks(outcome.session_id)
    with outcome.stage("finalize"):
        told("finalize", 0)
        result = await client.finalize(outcome.session_id, lambda progress: told(progress["step"].lower(), 0))
    with outcome.stage("download"):
        outcome.acta = await client.download(result["download_url"])
        outcome.proof = await client.download(result["proof_url"])
        outcome.transcript = await client.download(result["transcript_url"])
    outcome.integrity_hash = result["integrity_hash"]
    outcome.audit_report = result["audit_report"]
    return outcome


async def append_all(client: AstraClient, session_id: str, chunks: list[LiveChunk], told: Told) -> None:
    """Send the chunks in order, saying before each who speaks, and one picture."""
    has_picture = False
    for number, chunk in enumerate(chunks):
        await client.set_context(
            session_id,
            current_speaker_id=chunk.speaker_id,
            topic=TOPIC,
            visibility="RESTRICTED" if chunk.is_reserved else "PUBLIC",
        )
        await client.append_audio(session_id, number, chunk.audio)
        told("append", chunk.duration_ms)
        is_turn = chunk.speaker_id == PICTURE_AFTER and chunk.duration_ms > LONG_TURN_MS
        if is_turn and not has_picture:
            await client.upload_asset(session_id, chart(), CAPTION)
            has_picture = True


def metadata_of(sample: Sample) -> dict[str, str]:
    """Return what the secretary knows before the session: it fills the skeleton's placeholders."""
    officers = {person.treatment: person.name for person in sample.people}
    return {
        "TIPO_SESION": f"Sesión {sample.kind}",
        "ACTA_NUMERO": f"{sample.number:03}",
        "FECHA": sample.long_date,
        "CIUDAD_FECHA": f"{sample.municipality}, {sample.long_date}",
        "LUGAR": sample.place,
        "FIRMA_PRESIDENTE": officers["el presidente"],
        "FIRMA_SECRETARIO": officers["el secretario"],
    }
