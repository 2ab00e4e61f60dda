"""Refusals and faults, in words. A test holds WORDS against every refusal of the domain."""

import logging
from typing import Final

from flask import Flask, current_app, render_template, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, InternalServerError

from admin.auth import PasswordError
from admin.csrf import CrossSiteError
from admin.custody import CannotOpenError
from admin.extensions import console
from admin.extensions import gettext as _
from admin.reading import UnreadableError
from admin.refusal_codes import CODED
from casework.domain import errors as refusals
from casework.domain.money import shown
from crypto.errors import BusyError, CryptoError, SizeError

LOG: Final = logging.getLogger("tonggui.console")

WORDS: Final[dict[type[Exception], LazyString]] = {
    # files of rules
    refusals.PolicyFileError: _l("规则文件有误，暂时无法计算，请联系系统管理员。"),
    refusals.RoutingFileError: _l("分派规则文件有误，请联系系统管理员。"),
    refusals.CalendarFileError: _l("工作日历有误，请联系系统管理员。"),
    refusals.ChecklistFileError: _l("核查清单有误，请联系系统管理员。"),
    refusals.UnknownPolicyError: _l("没有适用于这件举报的奖励办法，请联系系统管理员。"),
    refusals.UnknownClockError: _l("适用的办法没有规定这个期限，请联系系统管理员。"),
    # what somebody put in
    refusals.FactsError: _l("核查事实不完整或不合规则，无法计算。"),
    refusals.DeadlineError: _l("期限无法计算，请联系系统管理员。"),
    refusals.ExtensionError: _l("延长的时间超过办法允许的上限。"),
    refusals.UnknownRegionError: _l("没有这个行政区域。"),
    refusals.UnknownSectorError: _l("没有这个行业领域。"),
    refusals.UnknownMatterError: _l("没有这类举报事项。"),
    refusals.UnknownDepartmentError: _l("没有这个部门。"),
    refusals.NoOfficeLeftError: _l("能接收的部门都是被举报的部门，请报上级处理。"),
    # one act on one case
    refusals.StaleActError: _l(
        "您操作的同时，别人也在操作这件举报，本次没有保存。请核对后再提交。"
    ),
    refusals.ExtensionTooLateError: _l(
        "期限最后一日当日或之后不能申请延期，超过最后一日不能批准延期。"
    ),
    refusals.ClockNotRunningError: _l("这个期限不存在，或者已经结束。"),
    refusals.ExtensionRefusedError: _l("适用的办法不允许这样延期。"),
    refusals.PauseRefusedError: _l("适用的办法不允许这样暂停。"),
    refusals.UnknownAskError: _l("这件举报没有这份申请或督办单。"),
    refusals.UnknownActError: _l("没有这种操作。"),
    refusals.BadActError: _l("提交的内容与规则不符，没有保存。"),
    refusals.WrongStateError: _l("以现在的办理状态，不能进行这项操作。"),
    refusals.NotPermittedError: _l("您的角色或部门不能进行这项操作。"),
    refusals.SeparationError: _l("您在这件举报中做过与此不相容的工作，须由他人办理。"),
    refusals.CopyRefusedError: _l("涉及工作人员或者打击报复的举报，办理要求不抄送其他单位。"),
    refusals.NobodyToTellError: _l(
        "没有可以接收的单位：都涉及此人所在的单位，或者没有密钥。请书面向上一级纪检监察机关反映。"
    ),
    refusals.InsideReporterError: _l(
        "举报人是被举报单位的人员或者其亲属，或者没有说明，办理要求不抄送其他单位。"
    ),
    refusals.AccusedOfficeError: _l("这件举报涉及该部门，该部门应当回避。"),
    refusals.AlreadyDoneError: _l("这项操作已经完成，不需要重复。"),
    refusals.NoFindingError: _l("还没有核查结论，不能办结。"),
    refusals.ClosingRefusedError: _l("还有事项没有完成，不能办结。"),
    refusals.MergeRefusedError: _l("这两件举报现在不能并案。"),
    refusals.SplitRefusedError: _l("奖励不能这样分配。"),
    refusals.CoverRefusedError: _l("请假登记或者移交现在不能这样办，请刷新页面。"),
    refusals.VisitRefusedError: _l("现场核查现在不能这样进行，请刷新页面。"),
    refusals.PhoningRefusedError: _l(
        "电话回访须先经身份保管人批准，由您本人打开联系方式，再登记结果。"
    ),
    refusals.NothingToMendError: _l("举报没有查证属实，没有可以责令整改的事项。"),
    refusals.NotSubstantiatedError: _l("举报没有查证属实，不能拟定奖励。"),
    refusals.MatterNotRewardedError: _l("这类举报不发放奖励。"),
    refusals.PolicyPinError: _l("奖励必须按受理时适用的办法计算。"),
    refusals.AwardExistsError: _l("这件举报已有奖励在办理，不能再次拟定或改变核查结论。"),
    refusals.AwardAmountError: _l("金额或算式与规则给出的不一致，没有预留。请刷新后再试。"),
    refusals.NoRewardError: _l("按适用的办法，这件举报没有可以计算的奖励。"),
    refusals.NoAwardError: _l("这件举报没有这笔奖励。"),
    refusals.ApprovalVoidError: _l("奖励的金额、事实或办法已经改变，请刷新后重新审批。"),
    refusals.ClaimWayError: _l("发放方式与举报人选择的领取方式不一致。"),
    refusals.AwardReviewError: _l("举报人对这笔奖励提出了异议，复核之前不能发放。"),
    refusals.WitnessMissingError: _l("窗口发放需要第二名工作人员先在自己的工作台核对确认。"),
    refusals.AwardObjectionTooLateError: _l("对奖励提出异议的期限已过。"),
    refusals.ClaimNumberError: _l("领奖号不对，或举报人后来又取了新号。请当面核对。"),
    refusals.NotOpenedError: _l("您还没有查看最新的收款信息，不能转账。"),
    refusals.UnknownReleaseError: _l("没有这份查看申请。"),
    refusals.ReleaseUnderWayError: _l("同一项身份信息已有申请在办理。"),
    refusals.ReleaseExpiredError: _l("查看申请已经过期，请重新申请。"),
    refusals.ReleaseRunningError: _l("查看申请还没有到期。"),
    refusals.ReleaseVoidError: _l(
        "这份查看申请已经作废：身份信息已撤回或更换，或者有关人员的密钥、席位已变更。请重新申请。"
    ),
    refusals.ItemWithdrawnError: _l("举报人已经撤回这项身份信息，不能再申请查看。"),
    refusals.UnknownHoldError: _l("没有这份暂缓删除申请。"),
    refusals.HeldError: _l("正在暂缓删除期间，到期或解除之前不能销毁。"),
    refusals.RetentionError: _l("现在不能销毁这件举报的内容。"),
    refusals.DestroyedError: _l("这件举报的内容已按规定销毁，只保留办理记录，不能再办理。"),
    # money, people, keys, storage
    refusals.BudgetExceededError: _l("专项奖励资金余额不足，没有预留。"),
    refusals.FundMoveError: _l("资金不能这样调整，没有保存。"),
    refusals.BankFileError: _l("这个银行文件不能使用，没有登记。"),
    refusals.LedgerError: _l("账目不能这样登记，没有保存。"),
    refusals.UnknownRoleError: _l("没有这个角色。"),
    refusals.RoleConflictError: _l("这些角色不能由同一人担任。"),
    refusals.ObjectionTooLateError: _l("举报人提出异议的期限已过。"),
    refusals.ObjectionOpenError: _l("举报人的异议已经在复核。"),
    refusals.RedoBlockedError: _l(
        "已有奖励以原来的结论为依据，不能返工。还没有批准的，请先不予批准；"
        "已经批准或者发放的，只能维持，并说明理由。"
    ),
    refusals.UrgedLatelyError: _l("举报人一个星期只能催办一次。"),
    refusals.UnknownReportError: _l("没有这件举报，或者不归您办理。"),
    refusals.UnknownAccountError: _l("没有这个账户。"),
    refusals.LoginTakenError: _l("这个登录名已有人使用。"),
    refusals.StartCodeError: _l("登录名或启动码不正确，或启动码已经用过或过期。"),
    refusals.UnknownSignerError: _l("您的密钥没有得到认证，不能签署。"),
    refusals.KeyChangeError: _l("密钥集不能这样变更，没有保存。"),
    refusals.CertificateRefusedError: _l("不能这样认证，没有保存。"),
    refusals.RuleChangeError: _l("规则不能这样变更，没有保存。"),
    refusals.NoKeySetError: _l(
        "还没有举行密钥仪式，暂时不能登录。请带着首次登录时抄下的指纹参加仪式，之后再来。"
        "如果仪式已经办过，请联系系统管理员。"
    ),
    refusals.SignatureRefusedError: _l("签名没有通过核对，没有保存。"),
    refusals.TamperedError: _l(
        "存储的内容与签名记录不符，可能被改动，已停止读取。请报告系统管理员。"
    ),
    refusals.UploadsFullError: _l("正在上传的文件太多，暂时放不下。"),
    refusals.UploadMissingError: _l("有文件没有传完，或者已经过期。"),
    refusals.OutcomeUnknownError: _l(
        "连接断了，不知道刚才的操作有没有存上。请刷新页面看看办理经过，再决定是否重做。"
    ),
    refusals.StorageUnavailableError: _l(
        "数据库暂时不可用或磁盘已满，没有保存。请保留页面，稍后再试。"
    ),
    # these pages and the keys behind them
    PasswordError: _l("密码不正确，或账户已被暂时锁定。没有签署，也没有保存。"),
    UnreadableError: _l(
        "用您的密钥打不开这份材料。单位换过密钥的，请仍有旧密钥的同事在“人员与密钥”页重新封装；"
        "没有这样的同事，或者不是这个原因，请联系系统管理员。"
    ),
    CannotOpenError: _l("用您的密钥打不开这项身份信息。请联系系统管理员核对密钥与存储。"),
    BusyError: _l("系统正忙，请稍后再试。"),
    SizeError: _l("文字太长，超过 64 KiB。"),
    CryptoError: _l("密钥运算失败，没有保存。"),
}

