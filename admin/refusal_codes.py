"""The sentences of refusals that give a code as their reason, one table a kind."""

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casework.domain import errors as refusals

# Why a key set cannot be changed as proposed; {owner} is an office or the number of a seat.
KEY_CHANGES: Final[dict[str, LazyString]] = {
    "nothing_changes": _l("没有选择任何变更。"),
    "office_too_small": _l("变更后{owner}不足两人。请同时让新人员加入，或保留现有人员。"),
    "two_seats": _l("一人只能担任一个席位的保管人或副手。"),
    "seat_empty": _l("第 {owner} 席的保管人或副手不在变更后的人员名单里，请另选。"),
    "seat_of_two_offices": _l("第 {owner} 席的保管人和副手必须属于同一单位。"),
    "seats_of_one_office": _l("每个席位必须属于不同的单位。"),
    "not_a_custodian": _l("第 {owner} 席的新人选没有“身份保管人”角色。"),
    "rule_broken": _l("变更后的密钥集不合规则，没有保存。"),
    "overtaken": _l("密钥集已经另有变更，这份提议作废，请重新提议。"),
    "member_forgotten": _l("提议之后又认证了新人员，这份提议会把他漏掉，请撤回后重新提议。"),
    "malformed": _l("存储的提议已损坏，请撤回后重新提议。"),
    "not_open": _l("这份提议已经生效或撤回。"),
    "expired": _l("这份提议已经过期，请重新提议。"),
    "signed_already": _l("您已经签署过。"),
    "seat_signed_already": _l("这个席位已经签署过，须由另一席位签署。"),
    "not_signed_rightly": _l("只有密钥集中的保管人和副手能够签署。"),
    "other_facts": _l("签名与提议不符，没有保存。请刷新后再试。"),
    "code_parameters": _l("查询码参数最多同时使用两套，这份提议会有第三套，没有保存。"),
    "other_body": _l("页面打开之后提议的内容变了，没有签署。请立即报告系统管理员。"),
}

# Why a policy cannot be put in force, or the calendar not be changed, as proposed.
RULE_CHANGES: Final[dict[str, LazyString]] = {
    "role": _l("您的角色不能提议或确认这项变更。"),
    "past": _l("启用日期已经过去，只能从今天或以后的日期启用；已有的提议请撤回后重新提议。"),
    "other_facts": _l("提交的内容与提议不一致，没有保存。请刷新后再试。"),
    "not_open": _l("这份提议已经生效或撤回。"),
    "tried_already": _l("试算已经完成。"),
    "not_tried": _l("试算还没有完成，请稍后刷新再确认。"),
    "same_person": _l("提议人不能确认自己的提议，须由另一人确认。"),
    "same_office": _l("须由另一单位的负责人或上级督办确认。"),
    "same_role": _l("须由与提议人角色不同的人确认。"),
    "unknown_policy": _l("程序里没有这个规则文件，请刷新后再选。"),
    "file_changed": _l("规则文件在提议之后变了，请撤回后重新提议。"),
    "comparator": _l("这是用来对照的规则，不能启用。"),
    "mandatory_clocks": _l("这个规则文件缺少受理、核查或办结期限，不能启用。"),
    "elsewhere": _l("这个规则文件不适用于本地区，不能启用。"),
    "not_effective": _l("在这个启用日期，该文件尚未施行或已经失效。"),
    "in_force_already": _l("这个版本已经启用。"),
    "older": _l("同一办法已有更晚启用的版本，不能倒回较早的日期。"),
    "dry_run_changed": _l("存储的试算结果与系统签名不符，请立即报告系统管理员。"),
    "overtaken": _l("工作日历在提议之后另有变更，这份提议作废，请撤回后重新提议。"),
    "nothing_changes": _l("与现有日历完全相同，不需要变更。"),
    "more_years": _l("一次只能变更一个年度，请分开提交。"),
    "no_supervisor": _l("两人中至少一人须是上级督办，请由上级督办提议或者确认。"),
    "table_overtaken": _l("提议之后另有分派表启用，这份提议作废，请撤回后对照新表重新提议。"),
    "same_table": _l("与现行分派表完全相同，不需要变更。"),
    "older_table": _l("已有更晚启用的分派表，启用日期不能早于它。"),
    "too_large": _l("分派表不能超过 2 MB。"),
    "other_preview": _l("预览之后内容变了，没有提交。请重新预览。"),
}

