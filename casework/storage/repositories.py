"""Everything stored, by subject, within one transaction."""

from functools import cached_property

import sqlalchemy as sa

from casework.storage.accounts import Accounts
from casework.storage.awards import Awards
from casework.storage.board import Board
from casework.storage.calendar import Calendar
from casework.storage.clocks import Clocks
from casework.storage.cover import Covers
from casework.storage.duplicates import Duplicates
from casework.storage.ended import Ended
from casework.storage.events import Events
from casework.storage.fund_proposals import FundProposals
from casework.storage.interests import Interests
from casework.storage.keeping import Keeping
from casework.storage.key_changes import KeyChanges
from casework.storage.key_wraps import KeyWraps
from casework.storage.keysets import KeySets
from casework.storage.ledger import Ledger
from casework.storage.log import AuditLog, PublicLog
from casework.storage.mailboxes import Mailboxes
from casework.storage.outbox import Outbox
from casework.storage.policies import Policies
from casework.storage.releases import Releases
from casework.storage.reports import Reports
from casework.storage.retries import Retries
from casework.storage.routing_tables import RoutingTables
from casework.storage.rule_changes import RuleChanges
from casework.storage.rule_version import RuleVersion
from casework.storage.sealed_inbox import SealedInbox
from casework.storage.searching import SearchIndex
from casework.storage.seats import Seats
from casework.storage.sessions import Sessions
from casework.storage.uploads import Uploads
from casework.storage.waiting import WaitingRows


class UnitOfWork:
    """One transaction, and everything stored in it by subject."""

    def __init__(self, connection: sa.Connection, *, site: str) -> None:
        """Work on *connection*, whose transaction somebody else ends."""
        self.connection = connection
        self.site = site

    @cached_property
    def reports(self) -> Reports:
        """Cases."""
        return Reports(self.connection, self.site)

    @cached_property
    def ended(self) -> Ended:
        """Cases that are done."""
        return Ended(self.connection, self.site)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Which reports name the same enterprise."""
        return Duplicates(self.connection, self.site)

    @cached_property
    def interests(self) -> Interests:
        """Interests that staff declare."""
        return Interests(self.connection, self.site)

    @cached_property
    def covers(self) -> Covers:
        """Leaves of officers."""
        return Covers(self.connection, self.site)

    @cached_property
    def mailboxes(self) -> Mailboxes:
        """Where a receipt code leads."""
        return Mailboxes(self.connection, self.site)

    @cached_property
    def events(self) -> Events:
        """Signed events."""
        return Events(self.connection, self.site)

    @cached_property
    def sealed(self) -> SealedInbox:
        """Sealed rows, to add to only."""
        return SealedInbox(self.connection, self.site)

    @cached_property
    def seats(self) -> Seats:
        """Boxes of custodians' seats, by the key that they are sealed to."""
        return Seats(self.connection, self.site)

    @cached_property
    def retries(self) -> Retries:
        """Answers kept for a form that is sent again."""
        return Retries(self.connection, self.site)

    @cached_property
    def accounts(self) -> Accounts:
        """People of the console."""
        return Accounts(self.connection, self.site)

    @cached_property
    def sessions(self) -> Sessions:
        """Sealed sessions of both sites."""
        return Sessions(self.connection, self.site)

    @cached_property
    def keysets(self) -> KeySets:
        """Key sets and certificates."""
        return KeySets(self.connection, self.site)

    @cached_property
    def key_changes(self) -> KeyChanges:
        """Proposed key sets."""
        return KeyChanges(self.connection, self.site)

    @cached_property
    def key_wraps(self) -> KeyWraps:
        """Office and seat keys, wrapped to members."""
        return KeyWraps(self.connection, self.site)

    @cached_property
    def ledger(self) -> Ledger:
        """The reward fund."""
        return Ledger(self.connection, self.site)

    @cached_property
    def fund_proposals(self) -> FundProposals:
        """Moves of the fund's money, proposed and decided."""
        return FundProposals(self.connection, self.site)

    @cached_property
    def awards(self) -> Awards:
        """Awards, for lists."""
        return Awards(self.connection, self.site)

    @cached_property
    def releases(self) -> Releases:
        """Releases of identity items, for lists, and custodians' approvals."""
        return Releases(self.connection, self.site)

    @cached_property
    def keeping(self) -> Keeping:
        """Which cases are looked at for erasing, and when."""
        return Keeping(self.connection, self.site)

    @cached_property
    def clocks(self) -> Clocks:
        """Deadlines, for the sweep."""
        return Clocks(self.connection, self.site)

    @cached_property
    def board(self) -> Board:
        """Running clocks, for counts and lists."""
        return Board(self.connection, self.site)

    @cached_property
    def waiting(self) -> WaitingRows:
        """What waits for people in cases, for lists."""
        return WaitingRows(self.connection, self.site)

    @cached_property
    def outbox(self) -> Outbox:
        """Work for the jobs process."""
        return Outbox(self.connection, self.site)

    @cached_property
    def policies(self) -> Policies:
        """Which rule sets are in force."""
        return Policies(self.connection, self.site)

    @cached_property
    def rule_version(self) -> RuleVersion:
        """Whether policies or calendar changed."""
        return RuleVersion(self.connection, self.site)

    @cached_property
    def routing_tables(self) -> RoutingTables:
        """Routing tables, proposed and in force."""
        return RoutingTables(self.connection, self.site)

    @cached_property
    def rule_changes(self) -> RuleChanges:
        """Proposals of policies and of the calendar."""
        return RuleChanges(self.connection, self.site)

    @cached_property
    def search(self) -> SearchIndex:
        """What of the cases may be searched."""
        return SearchIndex(self.connection, self.site)

    @cached_property
    def uploads(self) -> Uploads:
        """Uploads under way."""
        return Uploads(self.connection, self.site)

    @cached_property
    def calendar(self) -> Calendar:
        """Holidays and make-up working days."""
        return Calendar(self.connection, self.site)

    @cached_property
    def audit_log(self) -> AuditLog:
        """The private tree of all events."""
        return AuditLog(self.connection, self.site)

    @cached_property
    def public_log(self) -> PublicLog:
        """The public register."""
        return PublicLog(self.connection, self.site)
