"""Skeletons: the one that ships with ASTRA, its configuration, and what any skeleton offers."""

import json
from importlib.resources import files
from typing import Final

from astra.builder.content_controls import tag_of
from astra.builder.errors import SkeletonWithoutPlaceholders
from astra.builder.filling import Story
from astra.builder.package import DocxPackage
from astra.builder.styles import Stylesheet
from astra.builder.tables import columns_of
from astra.builder.values import SkeletonConfiguration, SkeletonSummary, TableSummary
from astra.builder.warnings import Warnings

DEFAULT_SKELETON: Final = "concejo"


def default_skeleton() -> bytes:
    """Return the DOCX that a council gets before it brings its own (made by `tools/default_skeleton`)."""
    return _resource("docx")


def default_configuration() -> SkeletonConfiguration:
    """Return the style map, formulas and maps that go with the default skeleton."""
    return SkeletonConfiguration(**json.loads(_resource("json")))


def inspect(docx: bytes) -> SkeletonSummary:
    """Tell what a skeleton offers.

    Raises:
        SkeletonInvalid: it is no DOCX, is damaged, too large, or carries macros.
        SkeletonWithoutPlaceholders: it has no content controls.
    """
    package = DocxPackage.read(docx)
    stories = [Story.read(package.xml(name), frozenset(), Warnings()) for name in package.stories()]
    if all(story.is_empty for story in stories):
        raise SkeletonWithoutPlaceholders
    document = stories[0]
    return SkeletonSummary(
        fields=tuple(dict.fromkeys(tag_of(control) for story in stories for control in story.fields)),
        zones=tuple(document.zones),
        tables=tuple(
            TableSummary(tag=tag, columns=columns_of(control)) for tag, control in document.tables.items()
        ),
        sections=tuple(tag_of(control) for control in document.sections),
        styles=Stylesheet.of(package).names,
    )


def _resource(extension: str) -> bytes:
    return (files("astra.builder") / "skeletons" / f"{DEFAULT_SKELETON}.{extension}").read_bytes()
