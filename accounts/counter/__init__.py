"""Help at an outlet: a customer releases the case, staff finish exactly the open steps."""
