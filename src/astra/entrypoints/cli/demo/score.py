"""Whether the acta says what was said: word errors, and the facts in their places."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jiwer
from lxml import etree

from astra.builder.skeletons import default_skeleton
from astra.entrypoints.cli.demo.expected import Expected, normalised
from astra.entrypoints.cli.demo.picture import CAPTION
from astra.samples import Sample

MAX_WER: Final = 0.03
TURN: Final = re.compile(r"^Intervino (?:el|la) \w+ (?P<name>.+):$")
SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing the acta must show, and whether it does."""

    name: str
    holds: bool


def word_error_rate(sample: Sample, blocks: Iterable[Block]) -> float:
    """Return the word error rate of what was heard (0 is perfect), in the order of the session."""
    heard = " ".join(block["heard"] for block in blocks if block["heard"])
    return jiwer.wer(normalised(sample.reference_text), normalised(heard) or "-")


def facts_of(sample: Sample, docx: bytes, transcript: str) -> list[Fact]:
    """Return what must hold, each looked up in the finished document."""
    acta = controls_of(docx)
    expected = Expected.of(sample)
    body = " ".join(acta[""])
    result = joined(acta, "ZONE_VOTACION")
    yes, no = expected.votes_for("Sí"), expected.votes_for("No")
    found = {
        "attendance": all(in_one_row(acta, "TBL_ASISTENCIA", row) for row in expected.attendance),
        "quorum": f"Contestaron a lista {expected.present} concejales" in joined(acta, "ZONE_QUORUM"),
        "votes": all(in_one_row(acta, "TBL_VOTACION", row) for row in expected.votes),
        "votes_add_up": yes + no == expected.present and f"SÍ: {yes}" in result and f"NO: {no}" in result,
        "motion": expected.motion in joined(acta, "ZONE_PROPOSICIONES"),
        "speakers": speakers_hold(sample, acta["ZONE_DEBATE"]),
        "image": CAPTION in body and len(pictures_of(docx)) > len(pictures_of(default_skeleton())),
        "opening_and_closing": expected.hours in joined(acta, "HORA"),
        "reserved_words_absent": not any(
            words in normalised(text)
            for words in expected.reserved_phrases
            for text in (*texts_of(docx), transcript)
        ),
    }
    return [Fact(name=name, holds=holds) for name, holds in found.items()]


def speakers_hold(sample: Sample, debate: Iterable[str]) -> bool:
    """Tell whether the sentences of the debate stand under those who said them, and enough are there."""
    said = {normalised(line.text): sample.person(line.speaker).name for line in sample.lines}
    found = 0
    speaker = ""
    for paragraph in debate:
        if formula := TURN.match(paragraph):
            speaker = formula["name"]
            continue
        for sentence in SENTENCE_END.split(paragraph):
            name = said.get(normalised(sentence))
            if name is not None and name != speaker:
                return False
            found += name is not None
    return found >= len(sample.lines) // 3


def pictures_of(docx: bytes) -> list[str]:
    """Return the names of the pictures in a document."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return [name for name in package.namelist() if name.startswith("word/media/")]


def texts_of(docx: bytes) -> list[str]:
    """Return the text of every XML part of a document."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        parts = [name for name in package.namelist() if name.endswith(".xml")]
        return [" ".join(map(str, etree.fromstring(package.read(part)).itertext())) for part in parts]


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
