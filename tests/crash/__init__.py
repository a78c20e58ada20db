"""Monitor, agent and broker are killed at every step of an incident's life; printers that count tell the outcome."""
