"""Occupations of the 2022 classification, their everyday names, and which ones are close (职业与相近职业)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput, NotFound
from matcher.lexicon.files import loaded, number, read_table
from matcher.lexicon.phrases import PhraseTable

SAME_MINOR_GROUP = 0.5  # 同一小类: 工作内容相近, 低于手写的相近职业
SAME_MIDDLE_GROUP = 0.15  # 同一中类: 只作放宽时的最后一级


@dataclass(frozen=True, slots=True)
class OccupationEntry:
    """One occupation. code: eight digits with dashes; name: as in the classification; plain: everyday name."""

    code: str
    name: str
    plain: str
    minor: str

    @property
    def minor_code(self) -> str:
        """小类 code, such as 6-29-01."""
        return self.code[:7]

    @property
    def middle_code(self) -> str:
        """中类 code, such as 6-29."""
        return self.code[:4]


class OccupationTable:
    """The classification in a fixed order; an index into it is stable within one lexicon version."""

    def __init__(self, entries: Sequence[OccupationEntry], related: Mapping[tuple[str, str], float]) -> None:
        self._entries = tuple(entries)
        self._index = {entry.code: i for i, entry in enumerate(self._entries)}
        self._related = dict(related)
        self._neighbours: dict[str, list[tuple[str, float]]] = {}
        for (first, second), weight in self._related.items():
            self._neighbours.setdefault(first, []).append((second, weight))
        self._matrix: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, code: object) -> bool:
        return code in self._index

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in index order."""
        return tuple(entry.code for entry in self._entries)

    def index(self, code: str) -> int:
        """Row of a code in `relatedness_matrix`; raises NotFound."""
        try:
            return self._index[code]
        except KeyError:
            raise NotFound(f"职业代码 {code} 不在职业分类大典(2022)中；请检查代码") from None

    def entry(self, code: str) -> OccupationEntry:
        """All that is known of a code; raises NotFound."""
        return self._entries[self.index(code)]

    def name(self, code: str) -> str:
        """Name in the classification."""
        return self.entry(code).name

    def plain_name(self, code: str) -> str:
        """The name people use (瓦工 for 砌筑工)."""
        return self.entry(code).plain

    def group(self, code: str) -> str:
        """小类 code of an occupation, such as 6-29-01."""
        return self.entry(code).minor_code

    def related(self, code: str) -> tuple[tuple[str, float], ...]:
        """(code, weight) of hand-written neighbours and the same minor group, closest first."""
        own = self.entry(code)
        weights = {
            other.code: SAME_MINOR_GROUP
            for other in self._entries
            if other.minor_code == own.minor_code and other.code != code
        }
        for other_code, weight in self._neighbours.get(code, ()):
            weights[other_code] = max(weight, weights.get(other_code, 0.0))
        return tuple(sorted(weights.items(), key=lambda item: (-item[1], item[0])))

    def relatedness_matrix(self) -> NDArray[np.float32]:
        """(n, n) float32 in [0, 1]: how well a person of row i can take up work of column j; 1 on the diagonal.

        Direction matters: a 瓦工 can do 小工 work more readily than the reverse. Read-only.
        """
        if self._matrix is None:
            middle = np.unique([entry.middle_code for entry in self._entries], return_inverse=True)[1]
            minor = np.unique([entry.minor_code for entry in self._entries], return_inverse=True)[1]
            matrix = np.zeros((len(self), len(self)), dtype=np.float32)
            matrix[middle[:, None] == middle[None, :]] = SAME_MIDDLE_GROUP
            matrix[minor[:, None] == minor[None, :]] = SAME_MINOR_GROUP
            for (first, second), weight in self._related.items():
                i, j = self._index[first], self._index[second]
                matrix[i, j] = max(matrix[i, j], weight)
            np.fill_diagonal(matrix, 1.0)
            matrix.flags.writeable = False
            self._matrix = matrix
        return self._matrix


