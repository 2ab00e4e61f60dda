"""What can go wrong in crypto/, by cause. No message here is meant for a screen."""


class CryptoError(Exception):
    """Root of every refusal of this package."""


class UnsealError(CryptoError):
    """Something sealed did not open.

    Wrong key, wrong context, cut, extended, unknown suite: one class and one
    sentence, so that whoever tries learns nothing from the way it failed.
    """

    def __init__(self) -> None:
        """Take no arguments: there is nothing to tell."""
        super().__init__("the sealed bytes do not open")


class KeySetError(CryptoError):
    """A key, key set or certificate is malformed, unsigned or not believed."""


class EventError(CryptoError):
    """A canonical document, an event or its signature is not what it should be."""


class CodeError(CryptoError):
    """A typed code or paper part is malformed, or its check does not fit.

    Attributes:
        line: number of the first wrong line of a paper part, from 1; 0 for a code.
    """

    def __init__(self, message: str, *, line: int = 0) -> None:
        """Say what is wrong with the form of the code, never the code itself."""
        super().__init__(message)
        self.line = line


class SizeError(CryptoError):
    """A text is longer than its largest padding bucket.

    Attributes:
        name: which kind of text ("text", "identity").
        limit: the most UTF-8 bytes it may have.
    """

    def __init__(self, name: str, limit: int) -> None:
        """Name the kind of text and its limit in bytes."""
        super().__init__(f"{name} is longer than {limit} bytes")
        self.name = name
        self.limit = limit


class BusyError(CryptoError):
    """Too many look-ups wait for a derivation already; to be tried again later."""


class FormTokenError(CryptoError):
    """A form token is malformed, not ours, or too old."""


class ProofError(CryptoError):
    """A Merkle proof or a signed note does not prove what it should."""
