"""Where a figure of a rule set comes from: document, clause, and how sure that is."""

from dataclasses import dataclass

MARKS = ("S", "M", "D", "source")
# How text shown marks what is not sure.
DOUBTS = {"M": "（条文待核）", "D": "（推定）"}


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a figure comes from.

    Attributes:
        doc: document number.
        clause: article or clause, "—" where the text does not number it.
        mark: "S" figure read in a public copy, "source" in the project's own source
            documents, "M" known content of a text that was not at hand (confirm before
            citing it as law), "D" derived by us.
    """

    doc: str
    clause: str
    mark: str
    note: str = ""

    @property
    def shown(self) -> str:
        """Document and clause as answers print them, unconfirmed ones marked."""
        words = f"{self.doc} {self.clause}" if self.clause != "—" else self.doc
        return words + DOUBTS.get(self.mark, "")
