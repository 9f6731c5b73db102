"""Certificate, agreements, signature: from the pack that was read to the signed PDF."""
