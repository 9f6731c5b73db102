"""The API kernel: problem documents, keyset pages, declared scopes."""
