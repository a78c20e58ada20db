"""Who comes in, and what they may do: the gate before every route, log-in, people, tokens, screens."""
