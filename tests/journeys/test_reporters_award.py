"""What a reporter does about an award, in separate processes with the roles of production."""

import re

from actors import Stage
from browsing import photograph
from casework.verify import Problem, verify


def test_declared_claimed_in_each_way_and_objected_to(stage: Stage):
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(
        narrative="储罐区动火作业未办理审批。", name="样本甲", phone="13800000000", consent="y"
    )
    number = reporter.case_number
    officer = stage.officer()
    officer.accepts(number)
    officer.concludes(number)
    reporter.looks_in()
    page = reporter.visitor.get("/follow-up/declaration")
    typed = {"relation": "staff", "day_0": "2025-03-05", "amount_0": "500",
             "matter_0": "violation"}  # fmt: skip
    told = reporter.visitor.send(page.form("/follow-up/declaration"), typed)
    assert "我在被举报的单位工作" in told.text
    officer.proposes(number)
    stage.approver().approves(number)
    stage.approver("finance").confirms_money(number)

    seen = []
    for how in ("counter", "voucher"):
        page = reporter.visitor.get("/follow-up/reward")
        shown = reporter.visitor.send(page.form("/follow-up/reward", field="how"), {"how": how})
        seen += re.findall(r"(?:\d{4} ){3}\d{4}", shown.text)
    page = reporter.visitor.get("/follow-up/reward")
    asked = reporter.visitor.send(page.form("/follow-up/reward", field="how"), {"how": "agent"})
    agent = {"agent": "样本律师", "document": "lawyer", "number": "14103201810123456"}
    shown = reporter.visitor.send(
        asked.form(field="agent"), agent, files=[("identity_files|mandate.jpg", photograph())]
    )
    seen += re.findall(r"(?:\d{4} ){3}\d{4}", shown.text)
    assert len(set(seen)) == 3, shown.text
    assert reporter.claims_to_an_account("样本甲", "6222020000000000331").status == 200

    reporter.visitor.get("/follow-up/reward")
    page = reporter.visitor.follow("对这份奖励提出异议")
    sent = reporter.visitor.send(page.form("/objection", field="text"), {"text": "少算了一笔。"})
    assert "您对这份奖励提出了异议，正在复核。" in sent.text
    world = stage.world
    assert not [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ]
