//! Accounts, sign-in, sessions, and who may do what.