# Why a newcomer cannot be certified.
CERTIFICATES: Final[dict[str, LazyString]] = {
    "other_office": _l("只能由同一单位的同事认证。"),
    "no_office_key": _l("您没有本单位的密钥，请由承办人或负责人认证。"),
    "certified_already": _l("这个人已经得到认证。"),
    "overtaken": _l("密钥集刚刚变更，请重新认证。"),
    "account_changed": _l("账户在认证期间有变化，没有保存。请重新核对。"),
    "not_signed_rightly": _l("签名没有通过核对，没有保存。"),
    "other_facts": _l("认证内容前后不一致，没有保存。"),
}

# What exactly a person did that excludes the next thing.
SEPARATIONS: Final[dict[str, LazyString]] = {
    "investigated": _l("您参与了这件举报的核查，不能再办结或审批、发放它。"),
    "handled_as_officer": _l("您是受理人，须由他人办结。"),
    "accepted": _l("您受理了这件举报，不能审批它的奖励。"),
    "refusal_proposed": _l("您提出了不予受理，须由另一人确认或者退回。"),
    "recused": _l("这件举报应当由他人办理。"),
    "not_of_visit": _l("您不是这次现场核查指定的执法人员。"),
    "recorded_visit": _l("这份核查记录是您提交的，须由另一名执法人员签字或者退回。"),
    "handled": _l("您办过这件举报，须由督办单位没有办过它的人复核。"),
    "proposed_malice": _l("您提出了恶意举报认定，须由另一人决定。"),
    "proposed": _l("您拟定了这笔奖励，不能再审批或发放。"),
    "approved": _l("您审批了这笔奖励，不能再发放或申请查看收款信息。"),
    "supervised": _l("您以上级督办身份处理过这件举报，不能再承办。"),
    "investigator_learns_identity": _l("核查人员不得查看举报人的身份信息。"),
    "requester_approves_release": _l("不能批准自己提出的申请。"),
    "requester_refuses_release": _l("不能以保管人身份处理自己提出的申请。"),
    "requester_in_seat": _l("申请人本身在保管席位上，不能向其开放。"),
    "one_person_twice": _l("您已经批准过，须由另一席位的保管人批准。"),
    "one_seat_twice": _l("这个席位已经批准过。"),
    "one_office_twice": _l("同一单位只能批准一次。"),
    "another_opens_release": _l("只有申请人本人可以查看。"),
    "no_seat": _l("密钥集中没有您的保管席位。"),
    "requester_confirms": _l("提前销毁须由另一人确认，不能由申请人自己确认。"),
    "proposed_closing": _l("您提议办结了这件举报，须由他人同意或者退回。"),
    "passed_on": _l(
        "这件举报已经受理、转办过，或者申请过退回，承办单位不能再自行转办；"
        "不属于职责的，请在退回期限内申请退回。"
    ),
    "proposed_lead": _l("您提出了承办单位的建议，须由他人指定。"),
    "asked": _l("申请人不能决定自己提出的申请，须由他人决定。"),
}

# Why a clock cannot be lengthened; {most} is a number in the rule's own unit.
EXTENSIONS: Final[dict[str, LazyString]] = {
    "no_rule": _l("适用的办法没有规定这个期限可以延期。"),
    "times": _l("这个期限的延期次数已经用完（最多 {most} 次）。"),
    "value": _l("一次最多延长 {most}，请改小。"),
    "total": _l("累计最多还能延长 {most}，请改小。"),
    "reason_code": _l("适用的办法没有规定这个延期理由。"),
    "limited": _l("上级规定的期限上限不能突破，批准延期也不会使最后一日推后，所以不能申请。"),
    "nothing": _l("这样延长，最后一日仍是同一天，请改长一些。"),
    "nobody": _l("承办单位就是督办单位，没有上一级可以批准延期。"),
    "no_reason": _l("批准延期须向举报人说明理由，请填写给举报人的说明。"),
}

