//! Korean text: normal forms, particles, character n-grams.
