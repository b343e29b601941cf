"""What the verifier answers: each check in order, told in Spanish and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from astra.kernel.json_value import JsonObject


class CheckName(StrEnum):
    """The checks, in the order they are made."""

    PROOF_FORMAT = "proof_format"
    MANIFEST_HASH = "manifest_hash"
    SIGNATURE = "signature"
    DOCUMENT = "document"
    CHECKPOINT = "checkpoint"
    LOG_INCLUSION = "log_inclusion"
    KEY_TRUST = "key_trust"


class Outcome(StrEnum):
    """What came of a check."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was checked."""

    name: CheckName
    outcome: Outcome
    message_es: str
    message_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFacts:
    """What the signed manifest says; given only when its hash and its signature hold."""

    snapshot_id: str
    parent_snapshot_id: str | None
    integrity_hash: str
    session_id: str
    tenant_id: str
    tenant_name: str
    sealed_at: datetime
    sealed_by: str
    document_name: str | None  # None when the document given is not one of those sealed
    document_names: tuple[str, ...]
    audio_count: int
    audio_bytes: int
    duration_ms: int
    text_ms: int
    silence_ms: int
    gap_ms: int
    engines: tuple[Mapping[str, str], ...]
    pins: JsonObject
    block_count: int
    key_id: str
    log_key_id: str
    log_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to "is this the acta that was sealed?"."""

    checks: tuple[Check, ...]
    facts: SealedFacts | None

    @property
    def holds(self) -> bool:
        """True only if every check was made and holds; `key_trust` may be left to the reader."""
        return {check.name for check in self.checks} == set(CheckName) and all(
            check.outcome is Outcome.HOLDS or _is_left_to_the_reader(check) for check in self.checks
        )

    @property
    def failed(self) -> CheckName | None:
        """The first check that does not hold; None if none failed."""
        return next((check.name for check in self.checks if check.outcome is Outcome.FAILS), None)


_MESSAGES: Final[Mapping[tuple[CheckName, Outcome], tuple[str, str]]] = {
    (CheckName.PROOF_FORMAT, Outcome.HOLDS): (
        "La prueba está completa y en su forma exacta.",
        "The proof is complete and in its exact form.",
    ),
    (CheckName.PROOF_FORMAT, Outcome.FAILS): (
        "La prueba está alterada, incompleta, o no es una prueba de ASTRA.",
        "The proof is altered, incomplete, or not one of ASTRA's",
    ),
    (CheckName.MANIFEST_HASH, Outcome.HOLDS): (
        "El manifiesto coincide con su huella.",
        "The manifest matches its hash.",
    ),
    (CheckName.MANIFEST_HASH, Outcome.FAILS): (
        "El manifiesto no coincide con su huella: la prueba fue alterada.",
        "The manifest does not match its hash: the proof was altered.",
    ),
    (CheckName.SIGNATURE, Outcome.HOLDS): (
        "La firma sobre el manifiesto es válida.",
        "The signature over the manifest is valid.",
    ),
    (CheckName.SIGNATURE, Outcome.FAILS): (
        "La firma no corresponde al manifiesto o a la clave que dice haber firmado.",
        "The signature is not that of this manifest, or not by the key it names.",
    ),
    (CheckName.DOCUMENT, Outcome.HOLDS): (
        "El documento es, byte por byte, el que se selló.",
        "The document is, byte for byte, the one that was sealed.",
    ),
    (CheckName.DOCUMENT, Outcome.FAILS): (
        "El documento no es el que se selló: cambió al menos un byte.",
        "The document is not the one that was sealed: at least one byte differs.",
    ),
    (CheckName.CHECKPOINT, Outcome.HOLDS): (
        "El punto de control del registro está firmado.",
        "The log's checkpoint is signed.",
    ),
    (CheckName.CHECKPOINT, Outcome.FAILS): (
        "El punto de control del registro fue alterado o no lo firmó la clave que dice.",
        "The log's checkpoint was altered, or is not signed by the key it names.",
    ),
    (CheckName.LOG_INCLUSION, Outcome.HOLDS): (
        "El sello consta en el registro.",
        "The seal is in the log.",
    ),
    (CheckName.LOG_INCLUSION, Outcome.FAILS): (
        "El registro no contiene este sello en esa posición.",
        "The log does not hold this seal at that position.",
    ),
    (CheckName.KEY_TRUST, Outcome.HOLDS): (
        "Las claves del concejo y del registro son de confianza.",
        "The council's and the log's keys are trusted.",
    ),
    (CheckName.KEY_TRUST, Outcome.FAILS): (
        "Una de las claves no está entre las de confianza: pudo sellarlo alguien que no es el concejo.",
        "One of the keys is not trusted: someone other than the council may have sealed this.",
    ),
    (CheckName.KEY_TRUST, Outcome.NOT_CHECKED): (
        "No se dieron claves de confianza: compare la huella de la clave con la que publica el concejo.",
        "No trusted keys were given: compare the key's fingerprint with the one the council publishes.",
    ),
}

_BLOCKED: Final = (
    "No se comprobó, porque algo anterior no se cumple.",
    "Not checked, because something before it does not hold.",
)


def check(name: CheckName, outcome: Outcome, detail: str = "") -> Check:
    """Return the check with its messages; `detail`, in English, says more to a technical reader."""
    message_es, message_en = _MESSAGES[name, outcome]
    return Check(
        name=name,
        outcome=outcome,
        message_es=message_es,
        message_en=f"{message_en}: {detail}" if detail else message_en,
    )


def checked(name: CheckName, *, holds: bool) -> Check:
    """Return the check as one that was made."""
    return check(name, Outcome.HOLDS if holds else Outcome.FAILS)


def blocked(name: CheckName) -> Check:
    """Return the check as one that could not be made."""
    message_es, message_en = _BLOCKED
    return Check(name=name, outcome=Outcome.NOT_CHECKED, message_es=message_es, message_en=message_en)


def _is_left_to_the_reader(check: Check) -> bool:
    return check.name is CheckName.KEY_TRUST and check.outcome is Outcome.NOT_CHECKED
