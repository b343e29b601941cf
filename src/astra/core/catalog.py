"""The models that one service offers, by name; each is made when it is first asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from astra.core.pipeline.transcriber import Transcriber
from astra.core.service import Core
from astra.kernel.errors import NotFound


class ModelUnknown(NotFound):
    """This service has no such model; `GET /v1/models` lists those it has."""

    code = "model_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """One model, ready to hear; its files are read at first use."""

    name: str  # as clients ask for it
    engine: str
    transcriber: Transcriber
    core: Core  # hears with the same transcriber


def names_of(model: str) -> frozenset[str]:
    """Return what a model may be called: by its name, and by the last part of a hub's `organization/name`."""
    return frozenset({model, model.rpartition("/")[2]})


class Catalog:
    """Finds models by their names, see `names_of`. Thread-safe.

    Args:
        makers: by name; each is called once.
        default: the name of the model for those who name none; one of `makers`.
    """

    def __init__(self, makers: Mapping[str, Callable[[], ServedModel]], default: str) -> None:
        if default not in makers:
            raise ModelUnknown(f"The default model {default!r} is not among {', '.join(makers)}.")
        self._makers = makers
        self._made: dict[str, ServedModel] = {}
        self._lock = Lock()
        self.default = default

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._makers)

    def find(self, name: str | None = None) -> ServedModel:
        """Return the model of this name, or the default one; `ModelUnknown`."""
        wanted = self._full(self.default if name is None else name)
        with self._lock:
            if wanted not in self._made:
                self._made[wanted] = self._makers[wanted]()
            return self._made[wanted]

    def _full(self, name: str) -> str:
        """Return a model's name for one that it may be called; `ModelUnknown`, also if two may be."""
        if name in self._makers:
            return name
        meant = [known for known in self._makers if name in names_of(known)]
        if len(meant) != 1:
            raise ModelUnknown(f"There is no model {name[:80]!r}; choose one of {', '.join(self.names)}.")
        return meant[0]
