//! The gateway of tools, spoken with by the official SDK of the Model Context Protocol.
