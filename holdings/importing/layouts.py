"""The columns of each kind of file, and how they become rows (docs/holdings.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from brokerage.reference.models import CODES, Exchange, InstrumentKind
from holdings.states import AccountKind, Currency, FileKind, Side

_REF = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# exactly the days that there are, so that a block of them needs no second look
_LONG = r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT = r"(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_FEBRUARY = r"02-(?:0[1-9]|1[0-9]|2[0-8])"
_OF_FOUR = r"(?:0[48]|[2468][048]|[13579][26])"
_LEAP = rf"(?:[0-9]{{2}}{_OF_FOUR}|(?:00|{_OF_FOUR})00)-02-29"
_DAY = rf"(?!0000)(?:[0-9]{{4}}-(?:{_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP})"


class Form(Enum):
    """How a cell is written: a regular expression, and the column of the staging table.

    No pattern takes in a comma or the end of a line, nor one letter beyond ASCII unless it is a
    free text: `cells.py` puts them together to whole lines. A code looks back at its market.
    """

    ACCOUNT = (_REF, "uuid")
    CUSTOMER = (_REF, "uuid", "of a customer")  # else it would be another name of ACCOUNT
    ACCOUNT_KIND = (rf"(?:{'|'.join(AccountKind.values)})", "text")
    CODE = (rf"(?:{'|'.join(f'(?<={market},){code}' for market, code in CODES.items())})", "text")
    MARKET = (rf"(?:{'|'.join(Exchange.values)})", "text")
    KIND = (rf"(?:{'|'.join(InstrumentKind.values)})", "text")
    SIDE = (rf"(?:{'|'.join(Side.values)})", "text")
    NUMBER = (r"[0-9A-Za-z-]{1,20}", "text")
    NAME = (r"\S.{0,59}", "text")
    OPTIONAL = (r".{0,60}", "text")
    BOARD = (r".{0,20}", "text")
    UNITS = (r"[0-9]{1,14}(?:\.[0-9]{1,6})?", "numeric")
    DAY = (_DAY, "date")
    DAY_OR_NONE = (rf"(?:{_DAY})?", "text")
    YUAN = (r"[0-9]{1,18}(?:\.[0-9]{1,2})?", "numeric")
    CURRENCY = (rf"(?:{'|'.join(Currency.values)})?", "text")
    RATE = (r"(?:[0-9]{1,4}(?:\.[0-9]{1,8})?)?", "text")

    @property
    def pattern(self) -> str:
        """A regular expression that the whole cell fits."""
        return self.value[0]

    @property
    def column(self) -> str:
        """The type of its column while the file is checked."""
        return self.value[1]

    @property
    def becomes(self) -> str:
        """The type of what may be empty in a file, and is a null then; empty: stays as it is."""
        return {Form.DAY_OR_NONE: "date", Form.RATE: "numeric"}.get(self, "")

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, which is never negative."""
        return self in (Form.UNITS, Form.YUAN, Form.RATE)

    @property
    def is_free_text(self) -> bool:
        """Whether anything may stand in it that is no comma."""
        return self in (Form.NAME, Form.OPTIONAL, Form.BOARD)


@dataclass(frozen=True)
class Layout:
    """One kind of file.

    Attributes:
        columns: name and form, in the order of the file.
        key: columns that name a row of a day; none may repeat.
        total: the column whose sum is the control total, empty where none has a figure: it is 0
            then. Rows are counted too.
        table: where the rows go.
        keys: columns of the table that name a row of a day.
        values: the other columns of the table.
        accounts: the kind of account that may stand here; any when empty.
        optional: so many of the last columns may be left out of a file; they are empty then.
    """

    columns: tuple[tuple[str, Form], ...]
    key: tuple[str, ...]
    total: str
    table: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    accounts: str = ""
    optional: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The columns as the second line of a file names them."""
        return tuple(name for name, _form in self.columns)

    def has(self, form: Form) -> bool:
        """Whether a column of this form is among them."""
        return any(each is form for _name, each in self.columns)

    @property
    def amounts(self) -> tuple[str, ...]:
        """The columns in yuan."""
        return tuple(name for name, form in self.columns if form is Form.YUAN)


_SECURITY = (("market", Form.MARKET), ("code", Form.CODE))
_ABROAD = (("currency", Form.CURRENCY), ("rate", Form.RATE))

LAYOUTS: dict[FileKind, Layout] = {
    FileKind.ACCOUNTS: Layout(
        columns=(
            ("account", Form.ACCOUNT),
            ("customer", Form.CUSTOMER),
            ("kind", Form.ACCOUNT_KIND),
            ("opened_on", Form.DAY),
            ("closed_on", Form.DAY_OR_NONE),
        ),
        key=("account",),
        total="",
        table="holdings_account",
        keys=("ref",),
        values=("customer_id", "kind", "opened_on", "closed_on"),
    ),
    FileKind.SECURITIES: Layout(
        columns=(
            *_SECURITY,
            ("kind", Form.KIND),
            ("board", Form.BOARD),
            ("name_zh", Form.NAME),
            ("name_en", Form.OPTIONAL),
            ("matures", Form.DAY_OR_NONE),
        ),
        key=("market", "code"),
        total="code",
        table="reference_instrument",
        keys=("market", "code"),
        values=("kind", "board", "name_zh", "name_en", "matures_on"),
        optional=1,
    ),
    FileKind.POSITIONS: Layout(
        columns=(
            ("account", Form.ACCOUNT),
            *_SECURITY,
            ("quantity", Form.UNITS),
            ("price", Form.UNITS),
            ("value", Form.YUAN),
            ("cost", Form.YUAN),
            *_ABROAD,
        ),
        key=("account", "market", "code"),
        total="value",
        table="holdings_position",
        keys=("account_id", "instrument_id"),
        values=("quantity", "price", "value", "cost", "currency", "rate"),
        optional=2,
    ),
    FileKind.CASH: Layout(
        columns=(("account", Form.ACCOUNT), ("amount", Form.YUAN), ("frozen", Form.YUAN)),
        key=("account",),
        total="amount",
        table="holdings_cashbalance",
        keys=("account_id",),
        values=("amount", "frozen"),
    ),
    FileKind.MARGIN: Layout(
        columns=(
            ("account", Form.ACCOUNT),
            ("borrowed_cash", Form.YUAN),
            ("borrowed_securities", Form.YUAN),
        ),
        key=("account",),
        total="borrowed_cash",
        table="holdings_marginbalance",
        keys=("account_id",),
        values=("borrowed_cash", "borrowed_securities"),
        accounts=AccountKind.MARGIN,
    ),
    FileKind.TRADES: Layout(
        columns=(
            ("number", Form.NUMBER),
            ("account", Form.ACCOUNT),
            *_SECURITY,
            ("side", Form.SIDE),
            ("quantity", Form.UNITS),
            ("price", Form.UNITS),
            ("amount", Form.YUAN),
            ("fees", Form.YUAN),
            *_ABROAD,
        ),
        key=("number",),
        total="amount",
        table="holdings_trade",
        keys=("number",),
        values=(
            *("account_id", "instrument_id", "side", "quantity", "price", "amount", "fees"),
            *("currency", "rate"),
        ),
        optional=2,
    ),
}
