"""The logins that stand. A cookie alone is none: they begin with the provider's answer, and end here."""