# Why a clock cannot be paused; {most} is a number of days.
PAUSES: Final[dict[str, LazyString]] = {
    "no_rule": _l("适用的办法没有规定这个期限可以暂停。"),
    "reason_code": _l("适用的办法没有规定这个暂停理由。"),
    "days": _l("累计最多还能暂停 {most} 天，请改短。"),
    "used_up": _l("这个期限可以暂停的天数已经用完。"),
    "overdue": _l("这个期限已经超期，不能再暂停。"),
    "first": _l("暂停必须在期限的最后一日之前（含当日）开始。"),
    "nobody": _l("承办单位就是督办单位，没有上一级可以批准暂停。"),
    "over": _l("申请的暂停时间已经过去，不能再批准。"),
}

# What is still to be done before a case may be closed.
CLOSINGS: Final[dict[str, LazyString]] = {
    "not_told": _l("还没有把核查结果告知举报人，不能办结。请先答复并勾选“核查结果答复”。"),
    "rectification_missing": _l("查实了重大事故隐患，还没有责令整改，不能办结。"),
    "rectification_open": _l("责令整改的事项还没有复查合格，不能办结。"),
    "protection_open": _l("举报人反映打击报复，还没有决定是否采取保护措施，不能办结。"),
    "order_open": _l("有督办单还没有答复，不能办结。"),
    "visit_open": _l("现场核查还没有完成：请两人签字，或者由负责人取消，然后办结。"),
    "extension_waits": _l("有延期申请还没有决定，不能办结。"),
    "pause_waits": _l("有暂停计时的申请还没有决定，不能办结。"),
    "review_open": _l("举报人提出了异议，复核还没有完成，不能办结。"),
    "not_proposed": _l("还没有人提议办结，不能直接办结。"),
    "merged_not_told": _l("并入的举报还有没告知核查结果的，不能办结。请先在“并案情况”里逐一告知。"),
}

# Why a leave is not noted, or a case does not change hands.
COVERS: Final[dict[str, LazyString]] = {
    "oneself": _l("代办人不能是请假人本人。"),
    "days": _l("请假的日期不对：最后一日不能早于第一日和今天，一次最长一年。"),
    "overlaps": _l("这段时间已经登记过请假，请先结束原来的登记。"),
    "deputy_away": _l("对方这段时间也在请假，请另选一人，或者等假满。"),
    "covers_others": _l("请假人这段时间正为别人代办，请先为那一位另选代办人。"),
    "office": _l("请假人、代办人和接手的人都须是本单位有认证的承办人。"),
    "gone": _l("没有这项请假登记，或者已经结束，请刷新页面。"),
    "not_assigned": _l("这件举报现在不在他名下，请刷新页面。"),
    "out": _l("对方在这件举报中应当回避，或者做过督办，不能接手。请重新抽取承办人员。"),
    "not_drawn": _l("只能交回给抽取的承办人员。"),
    "no_leave": _l("承办人员今天没有请假，或者对方不是登记的代办人。"),
}

# Why an on-site verification cannot go on like this, or a finding not rest on it.
VISITS: Final[dict[str, LazyString]] = {
    "open": _l("已有一次现场核查还没有完成，请先由两人签字，或者由负责人取消。"),
    "not_open": _l("这次现场核查已经完成或者取消，请刷新页面。"),
    "waits": _l("核查记录已经提交，等第二名执法人员签字；要改动，请第二人先退回。"),
    "another_record": _l("核查记录刚刚有变化，没有签字。请打开现在的记录重新核对。"),
    "photos": _l("照片不是本次核查上传的，或者重复、超过 60 张。"),
    "photo_changed": _l("有照片与上传时不一致或者丢失，不能签字。请退回，去掉它后重新记录。"),
    "recused": _l("提交记录的执法人员已经回避，须由负责人取消这次核查，另行安排。"),
    "officers": _l("两名执法人员须有认证，属于承办或者协办单位，没有回避。请重新选择。"),
    "officers_above": _l("跟踪督办的现场核查，至少一人须是督办单位的人员。"),
    "other_office": _l("核查举报和整改复查由承办单位安排，挂牌跟踪督办由督办单位安排。"),
    "no_verify": _l("只有已经受理、还没有结论的举报才能安排现场核查。"),
    "no_recheck": _l("没有整改完成、等待复查的事项。"),
    "no_follow_up": _l("这件举报没有挂牌督办，或者已经解除挂牌。"),
    "unsigned": _l("现场核查记录还没有两人签字，不能继续。请先签字，或者由负责人取消这次核查。"),
    "basis": _l("请写明核查结论的依据。"),
    "no_visit": _l("没有两人签字的现场核查记录，请选择其他依据，或者先安排现场核查。"),
    "other_basis": _l("已有两人签字的现场核查记录，核查结论应当以它为依据。"),
    "partial": _l("现场核查只完成了一部分。请再安排一次，或者结论为“无法查实”。"),
    "not_followed_up": _l("解除挂牌前，督办单位须在挂牌和复查之后到现场核查一次并由两人签字。"),
}

