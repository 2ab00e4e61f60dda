"""Which field of a form a file belongs to, known while it comes in.

The framework tells a file's name alone. What becomes of a file here depends on its
field, and on a box that stands before it: so every part is noted as it begins or ends.
"""

from collections.abc import Callable
from typing import IO, Any

from werkzeug.datastructures import Headers, MultiDict
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import File

Note = Callable[[str], None]
Parsed = tuple[IO[bytes], MultiDict[str, Any], MultiDict[str, Any]]


class NotingParser(MultiPartParser):
    """Reads a form and tells the name of each part: of a file at its start, of a text at its end.

    Args:
        note: is told the names, in the order of the form.
        options: as the framework gives them.
    """

    def __init__(self, note: Note, **options: Any) -> None:
        super().__init__(**options)
        self._note = note

    def start_file_streaming(self, event: File, total_content_length: int | None) -> IO[bytes]:
        """Note the field, then begin with the file."""
        self._note(event.name)
        return super().start_file_streaming(event, total_content_length)

    def get_part_charset(self, headers: Headers) -> str:
        """Note the field of a text; the framework asks for its charset once it is whole."""
        _, options = parse_options_header(headers.get("content-disposition"))
        self._note(options.get("name", ""))
        return super().get_part_charset(headers)


class NotingFormParser(FormDataParser):
    """The framework's parser of forms, with `NotingParser` for those that carry files."""

    def __init__(self, note: Note, **options: Any) -> None:
        super().__init__(**options)
        self._note = note

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Parsed:
        """Read a form; one that cannot be read is empty, as the framework has it."""
        if mimetype != "multipart/form-data":
            return super().parse(stream, mimetype, content_length, options)
        parser = NotingParser(
            self._note,
            stream_factory=self.stream_factory,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.cls,
        )
        try:
            boundary = (options or {})["boundary"].encode("ascii")
            return stream, *parser.parse(stream, boundary, content_length)
        except (KeyError, ValueError):
            return stream, self.cls(), self.cls()
