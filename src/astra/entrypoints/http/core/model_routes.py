"""The models of the service, in OpenAI's shape.

Source: https://platform.openai.com/docs/api-reference/models
"""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from astra.entrypoints.http.core.state import CoreState, StateDep

router = APIRouter(tags=["OpenAI"])


class ModelView(BaseModel):
    """One model."""

    id: str
    object: Literal["model"] = "model"
    created: int  # when the service began to offer it, in Unix time
    owned_by: str  # the engine that runs it


class ModelsView(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[ModelView]


@router.get("/v1/models", summary="List the models")
def models(state: StateDep) -> ModelsView:
    """Return the models that a request may name."""
    return ModelsView(data=[view_of(state, name) for name in state.parts.catalog.names])


@router.get("/v1/models/{model:path}", summary="One model")
def model(state: StateDep, model: str) -> ModelView:
    """Return one model; 404 if the service has none of that name."""
    return view_of(state, model)


def view_of(state: CoreState, name: str) -> ModelView:
    """Return a model as clients see it; `ModelUnknown`."""
    found = state.parts.catalog.find(name)
    return ModelView(id=found.name, created=state.started_s, owned_by=found.engine)
