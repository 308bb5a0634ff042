//! The folder of the keys: lock, header, slots.
//!
//! ```text
//! keys/lock     locked while a process works with the keys
//! keys/header   "OBHKEYS1" | deployment 16 | an empty message sealed under the root key 72 | zeros; written once
//! keys/slots    a copy of the header, then the slots; overwritten in place, never renamed, never shortened
//! root/root.key the root key, see `unlock`
//! ```
//!
//! At the first start the header is written last and thereby says that the rest is complete. From then on nothing is
//! ever created again in its place: a missing root key or file of slots is an error, not a reason to start afresh.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::{
    derive::Key,
    error::KeyringError,
    medium::Medium,
    random::{self, Random},
    sealed, slot,
    unlock::Unlock,
};

const MAGIC: &[u8; 8] = b"OBHKEYS1";
const LABEL: &[u8] = b"obhut/v1/keys\0";

/// What an open folder offers.
pub(crate) struct Folder {
    /// The deployment it belongs to.
    pub(crate) deployment: [u8; 16],
    /// The root key.
    pub(crate) root: Key,
    /// The file of slots.
    pub(crate) slots: File,
    /// The lock; released when dropped.
    pub(crate) lock: File,
}

impl Folder {
    /// Opens the folder, or makes it at the first start.
    pub(crate) fn open(dir: &Path, unlock: &Unlock, random: &dyn Random) -> Result<Self, KeyringError> {
        let dir = &dir.join("keys");
        make_dir(dir)?;
        let lock = lock(dir)?;
        let path = dir.join("header");
        let header = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(KeyringError::io(format!("reading {}", path.display()))(error)),
        };
        let root = unlock.load()?;
        let (header, root) = match (header, root) {
            (Some(header), Some(root)) => {
                let header = header.try_into().map_err(|_length| KeyringError::HeaderInvalid(dir.clone()))?;
                (header, root)
            }
            (Some(_), None) => return Err(unlock.missing()),
            (None, root) => first_start(dir, root, unlock, random)?,
        };
        let deployment = check_header(dir, &header, &root)?;
        let slots = open_slots(dir, &header)?;
        Ok(Self { deployment, root, slots, lock })
    }
}

fn lock(dir: &Path) -> Result<File, KeyringError> {
    let path = dir.join("lock");
    let what = format!("locking {}", path.display());
    let file = file_options().create(true).truncate(false).open(&path).map_err(KeyringError::io(what.clone()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(KeyringError::InUse(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(KeyringError::io(what)(error)),
    }
}

/// Makes root key, slots and header, in this order.
fn first_start(
    dir: &Path,
    root: Option<Key>,
    unlock: &Unlock,
    random: &dyn Random,
) -> Result<([u8; slot::SIZE], Key), KeyringError> {
    let path = dir.join("slots");
    // More than the copy of the header means that keys have been made: then the header was lost, not never written.
    if fs::metadata(&path).is_ok_and(|slots| slots.len() > slot::SIZE as u64) {
        return Err(KeyringError::HeaderInvalid(dir.to_owned()));
    }
    let root = match root {
        Some(root) => root,
        None => unlock.create(random)?,
    };
    let deployment: [u8; 16] = random::bytes(random);
    let check = sealed::seal(&root, &[LABEL, &deployment].concat(), random::bytes(random), b"")?;
    let mut header = [0; slot::SIZE];
    let content = MAGIC.iter().chain(&deployment).chain(&check);
    for (byte, value) in header.iter_mut().zip(content) {
        *byte = *value;
    }
    write_new(&path, &header)?;
    write_new(&dir.join("header"), &header)?;
    Ok((header, root))
}

/// The deployment of the header, if the root key is the one of the header.
fn check_header(dir: &Path, header: &[u8; slot::SIZE], root: &Key) -> Result<[u8; 16], KeyringError> {
    let parts = || {
        let rest = header.strip_prefix(MAGIC)?;
        let (deployment, rest) = rest.split_first_chunk::<16>()?;
        let (check, padding) = rest.split_at_checked(sealed::OVERHEAD)?;
        padding.iter().all(|byte| *byte == 0).then_some((deployment, check))
    };
    let (deployment, check) = parts().ok_or_else(|| KeyringError::HeaderInvalid(dir.to_owned()))?;
    sealed::open(root, &[LABEL, deployment].concat(), check)
        .map_err(|_other| KeyringError::OtherRoot(dir.to_owned()))?;
    Ok(*deployment)
}

fn open_slots(dir: &Path, header: &[u8; slot::SIZE]) -> Result<File, KeyringError> {
    let path = dir.join("slots");
    let what = || format!("opening {}", path.display());
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(KeyringError::io(what()))?;
    let mut copy = [0; slot::SIZE];
    file.read(0, &mut copy).map_err(KeyringError::io(what()))?;
    if copy == *header { Ok(file) } else { Err(KeyringError::OtherDeployment(dir.to_owned())) }
}

fn file_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

/// Makes a folder for its owner only, and those above it where they are missing.
pub(crate) fn make_dir(dir: &Path) -> Result<(), KeyringError> {
    let what = || format!("making the folder {}", dir.display());
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(KeyringError::io(what()))?;
    dir.parent().map_or(Ok(()), sync_dir).map_err(KeyringError::io(what()))
}

/// Makes a file that is there completely or not at all. Only for files that did not exist: a rename over an old key
/// would leave its bytes on the device.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    let write = || {
        let unfinished = path.with_extension("unfinished");
        let mut file = file_options().create(true).truncate(true).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        path.parent().map_or(Ok(()), sync_dir)
    };
    write().map_err(KeyringError::io(format!("writing {}", path.display())))
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
