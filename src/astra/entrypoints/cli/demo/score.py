"""Whether the acta says what was said: word errors, and the facts in their places."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jiwer
from lxml import etree

from astra.entrypoints.cli.demo.expected import Expected
from astra.samples import Sample

MAX_WER: Final = 0.03
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing the acta must show, and whether it does."""

    name: str
    holds: bool


def normalised(text: str) -> str:
    """Return lower-case words without punctuation, as the model's own error rates were measured."""
    words = re.sub(r"[^\wáéíóúñü ]", "", text.lower())
    return re.sub(r"\s+", " ", words).strip()


def word_error_rate(sample: Sample, blocks: Iterable[Block]) -> float:
    """Return the word error rate of what was heard (0 is perfect), in the order of the session."""
    heard = " ".join(block["heard"] for block in blocks if block["heard"])
    return jiwer.wer(normalised(sample.reference_text), normalised(heard) or "-")


def facts_of(sample: Sample, docx: bytes) -> list[Fact]:
    """Return what must hold, each looked up in the finished document."""
    acta = controls_of(docx)
    expected = Expected.of(sample)
    body = " ".join(acta[""])
    result = joined(acta, "ZONE_VOTACION")
    yes, no = expected.votes_for("Sí"), expected.votes_for("No")
    found = {
        "attendance": all(in_one_row(acta, "TBL_ASISTENCIA", row) for row in expected.attendance),
        "quorum": str(expected.present) in joined(acta, "ZONE_QUORUM"),
        "votes": all(in_one_row(acta, "TBL_VOTACION", row) for row in expected.votes),
        "votes_add_up": yes + no == expected.present and f"SÍ: {yes}" in result and f"NO: {no}" in result,
        "motion": expected.motion in joined(acta, "ZONE_PROPOSICIONES"),
        "speakers": all(name in body for name in expected.speakers),
        "opening_and_closing": expected.hours in joined(acta, "HORA"),
        "reserved_words_absent": not any(text in body for text in expected.reserved),
    }
    return [Fact(name=name, holds=holds) for name, holds in found.items()]


def controls_of(docx: bytes) -> Mapping[str, list[str]]:
    """Return the text of the document by content control; "" holds the whole of it.

    A table's control gives one entry for each row, any other one for each paragraph.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    texts: dict[str, list[str]] = {"": [text_of(root)]}
    for control in root.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag")
        if tag is not None:
            units = list(control.iter(f"{W}tr")) or list(control.iter(f"{W}p")) or [control]
            texts.setdefault(tag.get(f"{W}val", ""), []).extend(text_of(unit) for unit in units)
    return texts


def text_of(element: etree._Element) -> str:
    """Return all text inside, with spaces between paragraphs."""
    return " ".join("".join(str(text) for text in p.itertext(f"{W}t")) for p in paragraphs_of(element))


def paragraphs_of(element: etree._Element) -> list[etree._Element]:
    """Return the paragraphs inside, or the element itself when it lies within one."""
    return list(element.iter(f"{W}p")) or [element]


def joined(acta: Mapping[str, list[str]], tag: str) -> str:
    """Return all text of one content control."""
    return " ".join(acta.get(tag, []))


def in_one_row(acta: Mapping[str, list[str]], tag: str, cells: tuple[str, str]) -> bool:
    """Tell whether one row of the table holds both cells."""
    return any(all(cell in row for cell in cells) for row in acta.get(tag, []))
