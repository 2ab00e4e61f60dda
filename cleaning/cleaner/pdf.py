"""PDF: who made it, with what and when is taken out; so is everything that acts by itself."""

import zlib
from io import BytesIO
from typing import Final

import pikepdf
from pikepdf import Name

from cleaning.cleaner.segments import strip_jpeg, strip_jpeg2000
from cleaning.cleaner.verdict import (
    DAMAGED,
    ENCRYPTED,
    TOO_LARGE,
    UNKNOWN_TYPE,
    Clean,
    RefusedError,
)

MEDIA_TYPE: Final = "application/pdf"
OBJECTS_MAX: Final = 500_000
PICTURE_BYTES_MAX: Final = 64 * 1024 * 1024
# What any object may carry beside what is seen on the page.
HIDDEN: Final = (
    Name.Metadata, Name.PieceInfo, Name.LastModified, Name.Thumb, Name.AA, Name.AF,
    Name.Measure, Name.PTData, Name.CreatorInfo, Name.Creator,
)  # fmt: skip
HIDDEN_IN_CATALOG: Final = (
    Name.OpenAction, Name.Collection, Name.Perms, Name.DSS, Name.SpiderInfo, Name.Legal,
    Name.Extensions, Name.URI, Name.Threads,
)  # fmt: skip
HIDDEN_IN_NAMES: Final = (Name.JavaScript, Name.EmbeddedFiles, Name.AlternatePresentations)
# Of a remark on the page: who, when, in which program.
HIDDEN_IN_REMARK: Final = (Name.T, Name.M, Name.CreationDate, Name.NM)
REMARKS_DROPPED: Final = frozenset(
    {"/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D"}
)
ACTIONS_KEPT: Final = frozenset({"/GoTo", "/Named"})
PICTURES: Final = {"/DCTDecode": strip_jpeg, "/JPXDecode": strip_jpeg2000}
WEB: Final = ("http://", "https://", "mailto:", "tel:")


def clean(raw: bytes) -> Clean:
    """Write the document anew, with its pages and without the rest.

    Raises:
        RefusedError: a password guards it, it is damaged or has too many objects.
    """
    try:
        with pikepdf.open(BytesIO(raw), suppress_warnings=True) as document:
            if len(document.objects) > OBJECTS_MAX:
                raise RefusedError(TOO_LARGE)
            if not document.pages:
                raise RefusedError(DAMAGED)
            _clean_catalog(document)
            for thing in document.objects:
                _clean_object(thing)
            out = BytesIO()
            document.save(
                out, deterministic_id=True, encryption=False, preserve_pdfa=False,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )  # fmt: skip
    except pikepdf.PasswordError:
        raise RefusedError(ENCRYPTED) from None
    except pikepdf.PdfError:
        raise RefusedError(DAMAGED) from None
    return Clean(out.getvalue(), MEDIA_TYPE)


def _clean_catalog(document: pikepdf.Pdf) -> None:
    # The first half of the ID was drawn from the time and the place of the first saving.
    _drop(document.trailer, (Name.Info, Name.ID))
    root = document.Root
    _drop(root, HIDDEN_IN_CATALOG)
    names = root.get(Name.Names)
    if isinstance(names, pikepdf.Dictionary):
        _drop(names, HIDDEN_IN_NAMES)
    form = root.get(Name.AcroForm)
    if isinstance(form, pikepdf.Dictionary):
        # XFA is a second form in XML, with its own author; signatures name a person's
        # certificate, and hold for the old bytes only.
        _drop(form, (Name.XFA, Name.SigFlags))


def _clean_object(thing: pikepdf.Object) -> None:
    if isinstance(thing, pikepdf.Array):
        _clean_annotations(thing)
        for inner in thing.as_list():
            _clean_direct(inner)
        return
    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    _clean_entries(thing)
    if isinstance(thing, pikepdf.Stream):
        _clean_stream(thing)


def _clean_entries(thing: pikepdf.Object) -> None:
    _drop(thing, HIDDEN)
    for key in (Name.A, Name.Next, Name.PA):
        action = thing.get(key)
        if _is_unwanted_action(action):
            del thing[key]
    if Name.Subtype in thing and Name.Rect in thing:
        _drop(thing, HIDDEN_IN_REMARK if not _is_field(thing) else HIDDEN_IN_REMARK[1:])
    if thing.get(Name.Type) == Name.Sig or Name.ByteRange in thing:
        _drop(thing, tuple(Name(key) for key in thing.keys() if key != "/Type"))  # noqa: SIM118
    if Name.Annots in thing:
        annotations = thing[Name.Annots]
        if isinstance(annotations, pikepdf.Array):
            _clean_annotations(annotations)
    for name in thing.keys():  # noqa: SIM118 - a PDF dictionary is no mapping
        _clean_direct(thing[name])


def _clean_direct(inner: pikepdf.Object) -> None:
    """Go into what stands inside an object; what has a number of its own has its turn."""
    if isinstance(inner, pikepdf.Object) and not inner.is_indirect:
        _clean_object(inner)


def _clean_annotations(items: pikepdf.Array) -> None:
    for at in range(len(items) - 1, -1, -1):
        item = items[at]
        if isinstance(item, pikepdf.Dictionary) and str(item.get(Name.Subtype, "")) in (
            REMARKS_DROPPED
        ):
            del items[at]


def _is_field(thing: pikepdf.Object) -> bool:
    """Whether /T is the name of a form field, not of a person."""
    return thing.get(Name.Subtype) == Name.Widget or Name.FT in thing


def _is_unwanted_action(action: object) -> bool:
    if not isinstance(action, pikepdf.Dictionary) or Name.S not in action:
        return False
    kind = str(action[Name.S])
    if kind == "/URI":
        return not str(action.get(Name.URI, "")).lower().startswith(WEB)
    return kind not in ACTIONS_KEPT


def _clean_stream(thing: pikepdf.Stream) -> None:
    filters = thing.get(Name.Filter)
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    strip = PICTURES.get(names[-1]) if names else None
    if strip is None:
        return
    raw = thing.read_raw_bytes()
    if names[:-1] == ["/FlateDecode"]:
        raw = _inflated(raw)
    elif names[:-1]:
        raise RefusedError(UNKNOWN_TYPE)
    # How its colours are meant; it stands in a list when there are several filters.
    colours = thing.get(Name.DecodeParms)
    if isinstance(colours, pikepdf.Array):
        colours = colours[-1] if len(colours) else None
    if not isinstance(colours, pikepdf.Dictionary):
        colours = None
    thing.write(strip(raw), filter=pikepdf.Name(names[-1]), decode_parms=colours)


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(packed, PICTURE_BYTES_MAX)
    if unpacker.unconsumed_tail:
        raise RefusedError(TOO_LARGE)
    return raw


def _drop(thing: pikepdf.Object, keys: tuple[pikepdf.Name, ...]) -> None:
    for key in keys:
        if key in thing:
            del thing[key]
