"""Everything the rules can refuse, one class a reason.

Classes carry details for the caller and the log, no words for people: each site
maps class to sentence. Details never hold text that a reporter typed.
"""

from datetime import date


class CaseworkError(Exception):
    """Root of all refusals. *details* are the named facts of the refusal."""

    def __init__(self, *args: object, **details: object) -> None:
        """Keep positional arguments as they are and named ones in `details`."""
        super().__init__(*args)
        self.details = details

    def __str__(self) -> str:
        """Return arguments and details on one line, for logs."""
        named = (f"{name}={value!r}" for name, value in self.details.items())
        return ", ".join([*(str(value) for value in self.args), *named])


class ReasonedError(CaseworkError):
    """Root of refusals for a *reason*, which is a code."""

    def __init__(self, reason: str) -> None:
        """Tell the *reason*."""
        super().__init__(reason=reason)
        self.reason = reason


# ---- files of rules -------------------------------------------------------------------------


class RuleFileError(CaseworkError):
    """A file of rules is refused as a whole: where, which key, and what was expected there."""

    def __init__(self, file: str, key: str, expected: str, *, line: int | None = None) -> None:
        """Name the *file*, the *key* within it, what was *expected*, and the *line* if known."""
        super().__init__(file=file, key=key, expected=expected, line=line)
        self.file = file
        self.key = key
        self.expected = expected
        self.line = line

    def __str__(self) -> str:
        """Return "file: line 3: key: expected …"."""
        where = f"{self.file}: line {self.line}" if self.line else self.file
        return f"{where}: {self.key}: expected {self.expected}"


class PolicyFileError(RuleFileError):
    """A policy file cannot be used."""


class RoutingFileError(RuleFileError):
    """A routing file cannot be used."""


class ChecklistFileError(RuleFileError):
    """The file of what is looked at on site cannot be used."""


class CalendarFileError(RuleFileError):
    """Calendar rows cannot be used."""


class UnknownPolicyError(CaseworkError):
    """No policy of this id, or none in force for this region, sector and day."""


class UnknownClockError(CaseworkError):
    """The policy (and what it inherits) has no such clock."""


# ---- what somebody put in -------------------------------------------------------------------


class FactsError(CaseworkError):
    """Facts for a quote or a clock cannot be right: which key, and what was expected."""

    def __init__(self, key: str, expected: str) -> None:
        """Name the *key* (dotted where nested) and what was *expected*."""
        super().__init__(key=key, expected=expected)
        self.key = key
        self.expected = expected

    def __str__(self) -> str:
        """Return "key: expected …"."""
        return f"{self.key}: expected {self.expected}"


class DeadlineError(FactsError):
    """A deadline cannot be computed from these values."""


class ExtensionError(DeadlineError):
    """The extension is more than the policy allows."""


class UnknownRegionError(CaseworkError):
    """The routing table has no such region on that day."""


class UnknownSectorError(CaseworkError):
    """The routing table has no such sector."""


class UnknownMatterError(CaseworkError):
    """No such kind of matter."""


class UnknownDepartmentError(CaseworkError):
    """The routing table has no such department."""


class NoOfficeLeftError(CaseworkError):
    """Everybody who could take the report is somebody whom it is about."""


# ---- one act on one case --------------------------------------------------------------------


class StaleActError(CaseworkError):
    """Somebody else acted on the case first."""

    def __init__(self, expected: int, given: int) -> None:
        """Tell the ordinal that was *expected* and the one *given*."""
        super().__init__(expected=expected, given=given)
        self.expected = expected
        self.given = given


class ExtensionTooLateError(CaseworkError):
    """More time can be asked for and granted before the last day only; due_on names it."""


class ClockNotRunningError(CaseworkError):
    """The case has no such clock, or it has ended."""


class ExtensionRefusedError(CaseworkError):
    """The rules of the case allow no such extension; *reason* is a code."""

    def __init__(self, reason: str, *, most: int = 0, limited_by: str = "") -> None:
        """Tell the *reason*, the *most* that could be had, or the policy that sets the limit."""
        super().__init__(reason=reason, most=most, limited_by=limited_by)
        self.reason = reason
        self.most = most


class PauseRefusedError(CaseworkError):
    """The rules of the case allow no such pause; *reason* is a code."""

    def __init__(self, reason: str, *, most: int = 0) -> None:
        """Tell the *reason*, and the *most* days that could be had."""
        super().__init__(reason=reason, most=most)
        self.reason = reason
        self.most = most


