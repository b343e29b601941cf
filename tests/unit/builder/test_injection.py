"""What was said is text, whatever it looks like."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from astra.builder.formulas import filled
from astra.builder.wordml import legal
from astra.kernel.blocks import Block, BlockType, Speaker

HOSTILE = [
    "</w:t></w:r></w:p><w:p><w:r><w:t>otro",
    "{HORA} {=1+1} {{NOMBRE}} ${x} %s \\1",
    ' TOC \\o "1-3" { INCLUDETEXT "file:///etc/passwd" } { DDEAUTO cmd }',
    "&lt;b&gt; &amp; ]]> <!-- --> <?xml?> &xxe;",
]
Make = Callable[..., Block]
Build = Callable[..., Any]


@pytest.mark.parametrize("words", HOSTILE)
def test_markup_in_speech_stays_text_everywhere(build: Build, block: Make, words: str) -> None:
    closing = block(
        type=BlockType.TEMPLATE,
        template_id="TPL_CIERRE",
        target_placeholder="ZONE_CIERRE",
        data={"HORA": words},
    )
    row = block(
        type=BlockType.TABLE_ROW,
        target_placeholder="TBL_VOTACION",
        data={"columns": {"NOMBRE": words, "VOTO": words}},
    )
    speech = block(words, speaker=Speaker(speaker_id="x", name=words))
    acta = build(speech, closing, row, fields={"CONCEJO": words}, title=words)
    assert acta.lines("ZONE_DEBATE") == [f"Intervino {words}:", f"“{words.strip()}”"]
    assert acta.lines("ZONE_CIERRE")[0].count(words) == 1
    assert acta.lines("TBL_VOTACION")[2:] == [words, words]
    instructions = acta.document.iter("{*}instrText")
    assert [each.text for each in instructions] == [' TOC \\o "1-2" \\h \\z \\u ']


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(min_size=1))
def test_any_text_gives_a_document_that_says_it(build: Build, block: Make, words: str) -> None:
    acta = build(block(f"a{words}z"))
    expected = legal(f"a{words}z").replace("\n", "|").replace("\t", "|")
    assert acta.lines("ZONE_DEBATE") == [expected]


@given(text=st.text())
def test_legal_text_can_always_travel_as_xml(text: str) -> None:
    element = etree.Element("t")
    element.text = legal(text)
    assert etree.fromstring(etree.tostring(element)).text in {legal(text), None}


@given(value=st.text(alphabet="{}ABN_ x", min_size=1))
def test_a_value_is_never_looked_into_for_marks(value: str) -> None:
    assert filled("<{A}|{B}>", {"A": value, "B": value}) == f"<{value}|{value}>"
