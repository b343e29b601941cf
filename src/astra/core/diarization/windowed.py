"""`Diarizer` over any `LocalDiarizer`: chunk after chunk, then who is who over the whole recording."""

from collections.abc import Iterable

from astra.core.diarization.linking import VoiceBook
from astra.core.diarization.ports import LocalDiarizer
from astra.core.diarization.smoothing import smoothed
from astra.core.diarization.values import SpeakerBounds, SpeakerTurn
from astra.core.pipeline.chunking import Chunker
from astra.core.ports import VoiceDetector
from astra.core.values import MissingSound, Pcm16k


class WindowedDiarizer:
    """Holds one chunk of sound and a bounded number of vectors, besides the turns.

    Args:
        local: tells voices apart within a chunk.
        voice_detector: tells where there is voice; chunks end in its pauses, and those without any are
            not listened to.
    """

    def __init__(self, local: LocalDiarizer, voice_detector: VoiceDetector) -> None:
        self._local = local
        self._voice_detector = voice_detector

    def turns(
        self, sound: Iterable[Pcm16k | MissingSound], bounds: SpeakerBounds | None = None
    ) -> list[SpeakerTurn]:
        book = VoiceBook(self._local.same_voice)
        for chunk in Chunker(self._voice_detector, longest_ms=self._local.longest_ms).chunks(sound):
            if chunk.speech:
                book.add(voice.shifted(chunk.start_ms) for voice in self._local.voices(chunk))
        return smoothed(book.people(bounds or SpeakerBounds()), self._local.blur_ms)

    def close(self) -> None:
        self._local.close()