class UnknownAskError(CaseworkError):
    """The case has no such extension, pause or order."""


class ObjectionTooLateError(CaseworkError):
    """The right to object to the result has lapsed."""

    def __init__(self, until: date) -> None:
        """Name the last day on which it could be used."""
        super().__init__(until=until)
        self.until = until


class ObjectionOpenError(CaseworkError):
    """An objection waits for its review; a second one would change nothing."""


class RedoBlockedError(CaseworkError):
    """A case is not redone while an award that is under way or paid rests on its finding."""


class UrgedLatelyError(CaseworkError):
    """The reporter urged the case less than a week ago."""

    def __init__(self, again_on: date) -> None:
        """Name the first day on which the case may be urged again."""
        super().__init__(again_on=again_on)
        self.again_on = again_on


class UnknownActError(CaseworkError):
    """No act of this kind exists."""


class BadActError(CaseworkError):
    """A fact of the act is missing, unknown or wrong."""

    def __init__(self, fact: str, expected: str) -> None:
        """Name the *fact* and what was *expected*."""
        super().__init__(fact=fact, expected=expected)
        self.fact = fact
        self.expected = expected

    def __str__(self) -> str:
        """Return "fact: expected …"."""
        return f"{self.fact}: expected {self.expected}"


class WrongStateError(CaseworkError):
    """The case, award or release is not in a state that allows the act."""


class NotPermittedError(CaseworkError):
    """The actor's roles or office do not allow the act."""


class SeparationError(CaseworkError):
    """The actor did something in this case that excludes this act (GLOSSARY, roles)."""

    def __init__(self, rule: str, *, actor: str = "", kind: str = "") -> None:
        """Name the *rule* (a code), the *actor*'s account and the *kind* of act."""
        super().__init__(rule=rule, actor=actor, kind=kind)
        self.rule = rule


class CopyRefusedError(CaseworkError):
    """Of reports about staff or retaliation no copy of the order goes out."""


class NobodyToTellError(CaseworkError):
    """No office has a key that may know of the interference: it must be told on paper."""


class InsideReporterError(CaseworkError):
    """The reporter is of the enterprise, or has not said: nobody near the place hears of it."""


class AccusedOfficeError(CaseworkError):
    """The report is about this office, so it may neither act on the case nor receive it."""


class AlreadyDoneError(CaseworkError):
    """The act was done before; doing it again would change nothing."""


class NoFindingError(CaseworkError):
    """A case cannot be closed without a finding."""


class ClosingRefusedError(ReasonedError):
    """The case cannot be closed yet; *reason* is the code of what is still to be done."""


class MergeRefusedError(ReasonedError):
    """The two cases cannot be merged, or not now; *reason* is a code of merging.REASONS."""


class VisitRefusedError(ReasonedError):
    """An on-site verification cannot go on like this; *reason* is a code of its table."""


class CoverRefusedError(ReasonedError):
    """A leave or a hand-over that cannot be; *reason* is a code of its table."""


class PhoningRefusedError(CaseworkError):
    """A call-back by telephone by somebody who has not opened the contact item for it."""


class NothingToMendError(CaseworkError):
    """Nothing was found that could be ordered to be put right."""


class NotSubstantiatedError(CaseworkError):
    """No reward: there is no finding, or none that the report is true or partly true."""


class MatterNotRewardedError(CaseworkError):
    """No reward exists for this kind of matter (complaints about staff, retaliation)."""


class PolicyPinError(CaseworkError):
    """The award does not follow the policy that was pinned when the case was accepted."""


class AwardAmountError(CaseworkError):
    """The amount or its working is not what the pinned policy gives."""


class NoRewardError(ReasonedError):
    """The rules give no amount for this case; *reason* is their code."""


class SplitRefusedError(ReasonedError):
    """The award cannot be shared like this; *reason* is a code of split.REASONS."""


class AwardExistsError(CaseworkError):
    """The case already has an award under way."""


class NoAwardError(CaseworkError):
    """The case has no award of this id."""


class ApprovalVoidError(CaseworkError):
    """The approval is bound to another amount, policy or set of facts than the award's."""


class AwardReviewError(CaseworkError):
    """An objection to the award waits for its review; it is not paid before that."""


