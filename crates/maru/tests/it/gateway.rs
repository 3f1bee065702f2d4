//! `maru gateway serve` as a process.
#![cfg(target_os = "linux")]

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Killed in any case, so that nothing goes on after a test that failed.
struct Served(Child, #[expect(dead_code, reason = "is dropped")] tempfile::TempDir);

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Served {
    fn start(command: &[&str], address: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut maru = Command::new(env!("CARGO_BIN_EXE_maru"));
        maru.args(command).arg("--data").arg(folder.path().join("data")).args(["--address", &address.to_string()]);
        maru.env_remove("MARU_CONFIG").env_remove("MARU_DATABASE").env("RUST_LOG", "warn");
        let served = Self(maru.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), folder);
        let until = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < until, "it does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        served
    }

    /// What the system says of the process under a name.
    fn said(&self, file: &str, name: &str) -> String {
        let text = std::fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn a_gateway_alone_has_small_pages_and_every_file_that_it_may_open() {
    let gateway = Served::start(&["gateway", "serve"], free());
    assert_eq!(gateway.said("status", "THP_enabled:"), "0");
    // The allocator may have taken one or two before `main` began.
    let large = gateway.said("smaps_rollup", "AnonHugePages:");
    assert!(large.strip_suffix(" kB").unwrap().parse::<u64>().unwrap() <= 8 << 10, "{large}");
    let limits = gateway.said("limits", "Max open files");
    let limits: Vec<&str> = limits.split(' ').collect();
    assert_eq!(limits[0], limits[1], "the soft limit is the hard one");
    // What walks through millions of households keeps its large pages.
    let whole = Served::start(&["serve"], free());
    let own = std::fs::read_to_string("/proc/self/status").unwrap();
    assert!(own.contains(&format!("THP_enabled:\t{}\n", whole.said("status", "THP_enabled:"))));
}

#[test]
fn an_address_is_shared_only_by_gateways_that_all_want_it() {
    let address = free();
    let _first = Served::start(&["gateway", "serve", "--share-address"], address);
    let mut second = Served::start(&["gateway", "serve", "--share-address"], address);
    let third = Served::start(&["gateway", "serve"], address).0.wait().unwrap();
    assert!(!third.success(), "it wants the address for itself");
    assert!(second.0.try_wait().unwrap().is_none(), "it serves on");
}
