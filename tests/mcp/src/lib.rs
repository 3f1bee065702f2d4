//! The gateway of tools, spoken with by the official SDK of the Model Context Protocol (`rmcp`): its client before the gateway, its server
//! behind. Only tests live here, so that nothing else waits for the SDK to be compiled.
