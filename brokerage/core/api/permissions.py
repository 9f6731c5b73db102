from rest_framework.permissions import BasePermission


class HasDeclaredScope(BasePermission):
    def has_permission(self, request, view) -> bool:
        return False
