"""The bank that keeps a customer's trading money: the link finished, mended, changed."""
