"""One step of one demo case, with the stage set for it."""

from dataclasses import dataclass

from admin.demo.script import DemoCase
from admin.demo.stage import Stage
from admin.extensions import Console
from casework.domain.case import Case


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of one case: the stage is set and somebody is signed in."""

    stage: Stage
    here: Console
    login: str
    told: DemoCase
    case: Case
