"""Reads the seed titles beside this file (data/titles/*.md). Knows no table and no database.

A file is TOML between two lines of `+++`, then the body in the lines of `domain/markup`, then its parts, each under a
line `=== name`: panduan, kuis, whatsapp, sms, poster, kartu and, where it is read aloud, naskah. What is malformed
raises reading.Malformed with the file and the line: what is half right is not planted.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pepa.domain import blocks, markup
from pepa.domain.blocks import Block, Claim, ClaimKind, Picture, Quiz
from pepa.models.titles import Field, Kind, State
from pepa.seeds.reading import DATA, Malformed, row

TITLES = DATA / "titles"
PICTURES = TITLES / "pictures"
PARTS = ("panduan", "kuis", "whatsapp", "sms", "poster", "kartu")
SCRIPT = "naskah"
WIDTH, HEIGHT = 480, 360  # of a drawing


@dataclass(frozen=True)
class Front:
    """What stands above a title.

    audience, topics: codes; minutes: to read it; due_months: from its publishing to the next look
    state: nothing is planted as published, since the author never approves
    checks: what is to be looked at before it goes out, "who: what"
    """

    id: int
    slug: str
    title: str
    kind: Kind
    audience: tuple[str, ...]
    topics: tuple[str, ...]
    minutes: int
    state: State
    due_months: int
    reviewers: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Title:
    """A seed title, whole.

    body, guide, quiz, script: blocks (a title without audio has no script)
    poster, card: lines, the first of them its heading; whatsapp, sms: text with its placeholders
    """

    front: Front
    body: tuple[Block, ...]
    guide: tuple[Block, ...]
    quiz: tuple[Block, ...]
    script: tuple[Block, ...]
    whatsapp: str
    sms: str
    poster: tuple[str, ...]
    card: tuple[str, ...]

    @property
    def neutral(self) -> str:
        """The name that a file, a tab or a preview shows."""
        return f"Info Warga {self.front.id:02}"

    @property
    def blocks(self) -> Iterator[Block]:
        return chain(self.body, self.guide, self.quiz, self.script)

    @property
    def claims(self) -> dict[str, Claim]:
        return {block.key: block for block in self.body if isinstance(block, Claim)}

    @property
    def pictures(self) -> list[Picture]:
        return [block for block in self.body if isinstance(block, Picture)]

    @property
    def questions(self) -> list[Quiz]:
        return [block for block in self.quiz if isinstance(block, Quiz)]


def every() -> tuple[Title, ...]:
    """The titles by their number."""
    return tuple(sorted((read(path) for path in TITLES.glob("*.md")), key=lambda title: title.front.id))


def read(path: Path) -> Title:
    """One title. Raises Malformed."""
    try:
        title = _title(path.read_text(encoding="utf-8"))
        _whole(title)
    except markup.Unreadable as wrong:
        raise Malformed(f"{path.name}: {wrong.says % wrong.values}") from wrong
    except ValueError as wrong:
        raise Malformed(f"{path.name}: {wrong}") from wrong
    if path.stem != f"{title.front.id:02}-{title.front.slug}":
        raise Malformed(f"{path.name}: it is title {title.front.id}, {title.front.slug}")
    return title


def _title(text: str) -> Title:
    opening, front, rest = re.split(r"^\+\+\+$", text, maxsplit=2, flags=re.MULTILINE)
    if opening.strip():
        raise ValueError("begins with something else than +++")
    line = 1 + front.count("\n")
    parts: dict[str, tuple[str, int]] = {}
    for part in re.split(r"^(?==== )", rest, flags=re.MULTILINE):
        name, words = "body", part
        if part.startswith("=== "):
            name, _, words = part.removeprefix("=== ").partition("\n")
        if name in parts or name not in ("body", *PARTS, SCRIPT):
            raise ValueError(f"line {line}: === {name} is unknown, or there twice")
        parts[name] = words, line + (name != "body")
        line += part.count("\n")
    if missing := set(PARTS) - parts.keys():
        raise ValueError(f"has no {sorted(missing)}")
    parts.setdefault(SCRIPT, ("", line))
    read = {name: markup.parse(parts[name][0], first=parts[name][1]) for name in ("body", "panduan", "kuis", SCRIPT)}
    for name in ("whatsapp", "sms", "poster", "kartu"):
        markup.check(parts[name][0], first=parts[name][1])
    return Title(
        front=row(Front, tomllib.loads(front)),
        body=read["body"],
        guide=read["panduan"],
        quiz=read["kuis"],
        script=read[SCRIPT],
        whatsapp=parts["whatsapp"][0].strip(),
        sms=parts["sms"][0].strip(),
        poster=tuple(parts["poster"][0].strip().splitlines()),
        card=tuple(parts["kartu"][0].strip().splitlines()),
    )


def _whole(title: Title) -> None:
    """Every claim that a text stands on is there, and every claim is stood on; reviewers are known."""
    named = {
        piece.text
        for block in title.blocks
        for text in blocks.texts(block)
        for piece in blocks.pieces(text)
        if piece.kind == "claim"
    }
    if named != title.claims.keys():
        raise ValueError(f"claims without their other half: {sorted(named ^ title.claims.keys())}")
    if title.front.state not in (State.DRAFT, State.IN_REVIEW):
        raise ValueError(f"is planted as {title.front.state}")
    reviewers = {Field(code) for code in title.front.reviewers}
    kinds = {claim.kind for claim in title.claims.values()}
    if ClaimKind.LAW in kinds and Field.LAW not in reviewers:
        raise ValueError("speaks of law, and no lawyer is named")
    if ClaimKind.HEALTH in kinds and not {Field.HEALTH, Field.CHILD_PSYCHOLOGY} & reviewers:
        raise ValueError("speaks of health, and neither doctor nor psychologist is named")
