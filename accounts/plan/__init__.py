"""The first days of an active account: the customer's next steps, and the outlet's greeting."""