class AwardObjectionTooLateError(CaseworkError):
    """The right to object to the award has ended."""

    def __init__(self, until: date) -> None:
        """Tell the last day on which it could be done."""
        super().__init__(until=until.isoformat())
        self.until = until


class WitnessMissingError(CaseworkError):
    """At the counter no second officer has confirmed who came."""


class ClaimWayError(CaseworkError):
    """Not a way that the policy allows, or not the one in which the award was claimed."""


class ClaimNumberError(CaseworkError):
    """The claim number is not the one that the reporter was given last."""


class NotOpenedError(CaseworkError):
    """The payee item in its present version was not opened by the person who pays."""


class UnknownReleaseError(CaseworkError):
    """The case has no release of this id."""


class ReleaseUnderWayError(CaseworkError):
    """Another release of the same item is under way."""


class ReleaseExpiredError(CaseworkError):
    """The release's time is over."""


class ReleaseRunningError(CaseworkError):
    """The release's time is not over yet, so it cannot expire."""


class ReleaseVoidError(CaseworkError):
    """The release died: its item was withdrawn or replaced, or a key in it changed."""

    def __init__(self, why: str) -> None:
        """Name the code of what it died of."""
        super().__init__(why=why)
        self.why = why


class ItemWithdrawnError(CaseworkError):
    """The reporter has withdrawn the item, or it is erased."""


class UnknownHoldError(CaseworkError):
    """The case has no hold of this id."""


class HeldError(CaseworkError):
    """A hold stands: nothing of the case is erased until it ends."""

    def __init__(self, *, hold: str, until: str) -> None:
        """Name the *hold*, and the last day on which it holds."""
        super().__init__(hold=hold, until=until)
        self.until = until


class RetentionError(ReasonedError):
    """The case may not be destroyed, or its items not be erased."""


class DestroyedError(CaseworkError):
    """The contents of the case are destroyed; only its facts are left."""


# ---- money, people, keys, storage -----------------------------------------------------------


class BudgetExceededError(CaseworkError):
    """The fund has less left than the amount asked for."""

    def __init__(self, shortfall_fen: int) -> None:
        """Tell how many fen are missing (> 0)."""
        super().__init__(shortfall_fen=shortfall_fen)
        self.shortfall_fen = shortfall_fen


class FundMoveError(ReasonedError):
    """Money of the fund cannot be moved like this; *reason* is a code."""


class BankFileError(ReasonedError):
    """A bank's file cannot be used as a whole; *reason* is a code of its table."""


class LedgerError(CaseworkError):
    """A ledger line would break the books."""


class UnknownRoleError(CaseworkError):
    """No such role."""


class RoleConflictError(CaseworkError):
    """One account may not hold these roles together."""


class StartCodeError(CaseworkError):
    """The start code is wrong, used or expired; which of these is not told."""


class LoginTakenError(CaseworkError):
    """Another account has this login name."""


class UnknownReportError(CaseworkError):
    """No such report, or none that the asker may see."""


class UnknownAccountError(CaseworkError):
    """No such account."""


class UnknownSignerError(CaseworkError):
    """The signing key belongs to nobody in the key set's chain."""


class KeyChangeError(CaseworkError):
    """The key set cannot be changed like this."""

    def __init__(self, reason: str, *, owner: str = "") -> None:
        """Name the code of what is wrong, and the office or seat that it is about."""
        super().__init__(reason=reason, owner=owner)
        self.reason = reason
        self.owner = owner


class CertificateRefusedError(ReasonedError):
    """The newcomer cannot be certified like this."""


class RuleChangeError(ReasonedError):
    """A policy cannot be put in force, or the calendar not changed, like this."""


class NoKeySetError(CaseworkError):
    """There is no key set that may be believed."""


class SignatureRefusedError(CaseworkError):
    """The signature does not fit the event, or the wrong kind of key made it."""


class TamperedError(CaseworkError):
    """A stored row is not the one that a signed event names; it is refused, not read."""


class StorageUnavailableError(CaseworkError):
    """The database or the blob store is away or full; nothing was kept."""


class UploadsFullError(CaseworkError):
    """Uploads under way take up all the room that there is for them."""


class UploadMissingError(CaseworkError):
    """A form names an upload that is not whole, has expired, or never was."""


class OutcomeUnknownError(StorageUnavailableError):
    """The connection broke while the database was storing: done or not, nobody knows yet."""
