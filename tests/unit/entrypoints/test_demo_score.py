"""The demo's checks must fail when the acta is wrong."""

from astra.entrypoints.cli.demo.expected import Expected, normalised
from astra.entrypoints.cli.demo.score import speakers_hold
from astra.samples import load_sample


def debate(speaker: str | None = None) -> list[str]:
    """Return the debate as the acta writes it, everything under one speaker if one is given."""
    sample = load_sample()
    paragraphs: list[str] = []
    for line in sample.lines:
        person = sample.person(speaker or line.speaker)
        paragraphs += [f"Intervino {person.treatment} {person.name}:", f"“{line.text}”"]
    return paragraphs


def test_turns_under_their_speakers_hold() -> None:
    assert speakers_hold(load_sample(), debate())


def test_turns_under_the_wrong_speaker_or_missing_do_not_hold() -> None:
    assert not speakers_hold(load_sample(), debate("zapata"))
    assert not speakers_hold(load_sample(), debate()[:10])


def test_the_reserved_phrases_are_of_the_reserved_fragment_alone() -> None:
    sample = load_sample()
    phrases = Expected.of(sample).reserved_phrases
    public = normalised(" ".join(line.text for line in sample.lines if not line.reserved))
    assert len(phrases) > 5
    assert not any(phrase in public for phrase in phrases)
