//! Writes a log as files, with proofs, for verifiers that are not ours.

use std::{fs, path::Path};

use maru_ledger::{
    Actor, Clock as _, CommandContext, Ledger, StreamId, SystemClock,
    merkle::tiles::{LogPath, TILE_WIDTH},
};

use crate::{
    field::{Inquiry, InquiryCommand, receive},
    open,
};

/// How many inquiries: their events fill tiles of two levels and leave some open.
const INQUIRIES: u64 = 700;

/// At so many inquiries a checkpoint is kept.
const KEPT: [u64; 4] = [0, 1, 256, 500];

pub(crate) async fn export(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("saved")).unwrap();
    fs::create_dir_all(folder.join("proofs")).unwrap();
    let database = folder.join("log.db");
    let ledger = open(&format!("sqlite:{}", database.display())).await;
    for number in 0..INQUIRIES {
        if KEPT.contains(&number) {
            fs::write(folder.join(format!("saved/checkpoint-{number}")), ledger.checkpoint().await.unwrap()).unwrap();
        }
        give(&ledger, number, receive(number)).await;
        if number % 3 == 0 {
            give(&ledger, number, InquiryCommand::Note("전화로 확인".to_owned())).await;
        }
    }
    ledger.erase_subject("person-300", official(), SystemClock.now()).await.unwrap();
    for (number, open) in [(0, true), (299, false), (300, true), (699, true)] {
        let subjects = if open { vec![format!("person-{number}")] } else { Vec::new() };
        let document = ledger.stream_proof(&stream(number), &subjects).await.unwrap().unwrap();
        fs::write(folder.join(format!("proofs/inquiry-{number}.json")), document).unwrap();
    }
    let note = ledger.checkpoint().await.unwrap();
    let size: u64 = note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap();
    let mut paths = vec![LogPath::Checkpoint];
    for number in 0..size.div_ceil(TILE_WIDTH) {
        paths.extend(LogPath::entries_of(size, number));
        paths.extend((0..4).filter_map(|level| LogPath::tile_of(size, level, number)));
    }
    for path in &paths {
        let resource = ledger.log_resource(&path.to_string()).await.unwrap().expect("the log has it");
        let file = folder.join(path.to_string());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, resource.bytes).unwrap();
    }
    fs::write(folder.join("key"), format!("{}\n", ledger.verifier_key())).unwrap();
    ledger.close().await;
    println!("{size} events: {} resources of the log, {} checkpoints, 4 proofs", paths.len(), KEPT.len());
}

fn official() -> Actor {
    Actor::new("account-7", "official")
}

fn stream(number: u64) -> StreamId {
    StreamId::new("inquiry", number).unwrap()
}

async fn give(ledger: &Ledger, number: u64, command: InquiryCommand) {
    let context = CommandContext::new(official(), SystemClock.now());
    ledger.execute::<Inquiry>(&stream(number), command, context).await.unwrap();
}
