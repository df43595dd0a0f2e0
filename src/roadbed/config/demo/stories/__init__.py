"""The incidents of the company, as data: what broke, who answered, what ended it, what was learned."""

from __future__ import annotations

from typing import Final

from roadbed.config.demo.stories.earlier import EARLIER
from roadbed.config.demo.stories.latest import LATEST
from roadbed.config.demo.stories.recent import RECENT
from roadbed.config.demo.stories.telling import Act, Learned, Story
from roadbed.config.demo.stories.today import TODAY

STORIES: Final[tuple[Story, ...]] = (*EARLIER, *RECENT, *LATEST, *TODAY)

__all__ = ["STORIES", "TODAY", "Act", "Learned", "Story"]
