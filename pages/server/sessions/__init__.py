"""The logins that stand. A cookie alone, copied or kept, is none: they begin with the provider's answer and end here."""
