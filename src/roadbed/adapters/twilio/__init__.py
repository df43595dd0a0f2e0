"""Text messages and calls through Twilio's API, and the answers that it brings back, signed."""

from roadbed.adapters.twilio.answers import TwilioAnswers, signature_of
from roadbed.adapters.twilio.notifier import TwilioAccount, TwilioSms, TwilioVoice

__all__ = ["TwilioAccount", "TwilioAnswers", "TwilioSms", "TwilioVoice", "signature_of"]
