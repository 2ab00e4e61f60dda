"""A declaration that comes while an award waits for its yes: what was proposed holds no longer."""

from moving import Moving


def test_what_was_proposed_before_a_declaration_is_worked_out_anew(season: Moving):
    season.world.appropriate()
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(
        narrative="储罐区动火作业未办理审批。", name="样本甲", phone="13800000000", consent="y"
    )
    season.jobs()
    number = reporter.case_number
    season.officer().accepts(number)
    season.officer().concludes(number)
    season.working.open_claims()
    season.officer().proposes(number)

    # When the reporter declares something else
    reporter.looks_in()
    page = reporter.visitor.get("/follow-up/declaration")
    sent = reporter.visitor.send(
        page.form("/follow-up/declaration"), {"relation": "regulator", "signers": "1"}
    )
    assert sent.status == 200, sent.text
    assert "申报已经送到" in sent.text

    # Then nobody agrees to what rested on other facts, not even before the jobs process came by
    approver = season.approver()
    approver.opens_case(number)
    approver.follows("审批奖励")
    refused = approver.sends("签署", decision="approve")
    assert refused.status == 422, refused.text

    # And it is worked out anew: this relation earns nothing
    season.working.open_claims()
    assert season.audit(number).text.count("核算奖励") == 2
    assert number not in season.approver().visitor.get("/").text
    assert season.problems() == []
