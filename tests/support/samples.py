"""Files as phones and offices make them, with planted hidden information in each."""

import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pikepdf
import pillow_heif
from PIL import Image

from browsing import photograph

MAKER = "PlantedMaker"
AUTHOR = "PlantedAuthor"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    f"<dc:creator>{AUTHOR}</dc:creator></cp:coreProperties>"
)
VIDEO = "-f lavfi -i testsrc=d=1:s=176x144"
SOUND = "-f lavfi -i sine=d=1"
# file ending -> how ffmpeg makes one
RECIPES: Mapping[str, str] = {
    "mp4": f"{VIDEO} {SOUND} -c:v libx264 -pix_fmt yuv420p -c:a aac",
    "mov": f"{VIDEO} {SOUND} -c:v libx264 -pix_fmt yuv420p -c:a aac",
    "3gp": f"{VIDEO} {SOUND} -c:v h263 -c:a aac",
    "webm": f"{VIDEO} {SOUND} -c:v libvpx -c:a libopus",
    "mkv": f"{VIDEO} {SOUND} -c:v libx264 -c:a aac",
    "avi": f"{VIDEO} {SOUND} -c:v mpeg4 -c:a mp3",
    "m4a": f"{SOUND} -c:a aac",
    "mp3": f"{SOUND} -c:a mp3",
    "wav": SOUND,
    "ogg": f"{SOUND} -c:a libvorbis",
}


def heic() -> bytes:
    """A photograph as an iPhone keeps it."""
    pillow_heif.register_heif_opener()
    return photograph("HEIF")


def two_in_one() -> bytes:
    """A JPEG with a second picture behind the first, as many phones write it (MPO)."""
    out = BytesIO()
    frames = [Image.new("RGB", (64, 32), colour) for colour in ("red", "blue")]
    exif = Image.Exif()
    exif[0x010F] = MAKER
    frames[0].save(out, "MPO", save_all=True, append_images=frames[1:], exif=exif)
    return out.getvalue()


def recording(ending: str, folder: Path) -> bytes:
    """A second of film or sound."""
    path = folder / f"sample.{ending}"
    told = (
        f"-metadata title={AUTHOR} -metadata artist={MAKER} -metadata location=+34.25+109.50/"
        " -metadata creation_time=2020-02-02T02:02:02Z -metadata:s:0 handler_name=PlantedHandler"
    )
    command = f"ffmpeg -loglevel error -y {RECIPES[ending]} {told} -shortest {path}"
    subprocess.run(command.split(), check=True)
    return path.read_bytes()


def pdf(owner: str = "", user: str = "") -> bytes:
    """A scanned page with an author in every place that has room for one."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(200, 200))
        picture = document.make_stream(photograph("JPEG"))
        picture.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=64, Height=32,
                ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
        )  # fmt: skip
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        page.Contents = document.make_stream(b"q 200 0 0 200 0 0 cm /Im0 Do Q")
        page.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=AUTHOR))
        page.Annots = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9],
                    T=AUTHOR, M="D:20200202020202", Contents="Kept",
                ),
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
                    A=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"),
                ),
            ]
        )  # fmt: skip
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)")
        document.attachments["planted.txt"] = b"PlantedAttachment"
        document.docinfo["/Author"] = AUTHOR
        with document.open_metadata() as metadata:
            metadata["dc:creator"] = [AUTHOR]
        out = BytesIO()
        guard = pikepdf.Encryption(owner=owner, user=user) if owner else False
        document.save(out, encryption=guard)
    return out.getvalue()


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """An Office document of *parts*."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def links(*targets: str, external: str = "") -> str:
    """Relations of a part."""
    lines = [
        f'<Relationship Id="r{at}" Type="t" Target="{target}"/>'
        for at, target in enumerate(targets)
    ]
    if external:
        lines.append(f'<Relationship Id="x" Type="t" Target="{external}" TargetMode="External"/>')
    return f'<Relationships xmlns="{RELS}">{"".join(lines)}</Relationships>'


