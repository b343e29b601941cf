"""The kinds of session, and of documents that are read aloud by what they are called."""

from typing import Final

SESSIONS: Final = ("extraordinaria", "ordinaria", "plenaria", "permanente", "inaugural", "solemne")

DOCUMENTS: Final = {
    "acta": "acta",
    "orden del dia": "orden del día",
    "comunicacion": "comunicación",
    "comunicaciones": "comunicación",
    "correspondencia": "comunicación",
    "oficio": "comunicación",
    "carta": "comunicación",
    "memorial": "comunicación",
    "mensaje": "comunicación",
    "invitacion": "comunicación",
    "derecho de peticion": "comunicación",
    "proposicion": "proposición",
    "proposiciones": "proposición",
    "mocion": "proposición",
    "proyecto de acuerdo": "proyecto de acuerdo",
    "articulado": "proyecto de acuerdo",
    "articulo": "proyecto de acuerdo",
    "informe": "informe",
    "ponencia": "informe",
    "excusa": "excusa",
    "excusas": "excusa",
    "incapacidad": "excusa",
    "resolucion": "norma",
    "decreto": "norma",
    "acuerdo": "norma",
    "citacion": "citación",
    "cuestionario": "citación",
    "constancia": "constancia",
}
