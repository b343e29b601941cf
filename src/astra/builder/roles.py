"""Semantic roles of paragraphs: what a paragraph is, from which the skeleton's style follows."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a paragraph of an acta is. A style map goes from these names to the skeleton's styles."""

    BODY = "BODY"
    TURN = "TURN"  # the formula that gives somebody the floor
    QUOTE = "QUOTE"  # somebody's words
    AGENDA_ITEM = "AGENDA_ITEM"  # a line of the orden del día
    SECTION = "SECTION"  # the heading of an agenda item's development
    MOTION = "MOTION"
    VOTE = "VOTE"
    NOTE = "NOTE"
    PENDING = "PENDING"  # something a person has still to listen to or review
    PICTURE = "PICTURE"
    CAPTION = "CAPTION"


DEFAULT_STYLES: Final[Mapping[Role, str]] = {
    Role.BODY: "Acta Texto",
    Role.TURN: "Acta Intervención",
    Role.QUOTE: "Acta Cita",
    Role.AGENDA_ITEM: "Acta Orden del Día",
    Role.SECTION: "Acta Punto",
    Role.MOTION: "Acta Proposición",
    Role.VOTE: "Acta Votación",
    Role.NOTE: "Acta Nota",
    Role.PENDING: "Acta Pendiente",
    Role.PICTURE: "Acta Imagen",
    Role.CAPTION: "Acta Pie de Imagen",
}
"""The styles of the default skeleton; a request's style map goes before them."""

TEMPLATE_ROLES: Final[Mapping[str, Role]] = {
    "TPL_PUNTO": Role.AGENDA_ITEM,
    "TPL_DESARROLLO_PUNTO": Role.SECTION,
    "TPL_PROPOSICION": Role.MOTION,
    "TPL_RESULTADO_VOTACION": Role.VOTE,
}
"""The role of each template that is not plain body text."""


def role_of_template(template_id: str) -> Role:
    """Return the role of a template's paragraph; `BODY` for templates of the tenant's own."""
    return TEMPLATE_ROLES.get(template_id, Role.BODY)
