//! What can go wrong. No variant carries a value or a key.

use std::{io, path::PathBuf};

use obhut_core::{
    change::KeySlot,
    id::{ClassName, FieldName},
};

/// Why the keyring refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A file or folder could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// The cause.
        source: io::Error,
    },
    /// Another process works with these keys.
    #[error("the keys in {0} are in use by another process")]
    InUse(PathBuf),
    /// There are keys, but the root key that opens them is not there. It is never replaced by a new one.
    #[error("the root key {0} is missing; without it the keys cannot be opened")]
    RootMissing(PathBuf),
    /// The root key's file does not hold 32 bytes.
    #[error("{0} is not a root key: expected exactly 32 bytes")]
    RootInvalid(PathBuf),
    /// The root key is not the one under which these keys are sealed.
    #[error("the root key does not belong to the keys in {0}, or their header is damaged")]
    OtherRoot(PathBuf),
    /// The file of slots belongs to another deployment than the header beside it.
    #[error("the slots in {0} belong to another deployment")]
    OtherDeployment(PathBuf),
    /// The header is missing although there are keys, or it is not one.
    #[error("the header of the keys in {0} is missing or not readable")]
    HeaderInvalid(PathBuf),
    /// The key was destroyed, or there never was one.
    #[error("key slot {} holds no key: it was destroyed or never made", .0.0)]
    NoKey(KeySlot),
    /// The slot holds a key of somebody else. (A damaged owner looks the same.)
    #[error("key slot {} belongs to another owner", .0.0)]
    OtherOwner(KeySlot),
    /// The slot is damaged or half written. Only this key is affected.
    #[error("key slot {} is damaged", .0.0)]
    Damaged(KeySlot),
    /// The key of the class was destroyed, and with it every value of the class in this tenant.
    #[error("there is no key for the class {0:?}: it was destroyed or never made")]
    NoClassKey(ClassName),
    /// The record is not the one the permit is for.
    #[error("the permit is for another person or class than the record")]
    NotPermitted,
    /// The sealed value does not open: wrong place, wrong key, or damaged.
    #[error("the sealed value of {0:?} does not open here")]
    NotOpened(FieldName),
    /// No slot number is left.
    #[error("all key slots are used up")]
    Full,
    /// The cryptographic library refused; it does so only for inputs of impossible size.
    #[error("the cryptographic library refused")]
    Crypto,
}

impl KeyringError {
    /// For `map_err` on input and output.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
