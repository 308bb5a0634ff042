//! The sealed message: C2SP chunked-encryption@v1 (<https://c2sp.org/chunked-encryption>) with AES-256-GCM and
//! HKDF-Expand over SHA-512.
//!
//! ```text
//! info = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM" 00 || salt[24] || context
//! okm[76] = HKDF-Expand-SHA-512(input key, info)
//! key = okm[0..32]   base nonce = okm[32..44]   commitment = okm[44..76]
//! message = salt || commitment || AES-256-GCM(key, base nonce xor i, no further data, chunk i) for each 16 KiB chunk
//! ```
//!
//! The last chunk is always shorter than 16 KiB, if need be empty: that is how a truncated message is noticed. The
//! commitment is compared before anything is decrypted, so a message opens under one key and in one context only.
//! The files in `vectors/` hold examples, made and checked by a second implementation.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    constant_time::verify_slices_are_equal,
};
use zeroize::Zeroizing;

use crate::{
    derive::{Key, expand},
    error::KeyringError,
};

/// How much longer than its content a message below 16 KiB is.
pub(crate) const OVERHEAD: usize = SALT + COMMITMENT + TAG;

const LABEL: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";
const SALT: usize = 24;
const COMMITMENT: usize = 32;
const TAG: usize = 16;
const CHUNK: usize = 16 * 1024;
const SEALED_CHUNK: usize = CHUNK + TAG;
/// The number of chunks the construction allows.
const MAX_CHUNKS: u64 = 1 << 38;

/// The message does not open: wrong key, wrong context, or not a bit of it may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotOpened;

/// What a message's key, salt and context lead to.
struct Derived {
    key: LessSafeKey,
    base_nonce: [u8; 12],
    commitment: [u8; COMMITMENT],
}

impl Derived {
    fn new(key: &Key, salt: &[u8; SALT], context: &[u8]) -> Result<Self, KeyringError> {
        let okm: Zeroizing<[u8; 76]> = expand(key, &[LABEL, salt, context])?;
        let (key, rest) = okm.split_first_chunk::<32>().ok_or(KeyringError::Crypto)?;
        let (base_nonce, rest) = rest.split_first_chunk::<12>().ok_or(KeyringError::Crypto)?;
        let commitment = rest.first_chunk::<COMMITMENT>().ok_or(KeyringError::Crypto)?;
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_refused| KeyringError::Crypto)?;
        Ok(Self { key: LessSafeKey::new(key), base_nonce: *base_nonce, commitment: *commitment })
    }

    /// The nonce of a chunk: the base nonce with the chunk's number, as a big-endian integer, mixed in.
    fn nonce(&self, chunk: u64) -> Result<Nonce, KeyringError> {
        if chunk >= MAX_CHUNKS {
            return Err(KeyringError::Crypto);
        }
        let mut nonce = self.base_nonce;
        for (byte, number) in nonce.iter_mut().rev().zip(chunk.to_be_bytes().iter().rev()) {
            *byte ^= number;
        }
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}

/// Seals `plain` in `context`. The salt must be fresh from the source of randomness.
pub(crate) fn seal(key: &Key, context: &[u8], salt: [u8; SALT], plain: &[u8]) -> Result<Vec<u8>, KeyringError> {
    let derived = Derived::new(key, &salt, context)?;
    let (whole, last) = plain.as_chunks::<CHUNK>();
    // Reserved at once: growing would leave copies of the content behind.
    let tags = whole.len().saturating_add(1).saturating_mul(TAG);
    let mut message = Vec::with_capacity(plain.len().saturating_add(tags).saturating_add(SALT + COMMITMENT));
    message.extend_from_slice(&salt);
    message.extend_from_slice(&derived.commitment);
    for (number, chunk) in (0..).zip(whole.iter().map(<[u8; CHUNK]>::as_slice).chain([last])) {
        let start = message.len();
        message.extend_from_slice(chunk);
        let chunk = message.get_mut(start..).ok_or(KeyringError::Crypto)?;
        let tag = derived
            .key
            .seal_in_place_separate_tag(derived.nonce(number)?, Aad::empty(), chunk)
            .map_err(|_refused| KeyringError::Crypto)?;
        message.extend_from_slice(tag.as_ref());
    }
    Ok(message)
}

/// Opens a message: all of it, or nothing.
pub(crate) fn open(key: &Key, context: &[u8], message: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let (salt, rest) = message.split_first_chunk::<SALT>().ok_or(NotOpened)?;
    let (commitment, chunks) = rest.split_first_chunk::<COMMITMENT>().ok_or(NotOpened)?;
    let derived = Derived::new(key, salt, context).map_err(|_refused| NotOpened)?;
    verify_slices_are_equal(commitment, &derived.commitment).map_err(|_differs| NotOpened)?;

    let (whole, last) = chunks.as_chunks::<SEALED_CHUNK>();
    let mut plain = Zeroizing::new(Vec::with_capacity(chunks.len()));
    for (number, chunk) in (0..).zip(whole.iter().map(<[u8; SEALED_CHUNK]>::as_slice).chain([last])) {
        // Also notices a missing last chunk.
        let (body, tag) = chunk.split_last_chunk::<TAG>().ok_or(NotOpened)?;
        let start = plain.len();
        plain.resize(start.saturating_add(body.len()), 0);
        let content = plain.get_mut(start..).ok_or(NotOpened)?;
        let nonce = derived.nonce(number).map_err(|_refused| NotOpened)?;
        derived.key.open_separate_gather(nonce, Aad::empty(), body, tag, content).map_err(|_forged| NotOpened)?;
    }
    Ok(plain)
}
