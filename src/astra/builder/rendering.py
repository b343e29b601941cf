"""Blocks of one zone to WordprocessingML, in order."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from astra.builder.formulas import TURN_TEMPLATE, filled, missing_fields
from astra.builder.illustrations import Illustrations
from astra.builder.roles import Role, role_of_template
from astra.builder.styles import RoleStyles
from astra.builder.tables import RESTRICTED_TEXT
from astra.builder.warnings import Warnings
from astra.builder.wordml import paragraph
from astra.kernel.blocks import AudioSpan, Block, BlockState, BlockType, Speaker, Templates, Visibility
from astra.kernel.json_value import JsonObject

_KEEPS_THE_FLOOR: Final = frozenset({BlockType.IMAGE, BlockType.SYSTEM_NOTE})
_TURN_WITHOUT_TEMPLATE: Final = "{NOMBRE}:"
_MS_PER_S: Final = 1000


class ZoneRenderer:
    """Renders the blocks of a zone; one serves all zones of a document, one after another."""

    def __init__(
        self, *, templates: Templates, styles: RoleStyles, illustrations: Illustrations, warnings: Warnings
    ) -> None:
        self._templates = templates
        self._styles = styles
        self._illustrations = illustrations
        self._warnings = warnings
        self._renderers: Mapping[BlockType, Callable[[Block], Iterable[str]]] = {
            BlockType.TEXT: self._body,
            BlockType.TEMPLATE: self._template,
            BlockType.DYNAMIC_ZONE: self._dynamic_zone,
            BlockType.TABLE_ROW: self._row_without_table,
            BlockType.IMAGE: self._image,
            BlockType.SYSTEM_NOTE: self._note,
            BlockType.AUDIO_PENDING: self._audio_pending,
            BlockType.ERROR_PENDING_REVIEW: self._review_pending,
        }

    def render(self, blocks: Iterable[Block]) -> str:
        """Return the zone's paragraphs as XML; "" when the blocks say nothing."""
        pieces: list[str] = []
        turn: list[Block] = []
        floor: Speaker | None = None
        after_restricted = False
        for block in filter(_says_something, blocks):
            if turn and not _continues(turn[-1], block):
                pieces += self._quotes(turn)
                turn = []
            if block.visibility is Visibility.RESTRICTED:
                pieces += [] if after_restricted else [self._line(RESTRICTED_TEXT, Role.NOTE)]
                after_restricted, floor = True, None
                continue
            after_restricted = False
            if not _is_speech(block):
                pieces += self._other(block)
                floor = floor if block.type in _KEEPS_THE_FLOOR else None
                continue
            if floor != block.speaker and block.speaker is not None:
                pieces.append(self._floor(block.speaker))
            floor = block.speaker
            turn.append(block)
        return "".join([*pieces, *self._quotes(turn)])

    def _line(self, text: str, role: Role) -> str:
        return paragraph(text, self._styles.id_of(role))

    def _floor(self, speaker: Speaker) -> str:
        formula = self._templates.get(TURN_TEMPLATE)
        if formula is None:
            self._warnings.add("missing_template", TURN_TEMPLATE)
            formula = _TURN_WITHOUT_TEMPLATE
        values: JsonObject = {
            "TRATAMIENTO": speaker.treatment,
            "NOMBRE": speaker.name,
            "PARTIDO": speaker.party,
        }
        return self._line(filled(formula, values), Role.TURN)

    def _quotes(self, turn: list[Block]) -> list[str]:
        """Quote a turn: the marks open before its first paragraph and close after its last."""
        words = [block.current_text.strip() for block in turn]
        if not words:
            return []
        words[0] = f"“{words[0]}"
        words[-1] = f"{words[-1]}”"
        return [self._line(each, Role.QUOTE) for each in words]

    def _other(self, block: Block) -> Iterable[str]:
        if block.state is BlockState.PROCESSING and not block.current_text:
            return self._audio_pending(block)
        return self._renderers[block.type](block)

    def _body(self, block: Block) -> Iterable[str]:
        text = block.current_text.strip()
        return [self._line(text, Role.BODY)] if text else []

    def _template(self, block: Block) -> Iterable[str]:
        template_id = block.template_id or ""
        role = role_of_template(template_id)
        if block.revisions:
            return [self._line(block.current_text, role)]
        formula = self._templates.get(template_id)
        if formula is None:
            self._warnings.add("missing_template", f"{template_id} {block.block_id}")
            return self._body(block)
        if missing := missing_fields(formula, block.data):
            self._warnings.add("missing_field", f"{template_id} {', '.join(missing)} {block.block_id}")
            return [self._line(block.current_text, role)] if block.current_text else []
        return [self._line(filled(formula, block.data), role)]

    def _dynamic_zone(self, block: Block) -> Iterable[str]:
        self._warnings.add("dynamic_zone", str(block.block_id))
        return self._body(block)

    def _row_without_table(self, block: Block) -> Iterable[str]:
        return self._body(block)

    def _image(self, block: Block) -> Iterable[str]:
        return self._illustrations.render(block)

    def _note(self, block: Block) -> Iterable[str]:
        return [self._line(block.current_text, Role.NOTE)] if block.current_text else []

    def _audio_pending(self, block: Block) -> Iterable[str]:
        when = f" · {_clock(block.audio)}" if block.audio else ""
        url = block.data.get("fallback_url")
        where = f" Audio disponible en: {url}" if isinstance(url, str) and url else ""
        return [self._line(f"[Audio pendiente de transcripción{when}]{where}", Role.PENDING)]

    def _review_pending(self, block: Block) -> Iterable[str]:
        return [self._line(f"[Pendiente de revisión] {block.current_text}".rstrip(), Role.PENDING)]


def _says_something(block: Block) -> bool:
    """Tell silence from words that are still owed; silence leaves no trace in a turn."""
    owed = block.type is not BlockType.TEXT or block.state is BlockState.PROCESSING
    return owed or bool(block.current_text.strip())


def _is_speech(block: Block) -> bool:
    return block.type is BlockType.TEXT and block.speaker is not None and bool(block.current_text.strip())


def _continues(last: Block, block: Block) -> bool:
    same = _is_speech(block) and block.speaker == last.speaker
    return same and block.visibility is Visibility.PUBLIC


def _clock(span: AudioSpan) -> str:
    """Write where something was heard as hours, minutes and seconds of the recording."""
    return f"{_hours(span.start_ms)} a {_hours(span.end_ms)}"


def _hours(position_ms: int) -> str:
    minutes, seconds = divmod(position_ms // _MS_PER_S, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
