//! Keys that can be destroyed, and what is sealed under them.
//!
//! Deleting from a database does not delete: free pages, write-ahead logs, copies and disk snapshots keep the bytes
//! (docs/decisions/0003). So every personal value is stored only as a sealed message under a key that needs two
//! others: the key of the person and the key of the retention class. Whoever destroys either has erased the value in
//! every copy there is. What has to be forgotten is 32 bytes, and they lie in one place that is overwritten in place.
//!
//! This crate knows no SQL and no clock; randomness is an argument ([`Random`]) and so is the way to the root key
//! ([`Unlock`]). A value can only be opened with a [`Permit`](obhut_core::access::Permit), and what comes out is a
//! [`Plain`], which cannot be printed or serialised.
//!
//! | module | subject |
//! |---|---|
//! | `sealed` | the sealed message: C2SP chunked-encryption with AES-256-GCM and HKDF-SHA-512 |
//! | `derive` | keys from keys |
//! | `place` | the context that binds a value to its place |
//! | `slot` | the 256 bytes in which a key lies |
//! | `medium`, `folder` | the file of slots; the folders, the lock, the header |
//! | `unlock` | where the root key comes from |
//! | `keyring` | all of it together |
//! | [`normalise`] | when two spellings are one identity |
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects
    )
)]

mod derive;
mod digest;
mod error;
mod folder;
mod keyring;
mod medium;
pub mod normalise;
mod place;
mod plain;
mod random;
mod sealed;
mod slot;
mod unlock;

#[cfg(test)]
mod tests;

pub use digest::sha256;
pub use error::KeyringError;
pub use keyring::{Facets, Keyring};
pub use place::Place;
pub use plain::Plain;
pub use random::{Random, SeededRandom, SystemRandom};
pub use unlock::Unlock;