# Why two cases cannot be merged, or not now.
MERGES: Final[dict[str, LazyString]] = {
    "leads_others": _l("已有其他举报并入这件举报。请先撤销那些并案。"),
    "retaliation": _l("举报人反映打击报复，须单独办理，不能并案。"),
    "urgent_waits": _l("紧急举报还没有到场处置或者受理，不能并案。"),
    "award_waits": _l("这件举报已有奖励在办理，不能并入其他举报。"),
    "award_shared": _l("这位举报人已分得同一事项的奖励，不能撤销并案。"),
    "release_waits": _l("有查看身份信息的申请还没有办完，不能并案。"),
    "refusal_waits": _l("有不予受理的意见还没有确认或者退回，不能并案。"),
    "closing_waits": _l("有办结提议还没有同意或者退回，不能并案。"),
    "return_waits": _l("有退回申请还没有裁定，不能并案。"),
    "assignment_waits": _l("有承办单位的建议还没有决定，不能并案。"),
    "extension_waits": _l("有延期申请还没有决定，不能并案。"),
    "pause_waits": _l("正在暂停计时，或者有暂停的申请还没有决定，不能并案。"),
    "order_open": _l("有督办单还没有答复，不能并案。"),
    "referral_waits": _l("已经移送，还没有收到回执，不能并案。"),
    "listed": _l("正在挂牌督办，不能并案。"),
    "review_open": _l("举报人提出了异议，复核还没有完成，不能并案。"),
    "into_received": _l("要并入的举报还没有受理，请先受理。"),
    "into_refused": _l("要并入的举报已经不予受理，不能并入。"),
    "into_closed": _l("要并入的举报已经办结，不能并入。"),
    "into_merged": _l("要并入的举报自己已经并入另一件。请直接并入那一件。"),
    "other_office": _l("两件举报不由同一部门承办，不能并案。请先转办。"),
    "accused": _l("其中一件举报涉及办理另一件的部门，不能并案。"),
    "discipline": _l("纪检监察机关只收到其中一件，不能并案。"),
    "trial": _l("试用期间的举报不能与正式的举报并案。"),
    "not_first": _l("要并入的举报收到得更晚。请反过来，把它并入先收到的这一件。"),
    "later_clock": _l("要并入的举报核查期限更晚，并案会让这位举报人多等，不能并案。"),
    "not_logged": _l("系统还没有记下收到的先后，请一分钟后再试。"),
}

# Why money of the fund is not moved.
FUND_MOVES: Final[dict[str, LazyString]] = {
    "role": _l("您的角色不能提议或者同意这项资金调整。"),
    "same_person": _l("提议人不能同意自己的提议，须由另一人同意。"),
    "other_facts": _l("提交的内容与提议不一致，没有保存。请刷新后再试。"),
    "not_open": _l("这份提议已经同意、不同意或者撤回。"),
    "same_pot": _l("调出和调入是同一个资金渠道，不用调剂。"),
    "no_such_pot": _l("这个年度没有这个资金渠道。"),
    "nothing_granted": _l("这个年度还没有下达预算，不能追加；请先下达预算。"),
    "not_overdrawn": _l("这个资金渠道没有这么多超支要弥补。"),
    "no_overdraft": _l("执行中的办法不允许超支。"),
    "year_open": _l("这个年度还没有结束，不能办理年终结转或者收回。"),
    "other_year_end": _l("执行中的办法规定的年终办理方式与此不同。"),
    "overdrawn": _l("这个资金渠道还有超支没有弥补，请先弥补。"),
    "not_the_rest": _l("年终办理的金额须是全部可用余额。请刷新后再试。"),
    "not_this_award": _l("这个资金渠道没有发放过这笔奖励。"),
    "no_queue": _l("适用的办法不允许奖励排队等候资金。"),
    "not_short": _l("现在有足够的资金，可以直接预留，不用排队。"),
    "queued_already": _l("这件举报的奖励已在排队。"),
    "queue_ahead": _l("前面还有排队等候资金的奖励，须按次序办理。"),
    "more_than_paid": _l("追回的金额超过这笔奖励已发放而未追回的金额。"),
}

