"""What is measured of CORE as a service, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

from astra.bootstrap.metrics import Metrics


class CoreMetrics(Metrics):
    """The metrics of requests, and those of hearing."""

    def __init__(self) -> None:
        super().__init__()
        self.running = Gauge(
            "astra_core_running", "Requests that are being heard or understood", registry=self.registry
        )
        self.waiting = Gauge(
            "astra_core_queue_length", "Requests that wait to be heard", registry=self.registry
        )
        self.uploading = Gauge(
            "astra_core_uploads", "Requests whose bodies are arriving", registry=self.registry
        )
        self.audio_seconds = Counter(
            "astra_core_audio_seconds", "Sound heard, in seconds", ["model"], registry=self.registry
        )
        self.engine_seconds = Counter(
            "astra_core_engine_seconds", "Time spent in calls of the model", ["model"], registry=self.registry
        )
        self.real_time_factor = Histogram(
            "astra_core_real_time_factor",
            "Seconds of work for a second of sound, by request",
            registry=self.registry,
            buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        )
        self.refused = Counter(
            "astra_core_refused", "Requests refused, by reason", ["code"], registry=self.registry
        )
