//! What the public sees of the log: checkpoint, tiles, entries, proofs.

use crate::{
    database::{DatabaseError, Sql},
    head::{Head, read_tile},
    ledger::{Ledger, LedgerError},
    merkle::{
        Hash,
        proofs::{consistency_proof, inclusion_proof},
        tiles::{LogPath, TILE_WIDTH, TileError, TileNodes, bundle},
    },
    record::entry,
};

/// A resource of the public log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogResource {
    /// The media type.
    pub content_type: &'static str,
    /// The body.
    pub bytes: Vec<u8>,
    /// Whether it never changes (tiles and entries), so that caches may keep it for ever.
    pub immutable: bool,
}

/// Gives the nodes of the log out of the tiles in the database.
pub(crate) fn nodes(
    sql: &mut dyn Sql,
    size: u64,
) -> TileNodes<impl FnMut(LogPath) -> Result<Option<Vec<u8>>, DatabaseError>> {
    TileNodes::new(size, move |path| match path {
        LogPath::Tile { level, number, .. } => read_tile(sql, level, number),
        _ => Ok(None),
    })
}

pub(crate) fn tile_error(error: TileError<DatabaseError>) -> DatabaseError {
    match error {
        TileError::Fetch(error) => error,
        missing @ TileError::Missing { .. } => DatabaseError::Damaged { reason: missing.to_string() },
    }
}

fn resource(sql: &mut dyn Sql, path: LogPath) -> Result<Option<LogResource>, DatabaseError> {
    let octets = |bytes| LogResource { content_type: "application/octet-stream", bytes, immutable: true };
    match path {
        LogPath::Checkpoint => {
            let bytes = Head::read(sql)?.note.into_bytes();
            Ok(Some(LogResource { content_type: "text/plain; charset=utf-8", bytes, immutable: false }))
        }
        LogPath::Tile { level, number, width } => {
            let bytes = read_tile(sql, level, number)?.unwrap_or_default();
            let length = usize::try_from(width * 32).unwrap_or(usize::MAX);
            Ok(bytes.get(..length).map(|bytes| octets(bytes.to_vec())))
        }
        LogPath::Entries { number, width } => {
            let Some(first) = number.checked_mul(TILE_WIDTH) else { return Ok(None) };
            let Some(end) = first.checked_add(width) else { return Ok(None) };
            let statement = "SELECT digest FROM events WHERE position >= $1 AND position < $2 ORDER BY position";
            let rows = sql.query(statement, &[first.into(), end.into()])?;
            if (rows.len() as u64) < width {
                return Ok(None);
            }
            let entries = rows.iter().map(|row| row.bytes(0).map(|digest| entry(&digest)));
            let entries = entries.collect::<Result<Vec<_>, _>>()?;
            Ok(Some(octets(bundle(entries.iter().map(Vec::as_slice)))))
        }
    }
}

impl Ledger {
    /// The newest checkpoint: a C2SP signed note.
    pub async fn checkpoint(&self) -> Result<String, LedgerError> {
        Ok(self.read(|sql| Ok(Head::read(sql)?.note)).await?)
    }

    /// The bytes at a path of the public log (`checkpoint`, `tile/0/000`, `tile/entries/000.p/5`), as C2SP tlog-tiles
    /// has it; nothing if there is no such path.
    pub async fn log_resource(&self, path: &str) -> Result<Option<LogResource>, LedgerError> {
        let Some(path) = LogPath::parse(path) else { return Ok(None) };
        Ok(self.read(move |sql| resource(sql, path)).await?)
    }

    /// The public key of the log, as a C2SP note verifier key: print it where people look for it.
    pub fn verifier_key(&self) -> String {
        self.inner.verifier.to_string()
    }

    /// The path from the leaf at `position` to the root of the log at `size` entries; nothing if there is no such leaf.
    pub async fn inclusion_proof(&self, position: u64, size: u64) -> Result<Option<Vec<Hash>>, LedgerError> {
        let proof = self.read(move |sql| {
            if size > Head::read(sql)?.size {
                return Ok(None);
            }
            inclusion_proof(&mut nodes(sql, size), position, size).map_err(tile_error)
        });
        Ok(proof.await?)
    }

    /// The proof that the log at `old` entries is the beginning of the log at `new` entries; nothing if it never had so
    /// many.
    pub async fn consistency_proof(&self, old: u64, new: u64) -> Result<Option<Vec<Hash>>, LedgerError> {
        let proof = self.read(move |sql| {
            if new > Head::read(sql)?.size {
                return Ok(None);
            }
            consistency_proof(&mut nodes(sql, new), old, new).map_err(tile_error)
        });
        Ok(proof.await?)
    }
}
