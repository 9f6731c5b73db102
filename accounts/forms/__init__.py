"""One form for each step: what is answered, and the use case that keeps it."""

from accounts.forms.agreeing import ConsentsForm, SharingForm
from accounts.forms.base import StepForm
from accounts.forms.identity import IdentityForm
from accounts.forms.places import BankForm, OutletForm
from accounts.forms.profile import ProfileForm
from accounts.forms.tax import TaxForm

FORMS: dict[str, type[StepForm]] = {
    form.step.value: form
    for form in (
        ConsentsForm,
        IdentityForm,
        ProfileForm,
        TaxForm,
        OutletForm,
        BankForm,
        SharingForm,
    )
}

__all__ = ["FORMS", "IdentityForm", "ProfileForm", "StepForm"]
