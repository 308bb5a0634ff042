//! What the slots lie on: a file, or memory for tests and rehearsals.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    sync::{PoisonError, RwLock},
};

/// Bytes that are overwritten in place.
pub(crate) trait Medium: Send + Sync {
    /// Reads exactly as much as `bytes` holds.
    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()>;
    /// Overwrites in place, or appends.
    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Returns when everything written has reached the device.
    fn sync(&self) -> io::Result<()>;
    /// How many bytes there are.
    fn length(&self) -> io::Result<u64>;
}

impl Medium for File {
    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.read_exact_at(bytes, offset)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }
}

/// Bytes in memory; gone with the process.
#[derive(Default)]
pub(crate) struct Memory(RwLock<Vec<u8>>);

impl Memory {
    fn range(offset: u64, length: usize) -> io::Result<std::ops::Range<usize>> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        Ok(start..start.saturating_add(length))
    }
}

impl Medium for Memory {
    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let part = all.get(Self::range(offset, bytes.len())?).ok_or(io::ErrorKind::UnexpectedEof)?;
        bytes.copy_from_slice(part);
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let range = Self::range(offset, bytes.len())?;
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() < range.end {
            all.resize(range.end, 0);
        }
        all.get_mut(range).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        let length = self.0.read().unwrap_or_else(PoisonError::into_inner).len();
        u64::try_from(length).map_err(io::Error::other)
    }
}
