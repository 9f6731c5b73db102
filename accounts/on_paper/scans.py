"""Scanned pages behind the typeset ones of a PDF, byte for byte as they were checked."""

from __future__ import annotations

import io
from collections.abc import Sequence

WIDTH = 595
"""Of a page in points, as A4 has it; the height follows the picture."""


def with_scans(pdf: bytes, scans: Sequence[bytes]) -> bytes:
    """The file with one page for each picture at its end; nothing of a picture is encoded anew.

    Args:
        pdf: the typeset pages.
        scans: checked copies of ours (JPEG, RGB).
    """
    from PIL import Image
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import NumberObject, pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.writer import PageObject

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for scan in scans:
        with Image.open(io.BytesIO(scan), formats=["JPEG"]) as opened:
            width, height = opened.size
        picture = generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Image"),
                pdf_name("/Width"): NumberObject(width),
                pdf_name("/Height"): NumberObject(height),
                pdf_name("/ColorSpace"): pdf_name("/DeviceRGB"),
                pdf_name("/BitsPerComponent"): NumberObject(8),
                pdf_name("/Filter"): pdf_name("/DCTDecode"),
            },
            encoded_data=scan,
        )
        high = round(WIDTH * height / width)
        drawn = generic.StreamObject(stream_data=f"{WIDTH} 0 0 {high} 0 0 cm /Scan Do".encode())
        named = generic.DictionaryObject({pdf_name("/Scan"): writer.add_object(picture)})
        page = PageObject(
            contents=writer.add_object(drawn),
            media_box=(0, 0, WIDTH, high),
            resources=generic.DictionaryObject({pdf_name("/XObject"): named}),
        )
        writer.insert_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
