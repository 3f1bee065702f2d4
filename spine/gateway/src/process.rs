//! What a process that is a gateway asks of the system before it begins.

use tokio::net::{TcpListener, TcpSocket, lookup_host};

/// Connections that may wait to be accepted.
const WAITING_CONNECTIONS: u32 = 1_024;

/// Lets this process have as many files and connections at once as it may; says how many that are, nothing where there is no limit to
/// raise. Systems begin with 1,024 for programs that were written long ago, and a stream takes two: one to the caller, one to the server.
#[cfg(unix)]
pub fn raise_descriptor_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return maximum;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, ?current, "the limit of open files could not be raised");
            current
        }
    }
}

/// There is no such limit.
#[cfg(not(unix))]
pub fn raise_descriptor_limit() -> Option<u64> {
    None
}

/// Keeps this process from pages of 2 MiB, of which the allocator would ask for all that it has. A gateway keeps thousands of small things for
/// a moment each: of a large page a part is in use and all of it is held. Without them the same load takes 71 MiB instead of 121
/// (docs/benchmarks/gateway.md). Commands that walk through columns of millions of households are faster with large pages, so that this is no
/// setting of the whole program; and it is asked of the system and not of the allocator, whose options are read before `main` begins, from
/// the environment.
///
/// What was allocated before keeps its pages: call it first.
#[cfg(target_os = "linux")]
pub fn use_small_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "large pages cannot be refused here");
    }
}

/// Elsewhere the allocator asks for none.
#[cfg(not(target_os = "linux"))]
pub fn use_small_pages() {}

/// Listens on an address, alone or with others.
///
/// # Errors
/// Where the address is not there, or somebody listens on it who does not share it.
pub async fn listen(address: &str, with_others: bool) -> std::io::Result<TcpListener> {
    if with_others { listen_with_others(address).await } else { TcpListener::bind(address).await }
}

/// Listens on an address together with other processes that listen on it so: the system spreads connections over them. Gateways of one database
/// share budgets, registry and record, so that several serve more streams than one process may have files open.
///
/// # Errors
/// Where the address is not there, or somebody listens on it alone.
async fn listen_with_others(address: &str) -> std::io::Result<TcpListener> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in lookup_host(address).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        #[cfg(unix)]
        socket.set_reuseport(true)?;
        match socket.bind(address).and_then(|()| socket.listen(WAITING_CONNECTIONS)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_listened_on_together_by_those_who_all_want_it_so() {
        let first = listen_with_others("127.0.0.1:0").await.unwrap();
        let address = first.local_addr().unwrap().to_string();
        let _second = listen_with_others(&address).await.unwrap();
        let alone = TcpListener::bind(&address).await.unwrap_err();
        assert_eq!(alone.kind(), std::io::ErrorKind::AddrInUse);
        let alone = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = alone.local_addr().unwrap().to_string();
        assert!(listen_with_others(&address).await.is_err(), "the first one did not want it");
        assert!(listen_with_others("127.0.0.1").await.is_err(), "no port");
    }

    #[cfg(unix)]
    #[test]
    fn as_many_files_as_are_allowed_may_be_open() {
        use rustix::process::{Resource, getrlimit};
        let most = raise_descriptor_limit();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!((limit.current, limit.maximum), (most, most));
    }
}
