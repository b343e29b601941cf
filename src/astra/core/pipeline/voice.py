"""From the probability of voice of each window to stretches with voice."""

from collections.abc import Iterator, Sequence
from typing import Final

THRESHOLD: Final = 0.4  # probability of voice; a lost word costs more than a little extra silence
_RELEASE: Final = 0.25  # below this a voice ends; between both it goes on
_SHORTEST_VOICE_MS: Final = 90
_SHORTEST_PAUSE_MS: Final = 250
_PAD_MS: Final = 100  # soft first and last sounds of a word lie outside the detector's stretch

Stretch = tuple[int, int]  # [start_ms, end_ms)


def stretches_of(
    probabilities: Sequence[float], window_ms: int, offset_ms: int, end_ms: int
) -> list[Stretch]:
    """Return the stretches with voice, in order, not overlapping, within [0, end_ms).

    The first window begins at `offset_ms`, which may be negative. As Silero's `get_speech_timestamps`: a
    voice begins at a window over the threshold and ends before a pause of 250 ms under the release level.
    """
    found = [
        (max(start * window_ms + offset_ms, 0), min(end * window_ms + offset_ms, end_ms))
        for start, end in _runs(probabilities, -(-_SHORTEST_PAUSE_MS // window_ms))
    ]
    return _padded([voice for voice in found if voice[1] - voice[0] > _SHORTEST_VOICE_MS], end_ms)


def common(first: Sequence[Stretch], second: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield what stretches of two kinds have in common."""
    for start, end in first:
        for other_start, other_end in second:
            if start < other_end and other_start < end:
                yield max(start, other_start), min(end, other_end)


def _runs(probabilities: Sequence[float], pause: int) -> Iterator[tuple[int, int]]:
    """Yield [first window, window after the last) of each voice; `pause` windows of silence end one."""
    start = quiet = -1
    for index, probability in enumerate(probabilities):
        if probability >= THRESHOLD:
            start, quiet = (index if start < 0 else start), -1
        elif probability < _RELEASE and start >= 0:
            quiet = index if quiet < 0 else quiet
            if index - quiet >= pause:
                yield start, quiet
                start = quiet = -1
    if start >= 0:
        yield start, len(probabilities)


def _padded(voices: list[Stretch], end_ms: int) -> list[Stretch]:
    """Widen each voice by the pad, or by half of a shorter pause."""
    padded: list[Stretch] = []
    for index, (start, end) in enumerate(voices):
        before = padded[-1][1] if padded else 0
        after = voices[index + 1][0] if index + 1 < len(voices) else end_ms + _PAD_MS
        pad_after = min(_PAD_MS, (after - end) // 2)
        padded.append((max(start - _PAD_MS, before), min(end + pad_after, end_ms)))
    return padded
