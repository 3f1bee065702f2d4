//! Events, projections, jobs and the Merkle log, on SQLite and PostgreSQL.
