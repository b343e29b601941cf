"""Who is who across the chunks of a recording, however many chunks there are.

The second stage of two: within chunks voices are told apart by a `LocalDiarizer`, and here their vectors are
clustered. When too many are held, the most alike are joined for good, so that neither memory nor the
clustering grows with the recording: as the pre-clusterer of Wang et al., "Highly Efficient Real-Time
Streaming and Fully On-Device Speaker Diarization with Multi-Stage Clustering" (arXiv 2210.13690).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from astra.core.diarization.clustering import Labels, Linkage, grouped
from astra.core.diarization.values import LocalTurn, LocalVoice, SpeakerBounds

_LEAST_SPEECH_MS: Final = 1_000  # who is heard for less in a whole recording is a noise, or somebody else
_OVERLAP_MS: Final = 200  # two voices heard together for longer are two people


class VoiceBook:
    """The voices of a recording so far.

    Args:
        same_voice: see `LocalDiarizer.same_voice`.
        most_voices: how many are held; then the most alike are joined until half are left.
    """

    def __init__(self, same_voice: float, most_voices: int = 2_000) -> None:
        self._same_voice = same_voice
        self._most_voices = most_voices
        self._voices: list[LocalVoice] = []

    @property
    def held(self) -> int:
        return len(self._voices)

    def add(self, voices: Iterable[LocalVoice]) -> None:
        """Take the voices of the next chunk, in the recording's time."""
        self._voices.extend(voice for voice in voices if voice.speech_ms)
        if len(self._voices) > self._most_voices:
            half = self._most_voices // 2
            bounds = SpeakerBounds(fewest=half, most=half)
            self._voices = list(joined(self._voices, self._labels(Linkage(same_voice=1.0, bounds=bounds))))

    def people(self, bounds: SpeakerBounds) -> list[tuple[LocalTurn, ...]]:
        """Return the turns of each speaker."""
        linkage = Linkage(same_voice=self._same_voice, bounds=bounds, least_weight=_LEAST_SPEECH_MS)
        return [person.turns for person in joined(self._voices, self._labels(linkage))]

    def _labels(self, linkage: Linkage) -> Labels:
        return grouped(
            np.array([voice.vector for voice in self._voices], dtype=np.float32),
            np.array([voice.speech_ms for voice in self._voices], dtype=np.float64),
            linkage,
            simultaneous(self._voices),
        )


def joined(voices: Sequence[LocalVoice], labels: Labels) -> Iterator[LocalVoice]:
    """Yield one voice a label, in order of the labels: the turns of all, and the mean of their vectors."""
    for label in range(labels.max(initial=-1) + 1):
        same = [voices[index] for index in np.flatnonzero(labels == label).tolist()]
        weights = np.array([voice.speech_ms for voice in same], dtype=np.float32)
        yield LocalVoice(
            turns=tuple(
                sorted((turn for voice in same for turn in voice.turns), key=lambda turn: turn.start_ms)
            ),
            vector=np.average([voice.vector for voice in same], axis=0, weights=weights).astype(np.float32),
        )


def simultaneous(voices: Sequence[LocalVoice]) -> list[tuple[int, int]]:
    """Return the pairs of voices that are heard at the same time, for long enough to be sure."""
    together: dict[tuple[int, int], int] = {}
    speaking: list[tuple[int, int]] = []  # end, voice
    starts = (
        (turn.start_ms, turn.end_ms, index) for index, voice in enumerate(voices) for turn in voice.turns
    )
    for start, end, index in sorted(starts):
        speaking = [(until, other) for until, other in speaking if until > start]
        for until, other in speaking:
            pair = (min(index, other), max(index, other))
            together[pair] = together.get(pair, 0) + min(until, end) - start
        speaking.append((end, index))
    return sorted(pair for pair, ms in together.items() if pair[0] != pair[1] and ms > _OVERLAP_MS)
