//! The store in one SQLite file.
//!
//! | part | subject |
//! |---|---|
//! | `connection`, `schema` | opening, settings, migrations |
//! | `writer`, `group`, `apply` | the one writer thread; many batches in one commit; one batch |
//! | `readers` | snapshots beside the writer |
//! | `tenant`, `subject`, `record`, `history`, `due`, `key`, `credential`, `outbox`, `evidence`, `job` | SQL by subject |
//! | `statement`, `columns`, `sealed`, `fault` | how statements run, values lie in columns, errors come out |

mod apply;
mod columns;
mod connection;
mod copy;
mod credential;
mod due;
mod evidence;
mod fault;
mod group;
mod history;
mod job;
mod key;
mod outbox;
mod readers;
mod record;
mod schema;
mod sealed;
mod statement;
mod subject;
mod tenant;
#[cfg(test)]
mod tests;
mod version;
mod writer;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use obhut_core::{
    change::{Batch, Credential, DisclosureRow, DueRow, JobRun, KeySlot, Message, PolicyVersion, Receipt, Tenant},
    id::{AudienceName, FieldName, RetentionName, SubjectId, TenantId},
    model::{Lang, PolicyHash},
    period::Period,
};
use rusqlite::Connection;

use self::{
    connection::Purpose,
    fault::{Fault, failed, refused},
    readers::{Readers, blocking},
    writer::Writer,
};
use crate::{AuditEntry, AuditFilter, CommitError, DueEntry, Inventory, Store, StoreError, SubjectSnapshot};

/// The store in one SQLite file, or in memory.
///
/// Dropping it commits what was ordered, moves the log into the database and closes the file; it blocks for that long.
#[derive(Debug)]
pub struct SqliteStore(Place);

/// Where it is.
#[derive(Debug)]
enum Place {
    /// In a file: one writer, readers beside it.
    File { path: PathBuf, writer: Writer, readers: Arc<Readers> },
    /// In memory: one connection, used where the caller is. Nothing waits for a disk, and handing the work to another
    /// thread would take longer than the work.
    Memory(Mutex<Connection>),
}

impl SqliteStore {
    /// Opens the store in this file, and creates it if there is none. The folder must exist.
    ///
    /// Refuses a file that is not a database, that is the database of something else, or that a newer program wrote.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let path = connection::prepare_file(path)
            .map_err(|error| failed(&format!("opening the database {}", path.display()), error))?;
        let at = |error: StoreError| StoreError {
            context: format!("{}: {}", path.display(), error.context),
            source: error.source,
        };
        let mut conn = connection::open(&path).map_err(|error| at(failed("opening the database", error)))?;
        schema::identify(&conn).map_err(at)?;
        connection::configure(&conn, Purpose::Write).map_err(|error| at(failed("opening the database", error)))?;
        schema::migrate(&mut conn).map_err(at)?;
        let writer = Writer::start(conn)?;
        let readers = Arc::new(Readers::new(&path));
        Ok(Self(Place::File { path, writer, readers }))
    }

    /// A store that is gone when it is dropped: for tests and rehearsals.
    pub fn in_memory() -> Result<Self, StoreError> {
        let mut conn = Connection::open_in_memory().map_err(|error| failed("opening a database in memory", error))?;
        connection::configure(&conn, Purpose::Write).map_err(|error| failed("opening a database in memory", error))?;
        schema::migrate(&mut conn)?;
        Ok(Self(Place::Memory(Mutex::new(conn))))
    }

    /// Reads the whole database and looks for damage: pages, indexes, references. Takes as long as reading it takes.
    pub async fn verify(&self) -> Result<(), StoreError> {
        let found = self.read("verifying the database", |conn| {
            let page: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            let dangling = conn.prepare("PRAGMA foreign_key_check")?.exists([])?;
            Ok((page == "ok").then_some(!dangling))
        });
        match found.await? {
            Some(true) => Ok(()),
            Some(false) => Err(refused("the database file is damaged: a row refers to one that does not exist")),
            None => Err(refused("the database file is damaged; restore a backup")),
        }
    }

    async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        query: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.0 {
            Place::File { readers, .. } => readers.read(doing, query).await,
            Place::Memory(conn) => query(&lock(conn)).map_err(|fault| fault.into_store_error(doing)),
        }
    }
}

