"""Three monitors share ninety printers; nodes are killed, frozen and cut off; printers that count tell the outcome."""
