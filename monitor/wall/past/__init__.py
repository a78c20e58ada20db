"""Pages and routes about what was: incidents, records, reports, stored scores and pictures."""