# Facts that pages show before they are signed, and that a day or a calendar may move.
DATES: Final = frozenset({"due_on", "was", "verify_due_on"})

PAGES: Final[dict[int, tuple[LazyString, LazyString]]] = {
    400: (_l("请求不完整"), _l("浏览器发来的内容无法识别，请返回重试。")),
    403: (_l("没有权限"), _l("您的角色不能进行这项操作。如有需要，请联系部门负责人。")),
    404: (_l("没有找到"), _l("没有这个页面，或者这件举报不归您办理。")),
    405: (_l("不能这样打开"), _l("请从办理台的页面进入。")),
    413: (_l("内容太大"), _l("提交的内容超过了上限，没有保存。请缩短文字后再试。")),
    500: (_l("系统出错"), _l("没有保存。错误已记录，请稍后再试；仍不行请联系系统管理员。")),
    503: (_l("暂时不可用"), _l("数据库暂时不可用或磁盘已满，没有保存。请稍后再试。")),
}

Refusal = (
    refusals.CaseworkError,
    CryptoError,
    PasswordError,
    UnreadableError,
    CannotOpenError,
)


def explain(refusal: Exception) -> str:
    """Return the sentence for a refusal, with the figures that help."""
    if isinstance(refusal, refusals.BudgetExceededError):
        short = shown(refusal.shortfall_fen)
        return _("专项奖励资金余额不足，还差 %(short)s，没有预留。", short=short)
    if isinstance(refusal, refusals.BadActError) and refusal.fact in DATES:
        return _("期限的日期在您打开页面之后有了变化，没有保存。请核对页面上新的日期后再提交。")
    if isinstance(refusal, refusals.ExtensionTooLateError) and refusal.details.get("due_on"):
        on = refusal.details["due_on"]
        return _("期限最后一日是 %(on)s：当日或之后不能申请延期，过了这一日不能批准延期。", on=on)
    coded = _coded(refusal)
    if coded is not None:
        return coded
    for kind in type(refusal).__mro__:
        if kind in WORDS:
            return str(WORDS[kind])
    return str(WORDS[refusals.BadActError])


