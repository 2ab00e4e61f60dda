"""Answers of a server, taken apart."""

import socket
import threading
from contextlib import closing

import pytest

from benchmarks.wire import Connection, Head, NoAnswerError, parse_head, split_chunks


def test_the_head_says_status_and_length_in_any_spelling():
    head = parse_head(b"HTTP/1.1 200 OK\r\nCONTENT-length: 12\r\nConnection: keep-alive")
    assert head == Head(status=200, length=12, chunked=False, closes=False)


def test_a_server_that_says_close_is_believed():
    assert parse_head(b"HTTP/1.1 413 Too Large\r\nConnection: Close").closes


def test_an_old_server_closes_without_saying_so():
    assert parse_head(b"HTTP/1.0 200 OK").closes


@pytest.mark.parametrize("head", [b"", b"220 mail.example", b"HTTP/1.1 OK"])
def test_what_is_no_http_is_refused(head):
    with pytest.raises(ValueError, match="no HTTP answer"):
        parse_head(head)


def test_chunks_are_joined_and_the_last_one_ends_them():
    assert split_chunks(b"3\r\nabc\r\n2;x=1\r\n\r\n\r\n0\r\n\r\n") == (b"abc\r\n", True)


@pytest.mark.parametrize("body", [b"", b"3", b"3\r\nab", b"3\r\nabc\r\n", b"3\r\nabc\r\n0\r\n"])
def test_chunks_without_their_end_are_not_whole(body):
    assert split_chunks(body)[1] is False


def answering(answer: bytes, *, read: bool = True) -> int:
    """Serve one connection on the returned port; *read* False answers before reading."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        with closing(server):
            connection, _ = server.accept()
            with closing(connection):
                if read:
                    connection.recv(65536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

    threading.Thread(target=serve, daemon=True).start()
    port: int = server.getsockname()[1]
    return port


def test_a_refusal_that_comes_before_the_whole_form_was_sent_is_heard():
    answer = b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig"
    with Connection("127.0.0.1", answering(answer, read=False)) as connection:
        assert connection.post("/", {}, bytes(1024 * 1024)) == (413, "big")


def test_an_answer_cut_short_is_none():
    with (
        Connection(
            "127.0.0.1", answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        ) as c,
        pytest.raises(NoAnswerError),
    ):
        c.get("/", {})


def test_an_answer_without_a_length_ends_with_the_connection():
    with Connection("127.0.0.1", answering(b"HTTP/1.1 200 OK\r\n\r\nall of it")) as connection:
        assert connection.get("/", {}) == (200, "all of it")
