"""The realtime mode: live transcriptions that share one engine."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import check
from astra.core.ports import VoiceDetector
from astra.core.streaming.listener import Listener
from astra.core.streaming.live import LiveTranscript
from astra.core.streaming.options import LiveOptions
from astra.core.values import EngineFeatures, EngineIdentity, TranscribeOptions


class RealtimeTranscriber:
    """Opens live transcriptions; safe from several threads.

    Args:
        engine: what hears; each live transcription holds a lease of it until it is closed.
        voice_detector: tells where there is voice; sound without voice is never given to the engine.
        monotonic: seconds; tells how long hearings take.
    """

    def __init__(
        self,
        *,
        engine: SharedEngine,
        voice_detector: VoiceDetector,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._voice_detector = voice_detector
        self._monotonic = monotonic

    @property
    def identity(self) -> EngineIdentity:
        """The engine and its model; reading it may take the time of hashing the model's files."""
        return self._engine.identity

    @property
    def features(self) -> EngineFeatures:
        return self._engine.features

    def check(self, options: LiveOptions) -> None:
        """Refuse what the engine cannot do; `OptionUnsupported`."""
        check(_engine_options(options), self.features)

    def open(self, options: LiveOptions) -> LiveTranscript:
        """Begin to follow a stream; the model is loaded now if it is not in memory.

        Raises:
            EngineUnavailable: the model cannot be had.
            OptionUnsupported: the engine cannot do what the options ask.
        """
        self.check(options)
        features = self.features
        with ExitStack() as stack:
            listener = Listener(
                stack.enter_context(self._engine.lease()),
                identity=self.identity,
                features=features,
                options=_engine_options(options),
                monotonic=self._monotonic,
            )
            return LiveTranscript(
                listener=listener,
                voice_detector=self._voice_detector,
                options=replace(options, longest_ms=min(options.longest_ms, features.longest_ms)),
                on_close=stack.pop_all().close,
            )
        raise AssertionError  # the stack swallows nothing


def _engine_options(options: LiveOptions) -> TranscribeOptions:
    return TranscribeOptions(language=options.language, hotwords=options.hotwords)
