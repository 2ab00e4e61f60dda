"""A report about the office that pays: nobody there finds its award in any list."""

import pytest


@pytest.mark.parametrize(
    ("login", "pages"),
    [
        ("cashier", ("/", "/worklist/to-pay", "/worklist/approved", "/bank")),
        ("finance", ("/", "/worklist/to-approve", "/bank", "/bank/statement")),
    ],
)
@pytest.mark.parametrize("is_claimed", [False, True])
def test_no_list_of_an_accused_office_tells_of_the_award(world, sign_in, login, pages, is_claimed):
    world.appropriate()
    about, other = world.file_report(about="410329-czj"), world.file_report()
    for filed in (about, other):
        world.accept(filed.report)
        world.conclude(filed.report, fines_fen=(4_000_000,))
        world.reserve(filed.report)
        if is_claimed:
            world.say_yes(filed.report)
            world.claim(filed)
    desk = sign_in(login)
    for page in pages:
        text = desk.get(page).text
        assert about.case_number not in text, page
        assert about.report not in text, page
    assert not is_claimed or other.case_number in desk.get("/bank").text
