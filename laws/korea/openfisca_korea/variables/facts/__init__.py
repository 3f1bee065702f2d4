"""Facts about a person or a household that several acts use."""
