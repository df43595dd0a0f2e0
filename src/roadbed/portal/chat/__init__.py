"""Commands that people write in a chat: read, obeyed as the person who verified that they are it, answered."""
