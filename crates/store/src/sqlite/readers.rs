//! The readers: connections that see a snapshot each and never wait for the writer.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::{
    connection::{self, Purpose},
    fault::{Fault, failed, refused},
};
use crate::StoreError;

/// How many reads run at the same time. More only compete for the processor.
const READERS: usize = 8;

/// A pool of connections, opened when they are needed first.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// A pool without a connection yet.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(READERS)) }
    }

    /// Runs `query` in one read transaction, off the threads that serve requests.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        doing: &'static str,
        query: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|error| failed(doing, error))?;
        let this = Arc::clone(self);
        let task = move || this.run(&permit, query).map_err(|fault| fault.into_store_error(doing));
        blocking(doing, task).await
    }

    /// The permit is held until the connection is back: there are never more connections than permits.
    fn run<T>(
        &self,
        _permit: &OwnedSemaphorePermit,
        query: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.open()?,
        };
        let result = {
            // Ends, when dropped, with a rollback: it has read only.
            let snapshot = conn.unchecked_transaction()?;
            query(&snapshot)?
        };
        // After an error the connection is closed instead: it may be the cause.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        Ok(result)
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let conn = connection::open(&self.path)?;
        connection::configure(&conn, Purpose::Read)?;
        Ok(conn)
    }

    /// Closes the idle connections.
    pub(super) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Runs something that blocks where it disturbs nobody: on the runtime's threads for that, of whatever kind the
/// runtime is, or right here if there is none.
pub(super) async fn blocking<T: Send + 'static>(
    doing: &'static str,
    task: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match Handle::try_current() {
        Ok(runtime) => match runtime.spawn_blocking(task).await {
            Ok(result) => result,
            Err(_) => Err(refused(format!("{doing}: the runtime is shutting down"))),
        },
        Err(_) => task(),
    }
}