def docx(**more: str | bytes) -> bytes:
    """A letter with authors, remarks, tracked changes, a photograph, a template on a disk."""
    changed = f'<w:ins w:id="1" w:author="{AUTHOR}" w:date="2020-02-02T02:02:02Z">'
    return package(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
                '<Override PartName="/docProps/core.xml" ContentType="core"/>'
                '<Override PartName="/word/people.xml" ContentType="people"/></Types>'
            ),
            "_rels/.rels": links("word/document.xml", "docProps/core.xml"),
            "docProps/core.xml": CORE,
            "docProps/thumbnail.jpeg": photograph("JPEG"),
            "customXml/item1.xml": f"<a>{AUTHOR}</a>",
            "word/document.xml": (
                f'<w:document xmlns:w="{W}"><w:body><w:p w:rsidR="00PLANTED"><w:r><w:t '
                f'xml:space="preserve">第一行 &amp; 内容 </w:t></w:r>{changed}<w:r><w:t>新增</w:t>'
                "</w:r></w:ins></w:p></w:body></w:document>"
            ),
            "word/comments.xml": (
                f'<w:comments xmlns:w="{W}"><w:comment w:id="0" w:author="{AUTHOR}" '
                f'w:initials="PA" w:date="2020-02-02T02:02:02Z"><w:p/></w:comment></w:comments>'
            ),
            "word/settings.xml": (
                f'<w:settings xmlns:w="{W}" xmlns:r="{R}"><w:attachedTemplate r:id="x"/>'
                '<w:rsids><w:rsid w:val="00PLANTED"/></w:rsids><w:zoom w:percent="100"/>'
                "</w:settings>"
            ),
            "word/_rels/settings.xml.rels": links(external=f"file:///C:/Users/{AUTHOR}/a.dotm"),
            "word/_rels/document.xml.rels": links("people.xml", "../customXml/item1.xml"),
            "word/people.xml": f"<p>{AUTHOR}</p>",
            "word/media/image1.jpeg": photograph("JPEG"),
            "word/media/image2.png": photograph("PNG"),
            **more,
        }
    )


def xlsx() -> bytes:
    """A table with a path, remarks and a printer."""
    return package(
        {
            "[Content_Types].xml": f'<Types xmlns="{TYPES}"/>',
            "xl/workbook.xml": (
                '<workbook xmlns:x15ac="http://x"><fileSharing userName="PlantedAuthor"/>'
                f'<x15ac:absPath url="C:\\Users\\{AUTHOR}\\"/><sheets/></workbook>'
            ),
            "xl/comments1.xml": (
                f"<comments><authors><author>{AUTHOR}</author></authors><commentList>"
                '<comment ref="A1" authorId="0"><text><t>Kept</t></text></comment>'
                "</commentList></comments>"
            ),
            "xl/persons/person.xml": (
                f'<personList><person displayName="{AUTHOR}" id="{{1}}" userId="{AUTHOR}" '
                'providerId="AD"/></personList>'
            ),
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns:r="{R}"><sheetData><row><c t="inlineStr"><is><t>Kept</t></is>'
                '</c></row></sheetData><pageSetup paperSize="9" r:id="r0"/></worksheet>'
            ),
            "xl/worksheets/_rels/sheet1.xml.rels": links("../printerSettings/printerSettings1.bin"),
            "xl/printerSettings/printerSettings1.bin": b"PlantedPrinter",
        }
    )


def pptx() -> bytes:
    """Slides with authors of remarks and the history of changes."""
    return package(
        {
            "[Content_Types].xml": f'<Types xmlns="{TYPES}"/>',
            "ppt/presentation.xml": "<p/>",
            "ppt/commentAuthors.xml": (
                f'<cmAuthorLst><cmAuthor id="0" name="{AUTHOR}" initials="PA"/></cmAuthorLst>'
            ),
            "ppt/comments/comment1.xml": (
                '<cmLst><cm authorId="0" dt="2020-02-02T02:02:02"><text>Kept</text></cm></cmLst>'
            ),
            "ppt/changesInfos/changesInfo1.xml": f"<c>{AUTHOR}</c>",
            "ppt/media/image1.jpg": photograph("JPEG"),
        }
    )
