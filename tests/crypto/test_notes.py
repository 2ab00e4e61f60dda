import base64

import pytest

from crypto import notes
from crypto.errors import KeySetError, ProofError
from crypto.merkle import tree_hash
from crypto.public_key import verify

KEY = notes.LogKey(bytes(range(32)))
NAME = "example.org/log"
TEXT = "first line\n\nthird line\n"


def test_a_note_opens_with_its_key():
    note = notes.sign_note(TEXT, name=NAME, key=KEY)
    assert notes.open_note(note, name=NAME, public=KEY.public) == TEXT
    assert note.startswith(TEXT + "\n\u2014 example.org/log ")


def test_a_published_note_opens():
    # From the documentation of golang.org/x/mod/sumdb/note.
    verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, hint, encoded = verifier.split("+", 2)
    public = base64.b64decode(encoded)[1:]
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = (
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
        "KvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    note = f"{text}\n\u2014 {name} {signature}\n"
    assert notes.verifier_key(name, public) == verifier
    assert notes.note_key_id(name, public).hex() == hint
    assert notes.open_note(note, name=name, public=public) == text


def test_a_witness_adds_a_signature():
    witness = notes.LogKey.generate()
    note = notes.sign_note(TEXT, name=NAME, key=KEY)
    cosigned = notes.add_signature(note, name="witness", key=witness)
    assert notes.open_note(cosigned, name=NAME, public=KEY.public) == TEXT
    assert notes.open_note(cosigned, name="witness", public=witness.public) == TEXT


def test_other_notes_do_not_open():
    note = notes.sign_note(TEXT, name=NAME, key=KEY)
    other = notes.LogKey.generate()
    line = note.rsplit("\n", 2)[1]
    wrong = [
        "", "x", TEXT, TEXT + "\n", note[:-1], note.replace("third", "fourth"), note + "x\n",
        note.replace("\u2014", "-"), note + line + "\n", note[:-5] + "AAA=\n",
        TEXT + "\n\u2014 " + NAME + " AAAA\n", note.replace("third", "th\tird"),
    ]  # fmt: skip
    for one in wrong:
        with pytest.raises(ProofError):
            notes.open_note(one, name=NAME, public=KEY.public)
    for name, public in ((NAME, other.public), ("other", KEY.public)):
        with pytest.raises(ProofError):
            notes.open_note(note, name=name, public=public)


@pytest.mark.parametrize(("text", "name"), [("no end", NAME), ("a\x00\n", NAME), (TEXT, "a b"),
                                            (TEXT, "a+b"), (TEXT, "")])  # fmt: skip
def test_what_cannot_stand_in_a_note_is_refused(text, name):
    with pytest.raises(ProofError):
        notes.sign_note(text, name=name, key=KEY)


@pytest.mark.parametrize("extensions", [(), ("one", "two")])
def test_a_checkpoint_is_read_back(extensions):
    checkpoint = notes.Checkpoint("example.org/log", 20852163, tree_hash([]), extensions)
    assert notes.parse_checkpoint(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    ["", "o\n1\n", "o\n01\nAAAA\n", "o\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n",
     "o\n-1\n" + "A" * 43 + "=\n", "o\n1\n" + "A" * 43 + "=", "o\n1\n" + "A" * 42 + "B=\n",
     "o\n1\n" + "A" * 43 + "=\n\n"],
)  # fmt: skip
def test_a_malformed_checkpoint_is_refused(text):
    with pytest.raises(ProofError):
        notes.parse_checkpoint(text)


def test_the_log_key_signs_and_does_not_show():
    verify(KEY.public, b"event", KEY.sign(b"event"))
    assert repr(KEY.seed) not in repr(KEY)
    with pytest.raises(KeySetError):
        notes.LogKey(b"short")


WITNESS = notes.LogKey(bytes(range(1, 33)))
CHECKPOINT = notes.sign_note(
    notes.Checkpoint(NAME, 16, tree_hash([])).text(), name=NAME, key=KEY
)  # fmt: skip


def test_a_cosignature_opens_with_its_key_and_tells_its_time():
    cosigned = CHECKPOINT + notes.cosign(CHECKPOINT, name="w.example/1", key=WITNESS, at=1679315147)
    public = WITNESS.public
    assert notes.check_cosignature(cosigned, name="w.example/1", public=public) == 1679315147
    assert notes.open_note(cosigned, name=NAME, public=KEY.public) == notes.note_text(CHECKPOINT)


def test_the_message_of_a_cosignature_is_that_of_the_specification():
    line = notes.cosign(CHECKPOINT, name="w", key=WITNESS, at=1679315147)
    raw = base64.b64decode(line.rsplit(" ", 1)[1])
    message = b"cosignature/v1\ntime 1679315147\n" + notes.note_text(CHECKPOINT).encode()
    assert raw[4:12] == (1679315147).to_bytes(8, "big")
    verify(WITNESS.public, message, raw[12:])
    key = notes.verifier_key("w", WITNESS.public, notes.COSIGNATURE)
    assert notes.parse_verifier_key(key) == ("w", WITNESS.public, notes.COSIGNATURE)
    assert key.split("+")[1] == raw[:4].hex()


def test_a_changed_cosignature_is_refused():
    line = notes.cosign(CHECKPOINT, name="w", key=WITNESS, at=5)
    raw = bytearray(base64.b64decode(line.rsplit(" ", 1)[1]))
    for at in (0, 11, 12, 75):
        raw[at] ^= 1
        changed = f"{notes.DASH} w {base64.b64encode(bytes(raw)).decode()}\n"
        with pytest.raises(ProofError):
            notes.check_cosignature(CHECKPOINT + changed, name="w", public=WITNESS.public)
        raw[at] ^= 1
    for name, public in (("v", WITNESS.public), ("w", KEY.public)):
        with pytest.raises(ProofError):
            notes.check_cosignature(CHECKPOINT + line, name=name, public=public)
    with pytest.raises(ProofError):
        notes.check_cosignature(CHECKPOINT + line + line, name="w", public=WITNESS.public)


def test_signatures_of_copies_are_merged_and_a_newer_one_takes_the_place():
    one = CHECKPOINT + notes.cosign(CHECKPOINT, name="w", key=WITNESS, at=5)
    two = CHECKPOINT + notes.cosign(CHECKPOINT, name="w", key=WITNESS, at=6)
    other = notes.LogKey.generate()
    three = CHECKPOINT + notes.cosign(CHECKPOINT, name="v", key=other, at=7)
    merged = notes.merge_signatures(notes.merge_signatures(one, two), three)
    assert notes.check_cosignature(merged, name="w", public=WITNESS.public) == 6
    assert notes.check_cosignature(merged, name="v", public=other.public) == 7
    assert notes.open_note(merged, name=NAME, public=KEY.public) == notes.note_text(CHECKPOINT)
    with pytest.raises(ProofError):
        notes.merge_signatures(CHECKPOINT, notes.sign_note(TEXT, name=NAME, key=KEY))


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", "a b+00000000+" + "A" * 44])
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(ProofError):
        notes.parse_verifier_key(text)
