"""Every setting, read once from `ASTRA_…` variables (or a `.env` file) and nowhere else."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from astra.bootstrap.embedded.data_folder import default_data_folder

SCHEMES: Final = {
    "database_url": ("postgresql://", "postgresql+psycopg://", "postgres://"),
    "redis_url": ("redis://", "rediss://", "unix://"),
    "s3_endpoint_url": ("http://", "https://"),
    "public_url": ("http://", "https://"),
    "deepgram_url": ("http://", "https://"),
    "openai_url": ("http://", "https://"),
    "chat_url": ("http://", "https://"),
    "embeddings_url": ("http://", "https://"),
}


class Settings(BaseSettings):
    """The settings of a deployment; `docs/settings.md` is written from these descriptions."""

    model_config = SettingsConfigDict(env_prefix="ASTRA_", env_file=".env", extra="ignore")

    data: Path = Field(
        default_factory=default_data_folder,
        description="Folder of the embedded servers, the folder object store and the master key.",
    )
    database_url: str | None = Field(
        None, description="PostgreSQL 15 or later (postgresql://…). Unset: the embedded one."
    )
    redis_url: str | None = Field(
        None, description="Redis 6.2 or later, or Valkey (redis://…). Unset: the embedded one."
    )
    s3_endpoint_url: str | None = Field(
        None, description="S3 API of the object store. Unset: a folder under the data folder."
    )
    s3_region: str = Field("auto", description="Region of the object store.")
    s3_access_key: SecretStr | None = Field(None, description="Access key of the object store.")
    s3_secret_key: SecretStr | None = Field(None, description="Secret key of the object store.")
    s3_bucket_prefix: str = Field("astra-", description="Buckets are named PREFIX + raw, custody, …")
    master_key: SecretStr | None = Field(
        None,
        description="64 hex digits that protect signing keys, tokens and links. "
        "Unset: made once and kept in the data folder as master.key; back it up.",
    )
    public_url: str | None = Field(
        None, description="Address under which clients reach this API. Unset: where it listens."
    )
    log_origin: str = Field(
        "astra.local/log", description="Name of this deployment's transparency log; never change it."
    )
    engine: str = Field(
        "whisper",
        description="Recognition engine: whisper, parakeet, parakeet-onnx, canary, canary-onnx, deepgram or "
        "openai (see engines.md).",
    )
    model: str | None = Field(
        None,
        description="Recognition model: a hub name, a folder or file, or demo (its voices only). "
        "Unset: the engine's own, such as large-v3-turbo.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where the model runs.")
    compute_type: Literal["default", "float32", "float16", "int8", "int8_float16"] = Field(
        "default",
        description="Quantisation of whisper; int8 also of the ONNX engines. default: as the model is.",
    )
    deepgram_api_key: SecretStr | None = Field(None, description="Key of the engine deepgram.")
    deepgram_url: str | None = Field(None, description="A Deepgram server other than its cloud, up to /v1.")
    openai_api_key: SecretStr | None = Field(None, description="Key of the engine openai.")
    openai_url: str | None = Field(
        None, description="A server other than OpenAI's that speaks its API, up to /v1."
    )
    diarizer_model: str | None = Field(
        None, description="Model of the diarizer sortformer or pyannote: a hub name or a copy of it."
    )
    speaker_model: str | None = Field(
        None,
        description="Model that compares voices, for sortformer and titanet: a hub name or a .nemo file.",
    )
    hub_token: SecretStr | None = Field(None, description="Your token of the model hub, for gated models.")
    chat_url: str | None = Field(
        None,
        description="An OpenAI-compatible chat API, up to /v1, that is asked what the rules leave open. "
        "Unset: rules and templates alone.",
    )
    chat_api_key: SecretStr | None = Field(None, description="Its key, if it wants one.")
    chat_model: str | None = Field(None, description="Its model, for councils without an adapter of theirs.")
    chat_timeout_s: float = Field(10.0, gt=0, description="How long one question may take.")
    chat_concurrency: int = Field(4, ge=1, description="Questions at the same time.")
    embeddings_url: str | None = Field(
        None,
        description="An OpenAI-compatible embeddings API, up to /v1, for the likeness of sentences to "
        "templates. Unset: hashed letters, which need no model.",
    )
    embeddings_api_key: SecretStr | None = Field(None, description="Its key, if it wants one.")
    embeddings_model: str | None = Field(None, description="Its model.")
    embeddings_dimensions: int | None = Field(None, ge=1, description="The length of its vectors.")
    core_threads: int = Field(0, ge=0, description="Cores that recognition uses; 0: all.")
    model_idle_s: float = Field(
        600.0, gt=0, description="A model that nobody has used for this long leaves memory."
    )
    core_concurrency: int = Field(1, ge=1, description="Chunks heard at the same time.")
    core_queue: int = Field(
        8, ge=0, description="`astra serve core`: requests that may wait; the next is answered 429."
    )
    core_listeners: int = Field(
        8, ge=1, description="`astra serve core`: live transcriptions at the same time."
    )
    core_api_keys: SecretStr | None = Field(
        None,
        description="`astra serve core`: keys that clients may send as bearer token, separated by commas. "
        "Unset: none is asked for, and only this machine is served.",
    )
    core_max_upload_bytes: int = Field(
        2 * 1024**3, ge=1024, description="`astra serve core`: largest recording taken."
    )
    core_claim_ms: int = Field(
        15_000, ge=300, description="After this, a chunk whose worker died is heard by another."
    )
    append_wait_s: float = Field(
        30.0, ge=0, description="How long an append with wait=true waits for CORE's answer."
    )
    session_ttl_s: int = Field(86_400, ge=60, description="A session untouched for this long leaves Redis.")
    finalize_lease_s: float = Field(
        15.0, gt=0, description="After this, a finalizing step whose worker died is taken up again."
    )
    reconcile_s: float = Field(1.0, gt=0, description="How often forgotten work is looked for.")
    finalize_concurrency: int = Field(2, ge=1, description="Finalizations worked on at the same time.")
    token_lifetime_s: int = Field(43_200, ge=60, description="How long an access token is valid.")
    max_body_bytes: int = Field(64 * 1024 * 1024, ge=1024, description="Largest request body taken.")

    @field_validator(*SCHEMES)
    @classmethod
    def has_a_known_scheme(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Refuse an address that no client of that service takes."""
        schemes = SCHEMES[str(info.field_name)]
        if value is not None and not value.startswith(schemes):
            message = f"must begin with {' or '.join(schemes)}"
            raise ValueError(message)
        return value

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")
    log_format: Literal["json", "console"] = Field("json", description="How it is logged.")
