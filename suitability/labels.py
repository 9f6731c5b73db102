"""Words for what reasons name by a key: kinds, types, facts, steps, factors, categories."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: dict[str, Any] = {
    "1": _("Licensed financial institution"),
    "2": _("Product of a licensed institution"),
    "3": _("Social security, annuity, charity, QFII or RQFII"),
    "4": _("Legal person or other organisation"),
    "5": _("Natural person"),
    "6": _("Converted on application"),
}
TYPES: dict[str, Any] = {
    "fixed_income": _("fixed income"),
    "equity": _("equity"),
    "derivatives": _("derivatives and margin"),
    "complex": _("complex and other"),
}
HORIZONS: dict[str, Any] = {
    "one_year": _("up to one year"),
    "five_years": _("up to five years"),
    "any": _("however long it takes"),
}
"""How long somebody wants to invest, as the matrix names it."""
FACTS: dict[str, Any] = {
    "licence": _("licence or registration"),
    "product_filing": _("filing of the product"),
    "special_status": _("special status"),
    "net_assets": _("net assets"),
    "financial_assets": _("financial assets"),
    "average_income_3y": _("average yearly income of the last three years"),
    "investing_months": _("investing experience"),
    "related_work_months": _("work in product design, investment or risk control"),
    "senior_manager": _("senior manager of a financial institution"),
    "certified": _("accountant or lawyer in financial business"),
    "finance_work_months": _("work in finance"),
    "paid_in_capital": _("paid-in capital"),
    "no_shareholder_or_affiliate": _("neither shareholder nor affiliate of the firm"),
    "margin_qualified": _("margin trading permission"),
    "financial_futures_record": _("record in financial futures"),
    "options_simulated_1": _("simulated option trades, level 1"),
    "options_simulated_2": _("simulated option trades, level 2"),
    "options_simulated_3": _("simulated option trades, level 3"),
    "household_net_financial_assets": _("net financial assets of the household"),
    "household_financial_assets": _("financial assets of the household"),
    "purchase": _("amount of this purchase"),
    "qualified_investor_confirmation": _("confirmation as a qualified investor"),
    "chinext_disclosure": _("signed risk disclosure, ChiNext"),
    "star_disclosure": _("signed risk disclosure, STAR"),
    "bse_disclosure": _("signed risk disclosure, Beijing Stock Exchange"),
    "neeq_disclosure": _("signed risk disclosure, NEEQ"),
    "stock_connect_disclosure": _("signed risk disclosure, Stock Connect"),
    "margin_disclosure": _("signed risk disclosure, margin trading"),
    "options_disclosure": _("signed risk disclosure, options"),
    "convertible_disclosure": _("signed risk disclosure, convertible bonds"),
    "delisting_disclosure": _("signed risk disclosure, delisting period"),
    "risk_warning_disclosure": _("signed risk disclosure, risk-warning shares"),
    "reit_disclosure": _("signed risk disclosure, REITs"),
}
ENTRY: dict[str, Any] = {
    "qualified_private": _("qualified investor for private funds"),
    "qualified_plan": _("qualified investor for asset-management plans"),
}
"""Entry requirements that are no fact of a permission; whether one is met, higher apps prove."""
SIMULATED: dict[str, Any] = {
    "simulated_trading": _("simulated trading, in place of the test of knowledge"),
    **{key: FACTS[key] for key in FACTS if key.startswith("options_simulated_")},
}
"""What can be practised in a simulated market."""
STEPS: dict[str, Any] = {
    "application": _("written application"),
    "acceptance_of_risk": _("acceptance of the risk"),
    "extra_information": _("additional information"),
    "knowledge_test": _("test of knowledge or simulated trading"),
    "lost_protections_explained": _("explanation of the protection that is lost"),
    "risk_warning": _("risk warning"),
}
NOTICES: dict[str, Any] = {
    "five": _("five things before you buy"),
    "points": _("what to know of a high-risk product"),
}
FACTORS: dict[str, Any] = {
    "liquidity": _("liquidity"),
    "maturity": _("time to maturity"),
    "leverage": _("leverage"),
    "structure": _("structure"),
    "minimum": _("minimum amount"),
    "direction": _("direction of investment"),
    "offering": _("way of offering"),
    "issuer": _("credit of the issuer"),
    "past": _("past results of the like"),
    "possible_loss": _("possible loss"),
    "transfer": _("how easily it can be passed on"),
    "borders": _("cross-border parts"),
    "category": _("category"),
}
CATEGORIES: dict[str, Any] = {
    "treasury_bond": _("treasury bond"),
    "reverse_repo": _("reverse repo"),
    "money_fund": _("money fund"),
    "local_government_bond": _("local-government bond"),
    "policy_bank_bond": _("policy-bank bond"),
    "bond_aa_plus": _("bond rated AA+ or better"),
    "bond_aa": _("bond rated AA"),
    "share": _("share"),
    "chinext": _("ChiNext share"),
    "covered_option_writing": _("covered writing of options"),
    "convertible_bond": _("convertible bond"),
    "public_reit": _("public REIT"),
    "star": _("STAR share"),
    "bse": _("share on the Beijing Stock Exchange"),
    "stock_connect": _("Stock Connect share"),
    "risk_warning_share": _("risk-warning share"),
    "delisting_share": _("share in the delisting period"),
    "margin": _("margin financing and lending"),
    "option_buying": _("buying of options"),
    "private_fund": _("private fund"),
    "asset_management_plan": _("asset-management plan"),
    "option_writing": _("writing of options on margin"),
    "other": _("other"),
}

LEVELS: dict[str, Any] = {
    "any_day": pgettext_lazy("level", "Any day"),
    "within_a_year": pgettext_lazy("level", "Within a year"),
    "within_three_years": pgettext_lazy("level", "Within three years"),
    "within_five_years": pgettext_lazy("level", "Within five years"),
    "longer": pgettext_lazy("level", "Longer"),
    "none": pgettext_lazy("level", "None"),
    "up_to_140_percent": pgettext_lazy("level", "Up to 140%"),
    "up_to_200_percent": pgettext_lazy("level", "Up to 200%"),
    "above": pgettext_lazy("level", "Above that"),
    "simple": pgettext_lazy("level", "Simple"),
    "layered": pgettext_lazy("level", "Layered"),
    "complex": pgettext_lazy("level", "Complex"),
    "derivative": pgettext_lazy("level", "Derivative"),
    "under_10k": pgettext_lazy("level", "Under 10,000 yuan"),
    "under_1m": pgettext_lazy("level", "Under 1 million yuan"),
    "from_1m": pgettext_lazy("level", "From 1 million yuan"),
    "cash": pgettext_lazy("level", "Cash"),
    "investment_grade": pgettext_lazy("level", "Investment grade"),
    "mixed": pgettext_lazy("level", "Mixed"),
    "equity": pgettext_lazy("level", "Equity"),
    "derivatives": pgettext_lazy("level", "Derivatives"),
    "public": pgettext_lazy("level", "Public"),
    "private": pgettext_lazy("level", "Private"),
    "state": pgettext_lazy("level", "State"),
    "aa_plus": pgettext_lazy("level", "AA+"),
    "aa": pgettext_lazy("level", "AA"),
    "lower": pgettext_lazy("level", "Lower"),
    "steady": pgettext_lazy("level", "Steady"),
    "moderate": pgettext_lazy("level", "Moderate"),
    "volatile": pgettext_lazy("level", "Volatile"),
    "unknown": pgettext_lazy("level", "Unknown"),
    "hardly": pgettext_lazy("level", "Hardly any"),
    "part": pgettext_lazy("level", "Part of it"),
    "most_or_all": pgettext_lazy("level", "Most or all"),
    "more_than_all": pgettext_lazy("level", "More than all"),
    "easy": pgettext_lazy("level", "Easy"),
    "hard": pgettext_lazy("level", "Hard"),
    "domestic": pgettext_lazy("level", "Domestic"),
    "cross_border": pgettext_lazy("level", "Cross-border"),
}
"""Levels of the factors that grade an item."""

LABELS: dict[str, dict[str, Any]] = {
    "kind": KINDS,
    "type": TYPES,
    "fact": FACTS | ENTRY,
    "step": STEPS,
    "notice": NOTICES,
    "factor": FACTORS,
    "category": CATEGORIES,
}
"""By the name of the parameter."""
