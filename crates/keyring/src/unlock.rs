//! Where the root key comes from.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{derive::Key, error::KeyringError, folder, random::Random};

/// The provider of the root key, under which all other keys are sealed.
///
/// A file beside the keys protects against nobody who has both; it belongs on another volume. Providers that keep the
/// root key outside the machine (TPM, key management service) will be further variants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unlock {
    /// A file with the 32 bytes of the key, readable for its owner only; made at the first start.
    File(PathBuf),
}

impl Unlock {
    /// The provider used without further configuration: `root/root.key` in the data folder.
    pub fn beside(dir: &Path) -> Self {
        Self::File(dir.join("root").join("root.key"))
    }

    /// The root key, if there is one.
    pub(crate) fn load(&self) -> Result<Option<Key>, KeyringError> {
        let Self::File(path) = self;
        match fs::read(path).map(Zeroizing::new) {
            Ok(bytes) => Key::from_slice(&bytes).ok_or_else(|| KeyringError::RootInvalid(path.clone())).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(KeyringError::io(format!("reading the root key {}", path.display()))(error)),
        }
    }

    /// Makes the root key. The caller has made sure that nothing is sealed under another one.
    pub(crate) fn create(&self, random: &dyn Random) -> Result<Key, KeyringError> {
        let Self::File(path) = self;
        let key = Key::random(random);
        if let Some(dir) = path.parent() {
            folder::make_dir(dir)?;
        }
        folder::write_new(path, key.bytes())?;
        Ok(key)
    }

    /// The error if there are keys but no root key.
    pub(crate) fn missing(&self) -> KeyringError {
        let Self::File(path) = self;
        KeyringError::RootMissing(path.clone())
    }
}
