"""Who else opens an account, with which paper: other documents, minors, older people."""
