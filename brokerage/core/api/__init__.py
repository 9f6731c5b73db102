"""The API kernel: strict input, declared scopes, keyset pages, problem documents, limits.

Every endpoint is an `ApiViewSet`; what it does not declare is refused.
"""