def _coded(refusal: Exception) -> str | None:
    """The sentence for the code that a refusal gives as its reason; None where it has none."""
    reason = refusal.rule if isinstance(refusal, refusals.SeparationError) else None
    reason = reason or getattr(refusal, "reason", None)
    sentence = CODED.get(type(refusal), {}).get(str(reason))
    if sentence is None:
        return None
    owner = str(getattr(refusal, "owner", ""))
    named = owner if owner.isdigit() or not owner else console().office_name(owner)
    return (
        str(sentence).replace("{owner}", named).replace("{most}", str(getattr(refusal, "most", "")))
    )


def register_errors(app: Flask) -> None:
    """Answer every fault with a page in words."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CrossSiteError, _cross_site)
    for kind in Refusal:
        app.register_error_handler(kind, _refused)
    app.register_error_handler(Exception, _fault)


def page(status: int, title: str, sentence: str) -> tuple[str, int]:
    """An error page."""
    return render_template("error.html", title=title, sentence=sentence), status


def _http_error(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    title, sentence = PAGES.get(status, PAGES[400 if status < 500 else 500])
    return page(status, str(title), str(sentence))


def _cross_site(_error: Exception) -> tuple[str, int]:
    return page(403, _("来源不明"), _("这个请求不是从办理台的页面发出的，没有执行。"))


def _refused(error: Exception) -> tuple[str, int]:
    if isinstance(error, refusals.UnknownReportError):
        return page(404, str(PAGES[404][0]), explain(error))
    if isinstance(error, refusals.StorageUnavailableError):
        return page(503, str(PAGES[503][0]), explain(error))
    LOG.warning("refused at %s: %s", request.endpoint, type(error).__name__)
    return page(409, _("没有执行"), explain(error))


def _fault(error: Exception) -> tuple[str, int]:
    if current_app.testing:
        raise error
    # The class and the place, never the arguments: they may hold what somebody typed.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    LOG.error("fault at %s: %s in %s", request.endpoint, type(error).__name__, place)
    title, sentence = PAGES[InternalServerError.code]
    return page(500, str(title), str(sentence))
