"""Who is credited with an opening: who brought the customer, who helped, whose account it is."""
