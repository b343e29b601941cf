"""The intents CORE knows, their Spanish labels and the templates they lead to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Intent(StrEnum):
    """What an utterance does in the session."""

    OPENING = "OPENING"
    ROLL_CALL = "ROLL_CALL"  # one councillor answers, or is reported absent
    QUORUM = "QUORUM"
    AGENDA_ITEM = "AGENDA_ITEM"
    AGENDA_ADVANCE = "AGENDA_ADVANCE"  # "continuamos con el tercer punto"
    READING = "READING"  # a document is read aloud
    TURN = "TURN"  # the chair gives somebody the floor
    MOTION = "MOTION"
    MOTION_PROPOSER = "MOTION_PROPOSER"
    VOTE_OPEN = "VOTE_OPEN"
    VOTE_CAST = "VOTE_CAST"  # one councillor's vote in a roll-call
    VOTE_RESULT = "VOTE_RESULT"
    CLOSING = "CLOSING"
    CONVOCATION = "CONVOCATION"


@dataclass(frozen=True, slots=True)
class IntentFacts:
    """The label staff read and the template the intent leads to."""

    label: str
    template_id: str | None


FACTS: Final = {
    Intent.OPENING: IntentFacts("Apertura de la sesión", "TPL_APERTURA"),
    Intent.ROLL_CALL: IntentFacts("Llamado a lista", None),
    Intent.QUORUM: IntentFacts("Cuórum", "TPL_QUORUM"),
    Intent.AGENDA_ITEM: IntentFacts("Punto del orden del día", "TPL_PUNTO"),
    Intent.AGENDA_ADVANCE: IntentFacts("Paso al siguiente punto", "TPL_DESARROLLO_PUNTO"),
    Intent.READING: IntentFacts("Lectura", "TPL_LECTURA"),
    Intent.TURN: IntentFacts("Uso de la palabra", None),
    Intent.MOTION: IntentFacts("Proposición", "TPL_PROPOSICION"),
    Intent.MOTION_PROPOSER: IntentFacts("Proponente", "TPL_PROPONENTE"),
    Intent.VOTE_OPEN: IntentFacts("Apertura de la votación", None),
    Intent.VOTE_CAST: IntentFacts("Voto nominal", None),
    Intent.VOTE_RESULT: IntentFacts("Resultado de la votación", "TPL_RESULTADO_VOTACION"),
    Intent.CLOSING: IntentFacts("Cierre de la sesión", "TPL_CIERRE"),
    Intent.CONVOCATION: IntentFacts("Convocatoria", "TPL_CONVOCATORIA"),
}
