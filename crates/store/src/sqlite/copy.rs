//! A copy of the whole database.

use std::{fs, path::Path};

use rusqlite::Connection;

use super::{
    connection::{create_private, sync_folder},
    fault::{failed, refused},
};
use crate::StoreError;

/// Writes a consistent copy to a new file, on the disk when this returns.
///
/// With `VACUUM INTO`, which writes living rows only: SQLite's backup interface would copy the remnants of deleted
/// ones along.
pub(super) fn to(conn: &Connection, file: &Path) -> Result<(), StoreError> {
    let doing = "copying the database";
    let file = std::path::absolute(file).map_err(|error| failed(doing, error))?;
    let name = file.to_str().ok_or_else(|| refused("copying the database: the file name is not Unicode"))?;
    // SQLite takes an empty file; made here, it never is readable for others.
    let target = create_private(&file).map_err(|error| failed(doing, error))?;
    let copied = conn
        .execute("VACUUM INTO ?1", [name])
        .map_err(|error| failed(doing, error))
        .and_then(|_| target.sync_all().and_then(|()| sync_folder(&file)).map_err(|error| failed(doing, error)));
    if copied.is_err() {
        // Half a copy must not be taken for one.
        let _ = fs::remove_file(&file);
    }
    copied
}
