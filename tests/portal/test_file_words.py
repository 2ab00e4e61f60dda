"""What a reporter is told about files that keep hidden information."""

from io import BytesIO

import samples
from browsing import photograph


def filed(visitor, files):
    """The receipt page of a report with *files*."""
    answer = visitor.post("/report", visitor.report(files=files))
    assert answer.status_code == 200
    return answer


def test_the_receipt_names_each_file_that_was_not_cleaned_and_why(visitor):
    answer = filed(
        visitor,
        [
            (BytesIO(photograph()), "clean.jpg"),
            (BytesIO(b"text" * 50), "notes.txt"),
            (BytesIO(samples.pdf(owner="a", user="b")), "<locked>.pdf"),
        ],
    )
    page = answer.text
    assert "clean.jpg" not in page
    assert "notes.txt" in page
    assert "没有清理这种格式的办法" in page
    assert "&lt;locked&gt;.pdf" in page
    assert "文件有密码，打不开" in page


def test_a_receipt_with_clean_files_alone_says_nothing_of_hidden_information(visitor):
    page = filed(visitor, [(BytesIO(photograph()), "clean.jpg")]).text
    assert "没有清除隐藏信息" not in page


def test_a_photograph_that_became_another_kind_of_file_says_so_in_its_name(site):
    from casework.domain.ids import new_id
    from crypto.sending import Sending
    from portal import uploads

    sending = Sending.begin(site=site.instance.site, report_id=new_id(), sending_id=new_id())
    upload = uploads.new_upload(site, sending, "IMG_0001.HEIC")
    upload.write(samples.heic())
    upload.seek(0)
    entry = upload.entry()
    assert (entry.name, entry.media_type) == ("IMG_0001.HEIC.jpg", "image/jpeg")
