"""The session's transcript as WebVTT (W3C), one cue for each sentence, each with its voice."""

from collections.abc import Iterable, Iterator, Mapping

from astra.kernel.blocks import Block, Visibility

RESERVED = "[Fragmento reservado]"


def webvtt(blocks: Iterable[Block]) -> str:
    """Return the transcript; the words of RESTRICTED blocks are not in it."""
    cues = (
        f"{timestamp(start_ms)} --> {timestamp(end_ms)}\n{voice}{text}\n"
        for block in blocks
        for start_ms, end_ms, voice, text in cues_of(block)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def cues_of(block: Block) -> Iterator[tuple[int, int, str, str]]:
    """Yield (start_ms, end_ms, voice tag, text) of a block that was heard."""
    if block.audio is None:
        return
    voice = f"<v {escaped(block.speaker.name)}>" if block.speaker else ""
    if block.visibility is Visibility.RESTRICTED:
        yield block.audio.start_ms, block.audio.end_ms, voice, RESERVED
        return
    sentences = block.data.get("sentences")
    if block.revisions or not isinstance(sentences, list | tuple):
        yield block.audio.start_ms, block.audio.end_ms, voice, escaped(block.current_text)
        return
    for sentence in sentences:
        if isinstance(sentence, Mapping):
            start_ms, end_ms = int(str(sentence["start_ms"])), int(str(sentence["end_ms"]))
            yield start_ms, end_ms, voice, escaped(str(sentence["text"]))


def escaped(text: str) -> str:
    """Return text that WebVTT takes as text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def timestamp(at_ms: int) -> str:
    """Return a time as HH:MM:SS.mmm."""
    seconds, ms = divmod(at_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
