"""Refusals in words: one table for the rules' errors, one page for each status.

A view that takes long texts may name, in TYPED_AGAIN, how its form is shown
again: then no failure on our side costs the reporter what was typed.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from casework.domain import errors
from casework.private_process import place_of
from crypto.errors import CryptoError
from portal.uploads import SealingRequest, let_the_sender_hear

log = logging.getLogger("tonggui.portal")
MIB: Final = 1024 * 1024

_OURS = _l("系统设置有误，暂时办不了。工作人员会处理，请稍后再试。")
_NOT_NOW = _l("这件事现在的办理阶段不能这样做，请刷新页面查看最新进度。")
_OFFICE = _l("这一步只能由承办单位办理。")

WORDS: Final[dict[type[errors.CaseworkError], Any]] = {
    errors.CaseworkError: _l("没有办成，请稍后再试。"),
    errors.StorageUnavailableError: _l("系统暂时存不了数据，刚才的内容没有保存，请过几分钟再试。"),
    errors.OutcomeUnknownError: _l(
        "连接断了，不知道刚才的内容有没有存上。请过几分钟原样再提交一次，只会登记一次。"
    ),
    errors.StaleActError: _l("刚才有新的进展，请刷新页面后再试一次。"),
    errors.AlreadyDoneError: _l("已经办过了，不用重复办理。"),
    errors.ObjectionTooLateError: _l("提出异议的期限已过。"),
    errors.ObjectionOpenError: _l("您的异议正在复核，复核结束之前不用再提。"),
    errors.RedoBlockedError: _OFFICE,
    errors.UrgedLatelyError: _l("一个星期只能催办一次，请过几天再来。"),
    errors.UploadsFullError: _l("正在上传的文件太多，暂时放不下，请过一会儿再试。"),
    errors.UploadMissingError: _l("有文件没有传完，或者已经过期，请重新选择文件。"),
    errors.UnknownReportError: _l("没有找到这件举报。"),
    errors.UnknownRegionError: _l("请选择事情发生在哪个乡镇、街道。"),
    errors.UnknownSectorError: _l("请选择所属行业；不确定就选“其他”。"),
    errors.UnknownMatterError: _l("请选择举报的是哪一类事情。"),
    errors.UnknownDepartmentError: _l("请从列表中选择部门；不清楚可以选“不清楚”。"),
    errors.NoOfficeLeftError: _l(
        "能够受理的单位都与被举报人有关，请改为向上一级安委会办公室举报，电话 12350。"
    ),
    errors.NoAwardError: _l("这件举报还没有可以领取的奖励。"),
    errors.NotSubstantiatedError: _l("举报没有查证属实，没有奖励。"),
    errors.MatterNotRewardedError: _l("这一类举报没有奖金。"),
    errors.AwardExistsError: _l("奖励已经在办理。"),
    errors.ClaimWayError: _l("这里的奖励办法不用这种领取方式，请换一种。"),
    errors.WrongStateError: _NOT_NOW,
    errors.NoFindingError: _NOT_NOW,
    errors.ClosingRefusedError: _NOT_NOW,
    errors.NothingToMendError: _NOT_NOW,
    errors.MergeRefusedError: _NOT_NOW,
    errors.SplitRefusedError: _NOT_NOW,
    errors.VisitRefusedError: _NOT_NOW,
    errors.CoverRefusedError: _NOT_NOW,
    errors.PhoningRefusedError: _NOT_NOW,
    errors.BadActError: _l("填写的内容有误，请检查后再试。"),
    errors.UnknownActError: _NOT_NOW,
    errors.SignatureRefusedError: _l("没有通过核验，请离开信箱后用查询码重新进入。"),
    errors.UnknownSignerError: _l("没有通过核验，请离开信箱后用查询码重新进入。"),
    errors.NotPermittedError: _OFFICE,
    errors.SeparationError: _OFFICE,
    errors.AccusedOfficeError: _OFFICE,
    errors.CopyRefusedError: _OFFICE,
    errors.InsideReporterError: _OFFICE,
    errors.NobodyToTellError: _OFFICE,
    errors.ApprovalVoidError: _OFFICE,
    errors.PolicyPinError: _OFFICE,
    errors.NotOpenedError: _OFFICE,
    errors.UnknownReleaseError: _OFFICE,
    errors.ReleaseUnderWayError: _l("正在依程序打开这项身份信息，暂时不能更改。"),
    errors.ReleaseExpiredError: _OFFICE,
    errors.ReleaseRunningError: _OFFICE,
    errors.ReleaseVoidError: _OFFICE,
    errors.ExtensionTooLateError: _OFFICE,
    errors.ClockNotRunningError: _OFFICE,
    errors.ExtensionRefusedError: _OFFICE,
    errors.PauseRefusedError: _OFFICE,
    errors.UnknownAskError: _OFFICE,
    errors.ItemWithdrawnError: _l("这项身份信息您已经撤回，请重新填写。"),
    errors.UnknownHoldError: _OFFICE,
    errors.HeldError: _l("依法暂缓删除期间，暂时不能删除；到期后系统会自动删除。"),
    errors.RetentionError: _OFFICE,
    errors.DestroyedError: _l("保存期限已到，这件举报的内容已经销毁，不能再办理。"),
    errors.BudgetExceededError: _OFFICE,
    errors.AwardAmountError: _OFFICE,
    errors.AwardReviewError: _OFFICE,
    errors.WitnessMissingError: _OFFICE,
    errors.AwardObjectionTooLateError: _l("对奖励提出异议的期限已过。"),
    errors.ClaimNumberError: _OFFICE,
    errors.NoRewardError: _l("按奖励办法，这件举报没有奖金。"),
    errors.TamperedError: _l(
        "存储的内容与签名记录不符，系统没有采用。工作人员会查明原因，请拨打 12350 告知。"
    ),
    errors.LedgerError: _OURS,
    errors.FundMoveError: _OURS,
    errors.BankFileError: _OURS,
    errors.StartCodeError: _OURS,
    errors.LoginTakenError: _OURS,
    errors.RuleFileError: _OURS,
    errors.PolicyFileError: _OURS,
    errors.RoutingFileError: _OURS,
    errors.CalendarFileError: _OURS,
    errors.ChecklistFileError: _OURS,
    errors.UnknownPolicyError: _OURS,
    errors.UnknownClockError: _OURS,
    errors.FactsError: _OURS,
    errors.DeadlineError: _OURS,
    errors.ExtensionError: _OURS,
    errors.UnknownRoleError: _OURS,
    errors.RoleConflictError: _OURS,
    errors.UnknownAccountError: _OURS,
    errors.NoKeySetError: _OURS,
    errors.KeyChangeError: _OURS,
    errors.RuleChangeError: _OURS,
    errors.CertificateRefusedError: _OURS,
}

# status: title, what to do
PAGES: Final = {
    400: (_l("浏览器发来的内容不完整"), _l("可能是网络中断了。请返回上一页再试一次。")),
    403: (
        _l("不能从别的网站提交"),
        _l("为了保护您，表单只能在本网站的页面上提交。请从本站首页重新进入。"),
    ),
    404: (_l("没有这个页面"), _l("请检查网址，或者从首页重新进入。")),
    405: (_l("不能这样打开"), _l("请从首页重新进入。")),
    422: (_l("有内容需要修改"), _l("请返回上一页检查。")),
    429: (
        _l("来自您所在网络的提交太多了"),
        _l("这次没有登记，请过几分钟再试。紧急情况请直接拨打 119、110、120，或者拨打 12350 举报。"),
    ),
    500: (
        _l("系统出了问题"),
        _l("不是您的操作有误。请过几分钟再试；同一张表单重复提交，只会登记一次。"),
    ),
    503: (
        _l("系统暂时存不了数据"),
        _l("刚才的内容没有保存，也没有登记。请过几分钟再试，或者拨打 12350 举报。"),
    ),
}

# endpoint: shows its form again with everything typed; takes status, title, sentence
TYPED_AGAIN: dict[str, Callable[[int, Any, Any], Response]] = {}


def explain(refusal: errors.CaseworkError) -> Any:
    """Return the sentence for *refusal*."""
    for kind in type(refusal).__mro__:
        if kind in WORDS:
            return WORDS[kind]
    return WORDS[errors.CaseworkError]


def page(status: int, title: Any = None, sentence: Any = None) -> Response:
    """Say in words what happened; with the form and its text where there is one."""
    usual = PAGES.get(status, PAGES[500])
    title, sentence = title or usual[0], sentence or usual[1]
    again = TYPED_AGAIN.get(request.endpoint or "")
    if again is not None and status in (429, 500, 503) and request.method == "POST":
        if isinstance(request, SealingRequest):
            request.takes_files = False  # a form that is not read yet: its text is enough
        try:
            return again(status, title, sentence)
        except Exception as problem:  # then at least the plain page
            log_without_arguments(problem)
    return make_response(
        render_template("error.html", title=title, sentence=sentence, status=status), status
    )


def not_open_yet() -> Response:
    """Say that the site takes no reports yet, and who does."""
    title = _l("尚未开放")
    sentence = _l(
        "本网站正在准备，还不能在这里举报。请拨打 12350 举报；紧急情况请拨打 119、110、120。"
    )
    return make_response(
        render_template("error.html", title=title, sentence=sentence, status=503), 503
    )


def log_without_arguments(problem: BaseException) -> None:
    """Log the kind of a failure and where it came from; never its message or values."""
    log.error("%s", place_of(problem))


def _too_large(problem: HTTPException) -> Response:
    limit = request.max_content_length or 0
    length = request.content_length
    if length is None or length > limit:
        sentence = _l(
            "一次提交的全部文件合计不能超过 %(limit)d MB。"
            "请返回上一页，减少文件或者压缩视频后再提交；其余的可以提交之后凭查询码补充。",
            limit=limit // MIB,
        )
    else:
        sentence = _l("有一项文字太长，或者内容太多。请返回上一页，删短后再提交。")
    answer = page(413, _l("上传的内容太大了"), sentence)
    return let_the_sender_hear(request, answer)


def _http(problem: HTTPException) -> Response:
    status = problem.code or 500
    if status < 400:
        return make_response(problem.get_response())
    answer = page(status)
    if status == 405 and isinstance(getattr(problem, "valid_methods", None), list):
        answer.headers["Allow"] = ", ".join(problem.valid_methods)  # type: ignore[attr-defined]
    return answer


def _unavailable(problem: errors.StorageUnavailableError) -> Response:
    log_without_arguments(problem)
    if isinstance(problem, errors.OutcomeUnknownError):
        return page(503, _l("连接断了，还不知道有没有存上"), explain(problem))
    return page(503)


def _refused(problem: errors.CaseworkError) -> Response:
    log_without_arguments(problem)
    return page(422, PAGES[422][0], explain(problem))


def _failed(problem: Exception) -> Response:
    log_without_arguments(problem)
    return page(500)


def init_errors(app: Flask) -> None:
    """Answer every failure in words."""
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(errors.StorageUnavailableError, _unavailable)
    app.register_error_handler(errors.CaseworkError, _refused)
    app.register_error_handler(CryptoError, _failed)
    app.register_error_handler(Exception, _failed)
