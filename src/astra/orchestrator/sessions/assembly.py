"""From a drained session to what BUILDER needs: the text fields of the acta, and its blocks."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from astra.builder.values import ActaRequest
from astra.core.understanding.intents import Intent
from astra.kernel.blocks import Block, Visibility
from astra.kernel.coverage import SpanKind
from astra.kernel.ids import AssetId
from astra.kernel.json_value import JsonValue
from astra.orchestrator.sessions.deliberation import PRESENT, cells_of
from astra.orchestrator.sessions.dump import SessionDump


def acta_request(
    dump: SessionDump, skeleton: bytes, images: Mapping[AssetId, bytes], created_at: datetime
) -> ActaRequest:
    """Return the request for the session's acta; the same dump always gives the same request."""
    pins = dump.session.pins
    return ActaRequest(
        session_id=dump.session.session_id,
        title=title_of(dump),
        skeleton=skeleton,
        style_map=pins.config.style_map,
        templates=pins.config.templates,
        fields=fields_of(dump),
        blocks=with_agenda_titles(dump.blocks),
        created_at=created_at,
        images=images,
    )


def title_of(dump: SessionDump) -> str:
    """Return the document's title."""
    number = dump.session.metadata.get("ACTA_NUMERO", "")
    return " ".join(part for part in ("Acta", number, "·", dump.session.pins.council) if part)


def fields_of(dump: SessionDump) -> Mapping[str, str]:
    """Return the text of each placeholder: what was heard, what the client said, what is certain."""
    public = [block for block in dump.blocks if block.visibility is Visibility.PUBLIC]
    return {
        "HORA": hours_of(public),
        "AUSENTES": absences_of(public),
        **dump.session.metadata,
        "CONCEJO": dump.session.pins.council,
        "SESION_ID": dump.session.session_id,
        "NOTA_VERIFICACION": verification_note(dump),
    }


def with_agenda_titles(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks, each passage to a point with the title that the agenda gave it."""
    titles = {
        block.data.get("NUMERO"): block.data.get("TITULO")
        for block in blocks
        if block.intent == Intent.AGENDA_ITEM and block.visibility is Visibility.PUBLIC
    }
    return tuple(titled(block, titles) for block in blocks)


def titled(block: Block, titles: Mapping[JsonValue, JsonValue]) -> Block:
    """Return a passage to a point with its title, any other block as it is."""
    title = titles.get(block.data.get("NUMERO"))
    if block.intent != Intent.AGENDA_ADVANCE or block.data.get("TITULO") or title is None:
        return block
    return replace(block, data={**block.data, "TITULO": title})


def hours_of(blocks: Iterable[Block]) -> str:
    """Return "De las HH:MM a las HH:MM horas", as far as both were heard."""
    hours = {block.intent: str(block.data["HORA"]) for block in blocks if block.data.get("HORA")}
    start, end = hours.get(Intent.OPENING), hours.get(Intent.CLOSING)
    if start and end:
        return f"De las {start} a las {end} horas"
    if start:
        return f"Desde las {start} horas"
    return f"Hasta las {end} horas" if end else ""


def absences_of(blocks: Iterable[Block]) -> str:
    """Return those whom the roll call found absent, one a line, with the reason as it was said."""
    rows = [cells_of(block) for block in blocks if block.intent == Intent.ROLL_CALL]
    absent = [
        f"{row.get('NOMBRE')} ({str(row.get('ASISTENCIA')).lower()})"
        for row in rows
        if row.get("ASISTENCIA") != PRESENT
    ]
    return "\n".join(absent) or ("Ninguno" if rows else "")


def verification_note(dump: SessionDump) -> str:
    """Return how anyone can check the document, and what its sound amounts to."""
    coverage = dump.coverage
    text, silence, gap = (clock_of(coverage.total_ms(kind)) for kind in SpanKind)
    return (
        f"Grabación de {clock_of(coverage.duration_ms)}: {text} de voz, {silence} de silencio, "
        f"{gap} sin transcribir. Verifique este documento sin conexión con su archivo de prueba: "
        "astra verify acta.docx --proof proof.json"
    )


def clock_of(duration_ms: int) -> str:
    """Return a duration as H:MM:SS."""
    seconds = round(duration_ms / 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
