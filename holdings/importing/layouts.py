"""The columns of each kind of file, and how they become rows (docs/holdings.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from brokerage.reference.models import Exchange, InstrumentKind
from holdings.states import AccountKind, FileKind, Side


class Form(Enum):
    """How a cell is written: a pattern of PostgreSQL, and the type that it is cast to."""

    ACCOUNT = (r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "uuid")
    CODE = (r"^\d{6}$", "varchar")
    MARKET = (rf"^({'|'.join(Exchange.values)})$", "varchar")
    KIND = (rf"^({'|'.join(InstrumentKind.values)})$", "varchar")
    SIDE = (rf"^({'|'.join(Side.values)})$", "varchar")
    NUMBER = (r"^[0-9A-Za-z-]{1,20}$", "varchar")
    NAME = (r"^\S.{0,59}$", "varchar")
    OPTIONAL = (r"^.{0,60}$", "varchar")
    BOARD = (r"^.{0,20}$", "varchar")
    UNITS = (r"^-?\d{1,14}(\.\d{1,6})?$", "numeric")
    MATURES = (r"^(\d{4}-\d{2}-\d{2})?$", "date")
    YUAN = (r"^-?\d{1,18}(\.\d{1,2})?$", "numeric")

    @property
    def pattern(self) -> str:
        """A regular expression that the whole cell fits."""
        return self.value[0]

    @property
    def is_day(self) -> bool:
        """Whether it is a day of the calendar, or empty."""
        return str(self.value[1]) == "date"

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, which is never negative."""
        return str(self.value[1]) == "numeric"


@dataclass(frozen=True)
class Layout:
    """One kind of file.

    Attributes:
        columns: name and form, in the order of the file.
        key: columns that name a row of a day; none may repeat.
        total: the column whose sum is the control total; rows are counted too.
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


_SECURITY = (("market", Form.MARKET), ("code", Form.CODE))

LAYOUTS: dict[FileKind, Layout] = {
    FileKind.SECURITIES: Layout(
        columns=(
            *_SECURITY,
            ("kind", Form.KIND),
            ("board", Form.BOARD),
            ("name_zh", Form.NAME),
            ("name_en", Form.OPTIONAL),
            ("matures", Form.MATURES),
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
        ),
        key=("account", "market", "code"),
        total="value",
        table="holdings_position",
        keys=("account_id", "instrument_id"),
        values=("quantity", "price", "value", "cost"),
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
        ),
        key=("number",),
        total="amount",
        table="holdings_trade",
        keys=("number",),
        values=("account_id", "instrument_id", "side", "quantity", "price", "amount", "fees"),
    ),
}
