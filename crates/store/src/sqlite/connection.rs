//! Opening the file: its mode, the settings of a connection.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

/// How long a connection waits for another process (a command run beside the server) before it gives up.
const BUSY: Duration = Duration::from_secs(5);

/// More statements than there are, so none is ever prepared twice.
const STATEMENTS: usize = 128;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The one that writes.
    Write,
    /// One of those that read.
    Read,
}

/// Makes sure that the file exists and that only its owner can read it; returns its absolute path.
pub(super) fn prepare_file(path: &Path) -> io::Result<PathBuf> {
    // Absolute, so that SQLite cannot take the name for a URI with options.
    let path = std::path::absolute(path)?;
    match create_private(&path) {
        Ok(file) => {
            file.sync_all()?;
            sync_folder(&path)?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => make_private(&path)?,
        Err(error) => return Err(error),
    }
    Ok(path)
}

/// Creates a file that only its owner can read. It must not exist.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Takes the rights of others away from a file; SQLite gives its companions (`-wal`, `-shm`) the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    fs::metadata(path)?;
    Ok(())
}

/// Makes the entry of a new file in its folder survive a crash.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        #[cfg(unix)]
        Some(folder) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Opens an existing file, without settings yet.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY)?;
    Ok(conn)
}

/// Applies the settings. What they are good for was measured; see the decision record on the one writer.
pub(super) fn configure(conn: &Connection, purpose: Purpose) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // One plan for each statement whatever its parameters are: the plans that the tests look at are those that run.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Checked when a page is read, so that a damaged file is an error and not a wrong answer.
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // Nothing of ours in a temporary file that nobody erases.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    match purpose {
        Purpose::Write => {
            // A database in memory answers `memory` and stays that.
            let _: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
            // FULL: a commit is acknowledged only when the log has reached the disk.
            conn.pragma_update(None, "synchronous", "FULL")?;
            // Answers with the mode it has set, so it counts as a query.
            let _: i64 = conn.pragma_update_and_check(None, "secure_delete", "ON", |row| row.get(0))?;
        }
        Purpose::Read => conn.pragma_update(None, "query_only", true)?,
    }
    Ok(())
}

/// Moves the log into the database and cuts it to nothing; false if a reader still needs it.
pub(super) fn truncate_log(conn: &Connection, wait: bool) -> rusqlite::Result<bool> {
    if !wait {
        conn.busy_timeout(Duration::ZERO)?;
    }
    let busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    if !wait {
        conn.busy_timeout(BUSY)?;
    }
    Ok(busy? == 0)
}
