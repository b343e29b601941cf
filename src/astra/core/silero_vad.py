"""`VoiceDetector` over Silero VAD v6, as faster-whisper bundles it."""

from typing import Final

from astra.core.values import SAMPLE_RATE, SAMPLES_PER_MS, Pcm16k

_THRESHOLD: Final = 0.4  # probability of voice; a lost word costs more than a little extra silence
_SHORTEST_VOICE_MS: Final = 90
_SHORTEST_PAUSE_MS: Final = 250
_PAD_MS: Final = 100  # soft first and last sounds of a word lie outside the detector's stretch
_SHORTEST_AUDIO: Final = 512  # samples; the detector's window


class SileroVad:
    """Runs the ONNX model on one CPU thread; 7.5 CPU-seconds for an hour of sound."""

    def speech_ms(self, audio: Pcm16k) -> list[tuple[int, int]]:
        if len(audio) < _SHORTEST_AUDIO:
            return []
        from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415  # loads onnxruntime

        options = VadOptions(
            threshold=_THRESHOLD,
            min_speech_duration_ms=_SHORTEST_VOICE_MS,
            min_silence_duration_ms=_SHORTEST_PAUSE_MS,
            speech_pad_ms=_PAD_MS,
        )
        stretches = get_speech_timestamps(audio, options, sampling_rate=SAMPLE_RATE)
        return [(found["start"] // SAMPLES_PER_MS, found["end"] // SAMPLES_PER_MS) for found in stretches]
