"""What an order says, frozen on its day: the paper must not change with the case."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from casework.domain.running import ClockState, Running
from crypto.canonical import JSON, parse_object
from crypto.errors import CryptoError


@dataclass(frozen=True, slots=True)
class OrderText:
    """The sealed part of an order.

    Attributes:
        text: what is demanded.
        issuer, to: codes of the two offices.
        clock: key of the time limit that it is about, "" for none.
        due_on: last day of that limit as it stood; "" for none.
        late: days by which the limit was overdue.
        reply_by: last day for the answer, "" where the policy sets none.
    """

    text: str
    issuer: str = ""
    to: str = ""
    clock: str = ""
    due_on: str = ""
    late: int = 0
    reply_by: str = ""

    def about(self, clock: Running, today: date) -> "OrderText":
        """Return the same with the time limit that it is about, as it stands today."""
        due_on = clock.due.due_on
        late = (today - due_on).days if clock.state is ClockState.OVERDUE else 0
        return OrderText(
            **{**asdict(self), "clock": clock.key, "due_on": due_on.isoformat(), "late": late}
        )

    def as_json(self) -> Mapping[str, JSON]:
        """Return what is sealed."""
        return asdict(self)

    @staticmethod
    def read(sealed: str) -> "OrderText":
        """Return the order of an opened text; one of another form is shown as it is."""
        try:
            told = parse_object(sealed.encode(), frozenset(OrderText.__slots__))
        except CryptoError:
            return OrderText(sealed)
        late = told.pop("late")
        return OrderText(
            **{name: str(value) for name, value in told.items()},
            late=late if isinstance(late, int) else 0,
        )
