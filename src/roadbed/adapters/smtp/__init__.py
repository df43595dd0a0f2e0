"""Mail over SMTP, behind the notifier port."""

from roadbed.adapters.smtp.notifier import SmtpNotifier

__all__ = ["SmtpNotifier"]
