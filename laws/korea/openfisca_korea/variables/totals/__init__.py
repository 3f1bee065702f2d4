"""What a household gets in a month, over all acts."""