fn lock(conn: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    conn.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Before the writer, which is dropped next, clears the log.
        if let Place::File { readers, .. } = &self.0 {
            readers.close();
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, batch: Batch) -> Result<(), CommitError> {
        match &self.0 {
            Place::File { writer, .. } => writer.commit(batch).await,
            Place::Memory(conn) => group::commit(&lock(conn), &[batch])
                .pop()
                .unwrap_or_else(|| Err(CommitError::Store(refused("committing a batch")))),
        }
    }

    async fn tenant(&self, tenant: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.read("reading a tenant", move |conn| tenant::one(conn, tenant)).await
    }

    async fn tenants(&self, after: Option<TenantId>, limit: usize) -> Result<Vec<Tenant>, StoreError> {
        self.read("reading tenants", move |conn| tenant::page(conn, after, limit)).await
    }

    async fn choices(&self, tenant: TenantId) -> Result<BTreeMap<RetentionName, Period>, StoreError> {
        self.read("reading the choices of a tenant", move |conn| tenant::choices(conn, tenant)).await
    }

    async fn subject(&self, tenant: TenantId, subject: SubjectId) -> Result<Option<SubjectSnapshot>, StoreError> {
        self.read("reading a person", move |conn| subject::one(conn, tenant, subject)).await
    }

    async fn subjects(
        &self,
        tenant: TenantId,
        audience: &AudienceName,
        after: Option<SubjectId>,
        limit: usize,
    ) -> Result<Vec<SubjectSnapshot>, StoreError> {
        let audience = audience.clone();
        self.read("reading people", move |conn| subject::page(conn, tenant, &audience, after, limit)).await
    }

    async fn count_subjects(&self, tenant: TenantId, audience: &AudienceName) -> Result<u64, StoreError> {
        let audience = audience.clone();
        self.read("counting people", move |conn| subject::count(conn, tenant, &audience)).await
    }

    async fn find(&self, tenant: TenantId, field: &FieldName, hash: [u8; 16]) -> Result<Option<SubjectId>, StoreError> {
        let field = field.clone();
        self.read("finding a person", move |conn| subject::find(conn, tenant, &field, &hash)).await
    }

    async fn inventory(&self, tenant: TenantId) -> Result<Inventory, StoreError> {
        self.read("counting what is stored", move |conn| record::inventory(conn, tenant)).await
    }

    async fn receipts(&self, tenant: TenantId, since: Timestamp, limit: usize) -> Result<Vec<Receipt>, StoreError> {
        self.read("reading receipts", move |conn| evidence::receipts(conn, tenant, since, limit)).await
    }

    async fn audit(&self, tenant: TenantId, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let filter = filter.clone();
        self.read("reading the audit log", move |conn| evidence::audit(conn, tenant, &filter, limit)).await
    }

    async fn messages(&self, tenant: TenantId, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.read("reading messages", move |conn| outbox::messages(conn, tenant, limit)).await
    }

    async fn disclosures(&self, tenant: TenantId, subject: SubjectId) -> Result<Vec<DisclosureRow>, StoreError> {
        self.read("reading disclosures", move |conn| outbox::disclosures(conn, tenant, subject)).await
    }

    async fn credential(&self, hash: [u8; 32]) -> Result<Option<(TenantId, Credential)>, StoreError> {
        self.read("reading a credential", move |conn| credential::by_hash(conn, &hash)).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueEntry>, StoreError> {
        self.read("reading what is due", move |conn| due::by(conn, now, limit)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read("reading what is due", due::next).await
    }

    async fn due_of(&self, tenant: TenantId, subject: SubjectId) -> Result<Vec<DueRow>, StoreError> {
        self.read("reading what is due", move |conn| due::of(conn, tenant, subject)).await
    }

    async fn doomed_keys(&self, limit: usize) -> Result<Vec<(TenantId, KeySlot)>, StoreError> {
        self.read("reading doomed keys", move |conn| key::doomed(conn, limit)).await
    }

    async fn versions(&self) -> Result<Vec<PolicyVersion>, StoreError> {
        self.read("reading the versions of the policy", version::versions).await
    }

    async fn notice(
        &self,
        version: PolicyHash,
        audience: &AudienceName,
        lang: Lang,
    ) -> Result<Option<String>, StoreError> {
        let audience = audience.clone();
        self.read("reading a notice", move |conn| version::notice(conn, &version, &audience, lang)).await
    }

    async fn job(&self, job: &str) -> Result<Option<JobRun>, StoreError> {
        let job = job.to_owned();
        self.read("reading the run of a job", move |conn| job::last(conn, &job)).await
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        match &self.0 {
            Place::Memory(conn) => copy::to(&lock(conn), file),
            Place::File { path, .. } => {
                let (path, file) = (path.clone(), file.to_owned());
                // A connection of its own: those of the pool may not write, not even to another file.
                let task = move || {
                    let conn = connection::open(&path).map_err(|error| failed("copying the database", error))?;
                    copy::to(&conn, &file)
                };
                blocking("copying the database", task).await
            }
        }
    }

    async fn compact(&self) -> Result<(), StoreError> {
        match &self.0 {
            Place::File { writer, .. } => writer.compact().await,
            Place::Memory(conn) => {
                lock(conn).execute_batch("VACUUM").map_err(|error| failed("compacting the database", error))
            }
        }
    }
}