# What keeps a case from being destroyed.
KEPT_BECAUSE: Final[dict[str, LazyString]] = {
    "open": _l("这件举报还没有办结，不能销毁。"),
    "review": _l("举报人的异议还没有复核，不能销毁。"),
    "unread": _l("这件举报还没有部门打开看过，不能销毁。"),
    "award_unpaid": _l("这件举报的奖励还没有发放，不能销毁。"),
    "destroyed": _l("这件举报的内容已经销毁。"),
    "not_requested": _l("没有等待确认的销毁申请，或者理由不一致。"),
    "not_confirmed": _l("提前销毁还没有第二人确认。"),
}

# Why an award is not shared as proposed.
SPLITS: Final[dict[str, LazyString]] = {
    "other_matter": _l("名单里有不属于这一事项的举报，请刷新页面。"),
    "out_of_order": _l("请按位次列出各件举报。"),
    "not_the_first": _l("办法规定奖励最先受理的举报人，不能越过第 1 位。"),
    "no_helpers": _l("办法没有规定可以奖励其他协助的举报人，只能给一件举报。"),
    "other_signers": _l("联名人数与举报人声明的不一致，请刷新页面。"),
    "first_signer_only": _l("办法规定由第一署名人领取，其他联名人的权重须为 0。"),
    "not_equal": _l("办法规定联名人平均分配，权重须相同且大于 0。"),
    "one_by_mandate": _l("办法规定由联名人书面委托的一人领取，只能有一人的权重大于 0。"),
    "nothing_left": _l("按这样的权重，有人分不到一分钱。请调整权重。"),
    "anonymous": _l("办法只奖励实名举报，名单里有匿名的举报，权重须为 0。"),
    "nobody": _l("每件有权重的举报至少要有一人分得奖励。"),
    "ineligible": _l("有举报人申报的关系依办法不奖励，权重须为 0。"),
}

# Why a bank's file cannot be used as a whole.
BANK_FILES: Final[dict[str, LazyString]] = {
    "columns": _l(
        "没有找到列名。文件前 20 行里要有一行写明“参考号”“金额”和“结果”"
        "（对账单没有“结果”），金额以元为单位。"
    ),
    "rows": _l("文件太长：一次最多 5,000 行，请分开导入。"),
    "sheet": _l("读不出这个文件。请用银行给的 CSV 或者 XLSX 文件；XLS 请先另存为 XLSX。"),
    "formula": _l("表格里有公式，不能当作银行的原文件。请用银行给的文件，不要改动。"),
    "name_unchecked": _l(
        "适用的办法规定只能汇入举报人本人的账户：请先申请查看举报人姓名，核对一致后再付款。"
    ),
    "batch_taken": _l("批号重复，没有生成文件。请再提交一次。"),
    "no_order": _l("这一批里没有这个参考号。"),
    "sheets": _l("工作簿里有几张表都写了内容，分不清哪一张是银行的答复。请只留一张。"),
}

# Refusals that give a code as their reason, and the sentences of the codes.
CODED: Final[dict[type[Exception], dict[str, LazyString]]] = {
    refusals.SeparationError: SEPARATIONS,
    refusals.RetentionError: KEPT_BECAUSE,
    refusals.ClosingRefusedError: CLOSINGS,
    refusals.MergeRefusedError: MERGES,
    refusals.VisitRefusedError: VISITS,
    refusals.CoverRefusedError: COVERS,
    refusals.ExtensionRefusedError: EXTENSIONS,
    refusals.PauseRefusedError: PAUSES,
    refusals.KeyChangeError: KEY_CHANGES,
    refusals.RuleChangeError: RULE_CHANGES,
    refusals.FundMoveError: FUND_MOVES,
    refusals.BankFileError: BANK_FILES,
    refusals.SplitRefusedError: SPLITS,
    refusals.CertificateRefusedError: CERTIFICATES,
}
