"""The index: a real field, its entries written beforehand."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from astra.builder.errors import PagesUnavailable
from astra.builder.service import Builder
from astra.builder.skeletons import default_configuration, default_skeleton
from astra.builder.values import ActaRequest
from astra.kernel.blocks import Block, BlockType
from astra.kernel.ids import SessionId

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Make = Callable[..., Block]
Build = Callable[..., Any]
Skeleton = Callable[[str], bytes]
Control = Callable[..., str]


def request_with_two_headings(block: Make) -> ActaRequest:
    data = {"NUMERO": 1, "TITULO": "Actas"}
    point = block(type=BlockType.TEMPLATE, template_id="TPL_DESARROLLO_PUNTO", data=data)
    configuration = default_configuration()
    return ActaRequest(
        session_id=SessionId("s"),
        title="Acta",
        skeleton=default_skeleton(),
        style_map=configuration.style_map,
        templates=configuration.templates,
        fields={},
        blocks=(point,),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_the_index_lists_the_headings_as_links(build: Build, block: Make) -> None:
    acta = build(*request_with_two_headings(block).blocks)
    entries = [(style, text) for style, text in acta.styled() if style.startswith("TOC")]
    assert entries == [("TOC1", "Desarrollo"), ("TOC2", "1. Actas")]
    anchors = [link.get(f"{W}anchor") for link in acta.document.iter("{*}hyperlink")]
    bookmarks = [mark.get(f"{W}name") for mark in acta.document.iter("{*}bookmarkStart")]
    assert anchors == bookmarks
    marks = [value for each in acta.document.iter("{*}fldChar") for value in each.attrib.values()]
    assert marks == ["begin", "separate", "end"]


def test_page_numbers_come_from_the_paginator(block: Make) -> None:
    laid_out: list[bytes] = []

    def paginate(docx: bytes) -> Sequence[int]:
        laid_out.append(docx)
        return [4, 5]

    acta = Builder(paginate=paginate).build(request_with_two_headings(block))
    assert "index_without_pages" not in {warning.code for warning in acta.report.warnings}
    assert len(laid_out) == 1
    again = Builder(paginate=lambda _: [4, 5]).build(request_with_two_headings(block))
    assert len(again.docx) > len(laid_out[0])


def test_an_index_whose_pages_cannot_be_found_is_reported(block: Make) -> None:
    def fails(_: bytes) -> Sequence[int]:
        raise PagesUnavailable

    request = request_with_two_headings(block)
    for paginate in (fails, lambda _: [1, 2, 3]):
        report = Builder(paginate=paginate).build(request).report
        assert "index_without_pages" in {warning.code for warning in report.warnings}


@pytest.mark.parametrize("instruction", ["PAGE", "REF x"])
def test_other_fields_of_the_skeleton_stay(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control, instruction: str
) -> None:
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
        f'{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    body = field + content_control("ZONE_DEBATE", "<w:p/>")
    acta = build(block("Hola."), skeleton=skeleton(body))
    assert [each.text for each in acta.document.iter("{*}instrText")] == [instruction]
