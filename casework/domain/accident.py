"""How grave an accident is: the worst of deaths, serious injuries and direct loss."""

from dataclasses import dataclass
from enum import StrEnum

from casework.domain.money import yuan


class Grade(StrEnum):
    """Grades of accidents, least grave first."""

    ORDINARY = "ordinary"  # 一般
    LARGER = "larger"  # 较大
    MAJOR = "major"  # 重大
    EXTRAORDINARY = "extraordinary"  # 特别重大

    @property
    def zh(self) -> str:
        """The grade's name in the decree."""
        return _NAMES[self]


_NAMES = {
    Grade.ORDINARY: "一般",
    Grade.LARGER: "较大",
    Grade.MAJOR: "重大",
    Grade.EXTRAORDINARY: "特别重大",
}

# Lower bounds, the number itself included ("以上" includes it).
_BOUNDS = (
    (Grade.EXTRAORDINARY, 30, 100, yuan(100_000_000)),
    (Grade.MAJOR, 10, 50, yuan(50_000_000)),
    (Grade.LARGER, 3, 10, yuan(10_000_000)),
)


@dataclass(frozen=True, slots=True)
class Accident:
    """The final figures of an accident; *concealed_deaths* of the *deaths* were hidden."""

    deaths: int = 0
    serious_injuries: int = 0
    direct_loss_fen: int = 0
    concealed_deaths: int = 0

    @property
    def grade(self) -> Grade:
        """The grade by the worst of the three measures, from the true totals.

        3 deaths are 较大, 2 are 一般; 10 serious injuries or a loss of 10,000,000 CNY
        alone make 较大 too.

        Source: State Council decree 493, article 3 (2007); bounds include the number.
        """
        for grade, deaths, injuries, loss in _BOUNDS:
            if (
                self.deaths >= deaths
                or self.serious_injuries >= injuries
                or self.direct_loss_fen >= loss
            ):
                return grade
        return Grade.ORDINARY
