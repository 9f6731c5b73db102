"""Drawn identity cards for tests and for trying the sandbox: marked as specimens, of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from PIL import Image, ImageDraw, ImageFont
from stdnum.cn import uscc

from accounts.signing.typesetting import FONT

SIZE = (1011, 638)
INK, LABEL, PAPER = (20, 20, 20), (60, 110, 170), (226, 236, 243)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Specimen:
    """What stands on a drawn card."""

    name: str = "江映雪"
    sex: str = "女"
    nation: str = "汉"
    born: date = date(1990, 3, 7)
    address: str = "浙江省杭州市西湖区文三路四百七十八号样本小区一幢1203室"
    number: str = ""
    issuer: str = "杭州市公安局西湖分局"
    valid: str = "2015.06.01-2035.06.01"


def number_for(born: date, sequence: str, *, area: str = "330106") -> str:
    """An identity number with a valid check digit, as fictitious as its sequence.

    Args:
        born: birth date.
        sequence: three digits; the last is odd for men. 901 to 908 choose a sandbox scenario.
        area: six digits.
    """
    body = f"{area}{born:%Y%m%d}{sequence}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def portrait_side(specimen: Specimen) -> Image.Image:
    """The side with the portrait, which is a grey outline."""
    image, draw = _paper()
    _row(draw, 70, "姓名", specimen.name)
    _row(draw, 150, "性别", specimen.sex)
    draw.text((270, 150), "民族", font=_font(30), fill=LABEL)
    draw.text((360, 144), specimen.nation, font=_font(38), fill=INK)
    _row(
        draw, 230, "出生", f"{specimen.born:%Y} 年 {specimen.born.month} 月 {specimen.born.day} 日"
    )
    draw.text((60, 310), "住址", font=_font(30), fill=LABEL)
    for place in range(0, len(specimen.address), 11):
        line = specimen.address[place : place + 11]
        draw.text((160, 304 + place // 11 * 50), line, font=_font(38), fill=INK)
    draw.text((60, 545), "公民身份号码", font=_font(30), fill=LABEL)
    number = specimen.number or number_for(specimen.born, "128")
    draw.text((330, 535), number, font=_font(46), fill=INK)
    draw.rectangle((690, 90, 940, 430), fill=(200, 204, 208))
    draw.ellipse((750, 140, 880, 300), fill=(150, 156, 162))
    _mark(image)
    return image


def emblem_side(specimen: Specimen) -> Image.Image:
    """The side with issuer and validity; where the emblem would be stands nothing."""
    image, draw = _paper()
    draw.text((330, 80), "中华人民共和国", font=_font(60), fill=INK)
    draw.text((330, 180), "居民身份证", font=_font(90), fill=INK)
    draw.text((200, 460), "签发机关", font=_font(32), fill=LABEL)
    draw.text((380, 454), specimen.issuer, font=_font(38), fill=INK)
    draw.text((200, 540), "有效期限", font=_font(32), fill=LABEL)
    draw.text((380, 534), specimen.valid, font=_font(38), fill=INK)
    _mark(image)
    return image


def sheet(title: str, side: str) -> Image.Image:
    """A sheet that stands for another paper or a proof: its title, and nothing of anybody."""
    image, draw = _paper()
    draw.text((60, 120), title, font=_font(44), fill=INK)
    draw.text((60, 220), side, font=_font(32), fill=LABEL)
    _mark(image)
    return image


def photographed(card: Image.Image, *, angle: float = 2.0, scale: float = 1.0) -> Image.Image:
    """The card on a table, a little turned."""
    table = Image.new("RGB", (1300, 900), (120, 104, 88))
    turned = card.convert("RGBA").rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    table.paste(turned, (120, 100), turned)
    return table.resize((round(1300 * scale), round(900 * scale)))


def _paper() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    for x in range(0, SIZE[0], 9):
        draw.line((x, 0, x - 120, SIZE[1]), fill=(214, 228, 238))
    return image, draw


def _row(draw: ImageDraw.ImageDraw, y: int, label: str, value: str) -> None:
    draw.text((60, y), label, font=_font(30), fill=LABEL)
    draw.text((160, y - 6), value, font=_font(40), fill=INK)


def _mark(image: Image.Image) -> None:
    """The word that says what it is, where no field stands."""
    draw = ImageDraw.Draw(image)
    draw.text((560, 16), "SPECIMEN 样本，无效", font=_font(36), fill=(205, 90, 90))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def credit_code_for(sequence: str) -> str:
    """The credit code of an organisation that does not exist, with a valid check character.

    Args:
        sequence: three places; 901 to 909 choose a sandbox scenario.
    """
    body = f"91330702MA2EXA{sequence}"
    return body + str(uscc.calc_check_digit(body))


NAMES = ("江映雪", "陆知远", "沈青禾", "顾南乔", "叶书言", "苏念安", "程砚秋", "林见鹿")


def invented(person: int, sequence: str = "") -> Specimen:
    """An invented person, always the same for a number; another one for each number.

    Args:
        person: from 1 to 365.
        sequence: of a sandbox scenario (901 to 908); empty for somebody whom everything fits.
    """
    born = date(1989, 12, 31) + timedelta(days=person)
    known = sequence or f"{100 + person % 100:03d}"
    return Specimen(
        name=NAMES[person % len(NAMES)],
        sex="男" if int(known) % 2 else "女",
        born=born,
        number=number_for(born, known),
    )
