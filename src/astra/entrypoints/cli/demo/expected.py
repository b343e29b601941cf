"""What the sample's acta must say, read from the reference text and from nothing the machine heard."""

import re
from dataclasses import dataclass
from typing import Final, Self

from astra.samples import Sample

ATTENDANCE: Final = {"presente": "Presente", "ausente con excusa": "Ausente con excusa"}
VOTES: Final = {"positivo": "Sí", "negativo": "No"}
ANSWER: Final = re.compile(r"^(?:Concejala? )?(?P<name>.+), (?P<answer>presente|ausente con excusa)\.$")
VOTE: Final = re.compile(r"^(?P<name>.+), voto (?P<vote>positivo|negativo)\.$")
MOTION: Final = re.compile(r"^Proposición número \w+, (?P<motion>.+)\.$")
PHRASE_WORDS: Final = 3
HOURS: Final = "De las 09:15 a las 10:42 horas"  # as the script opens and closes the session


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The facts of the sample session."""

    attendance: tuple[tuple[str, str], ...]
    votes: tuple[tuple[str, str], ...]
    motion: str
    reserved_phrases: tuple[str, ...]  # runs of words, normalised, said in reserve and nowhere else
    hours: str = HOURS

    @property
    def present(self) -> int:
        return sum(answer == ATTENDANCE["presente"] for _, answer in self.attendance)

    def votes_for(self, vote: str) -> int:
        """Return how many voted "Sí" or "No"."""
        return sum(cast == vote for _, cast in self.votes)

    @classmethod
    def of(cls, sample: Sample) -> Self:
        texts = [line.text for line in sample.lines]
        answers = [match for text in texts if (match := ANSWER.match(text))]
        votes = [match for text in texts if (match := VOTE.match(text))]
        motions = [match["motion"] for text in texts if (match := MOTION.match(text))]
        return cls(
            attendance=tuple((match["name"], ATTENDANCE[match["answer"]]) for match in answers),
            votes=tuple((match["name"], VOTES[match["vote"]]) for match in votes),
            motion=motions[0],
            reserved_phrases=reserved_phrases(sample),
        )


def normalised(text: str) -> str:
    """Return lower-case words without punctuation, as the model's own error rates were measured."""
    words = re.sub(r"[^\wáéíóúñü ]", "", text.lower())
    return re.sub(r"\s+", " ", words).strip()


def reserved_phrases(sample: Sample) -> tuple[str, ...]:
    """Return every run of three words that was said in reserve and not in public."""
    public = normalised(" ".join(line.text for line in sample.lines if not line.reserved))
    runs = [
        " ".join(words[start : start + PHRASE_WORDS])
        for line in sample.lines
        if line.reserved
        for words in [normalised(line.text).split()]
        for start in range(len(words) - PHRASE_WORDS + 1)
    ]
    return tuple(run for run in runs if run not in public)