@dataclass(frozen=True, slots=True)
class AliasRow:
    """One line of aliases.csv. weight in (0, 1]: how surely the word means this occupation."""

    alias: str
    code: str
    position: str
    weight: float
    note: str


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of an alias."""

    code: str
    weight: float
    position: str


@loaded
def occupations() -> OccupationTable:
    """The occupation table with the related-occupation graph."""
    entries = [
        OccupationEntry(row["code"], row["name"], row["plain"] or row["name"], row["minor"])
        for _, row in read_table("occupations.csv", ("code", "name", "plain", "minor"))
    ]
    known = {entry.code for entry in entries}
    related: dict[tuple[str, str], float] = {}
    for line, row in read_table("related.csv", ("from", "to", "weight", "both")):
        weight = number(row["weight"], name="related.csv", row=line, column="weight")
        for code in (row["from"], row["to"]):
            if code not in known:
                raise InvalidInput(
                    f"related.csv 第{line}行 职业代码 {code} 不存在；请改成 occupations.csv 里的代码"
                )
        related[row["from"], row["to"]] = weight
        if row["both"] == "1":
            related[row["to"], row["from"]] = weight
    return OccupationTable(entries, related)


@loaded
def alias_rows() -> tuple[AliasRow, ...]:
    """All lines of aliases.csv in file order."""
    table = occupations()
    rows = []
    for line, row in read_table("aliases.csv", ("alias", "code", "position", "weight", "note")):
        if row["code"] not in table:
            raise InvalidInput(
                f"aliases.csv 第{line}行 职业代码 {row['code']} 不存在；请改成 occupations.csv 里的代码"
            )
        weight = number(row["weight"], name="aliases.csv", row=line, column="weight")
        rows.append(AliasRow(row["alias"], row["code"], row["position"], weight, row["note"]))
    return tuple(rows)


@loaded
def aliases() -> PhraseTable[tuple[Sense, ...]]:
    """Alias → its meanings, the likeliest first."""
    senses: dict[str, list[Sense]] = {}
    for row in alias_rows():
        senses.setdefault(row.alias, []).append(Sense(row.code, row.weight, row.position))
    return PhraseTable({a: tuple(sorted(s, key=lambda x: (-x.weight, x.code))) for a, s in senses.items()})


@dataclass(frozen=True, slots=True)
class OccupationPhrase:
    """A line of occupation_phrases.csv: any of `things` with any of `actions` beside it means the occupation."""

    code: str
    weight: float
    things: tuple[str, ...]
    actions: tuple[str, ...]


@loaded
def occupation_phrases() -> tuple[OccupationPhrase, ...]:
    """All lines of occupation_phrases.csv in file order."""
    table = occupations()
    phrases = []
    name = "occupation_phrases.csv"
    for line, row in read_table(name, ("code", "weight", "things", "actions")):
        if row["code"] not in table:
            raise InvalidInput(f"{name} 第{line}行 职业代码 {row['code']} 不存在；请改成 occupations.csv 里的代码")
        weight = number(row["weight"], name=name, row=line, column="weight")
        things, actions = (tuple(row[c].split("|")) for c in ("things", "actions"))
        phrases.append(OccupationPhrase(row["code"], weight, things, actions))
    return tuple(phrases)


@loaded
def occupation_clues() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(code, clues) of occupation_clues.csv: words that hint at an occupation in a title without naming it."""
    table = occupations()
    name = "occupation_clues.csv"
    clues = []
    for line, row in read_table(name, ("code", "clues")):
        if row["code"] not in table:
            raise InvalidInput(f"{name} 第{line}行 职业代码 {row['code']} 不存在；请改成 occupations.csv 里的代码")
        clues.append((row["code"], tuple(row["clues"].split("|"))))
    return tuple(clues)


@dataclass(frozen=True, slots=True)
class Position:
    """A leaf of the three-level position tree. code: the occupation it stands for, "" when it spans several."""

    l1: str
    l2: str
    l3: str
    code: str


@loaded
def positions() -> tuple[Position, ...]:
    """The position tree in file order."""
    rows = read_table("positions.csv", ("l1", "l2", "l3", "code"))
    return tuple(Position(row["l1"], row["l2"], row["l3"], row["code"]) for _, row in rows)
