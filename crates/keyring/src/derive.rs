//! Keys, and keys from keys.

use aws_lc_rs::{digest, hkdf, hmac};
use zeroize::Zeroizing;

use crate::{error::KeyringError, random::Random};

/// A 32-byte key: wiped when dropped, and without `Debug`, `Clone` or comparison.
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// A new random key.
    pub(crate) fn random(random: &dyn Random) -> Self {
        let mut key = Self(Zeroizing::new([0; 32]));
        random.fill(key.0.as_mut());
        key
    }

    /// The key with these bytes, if there are exactly 32.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        <[u8; 32]>::try_from(bytes).ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A length of key material, as the library wants it told.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn fill<const N: usize>(prk: &hkdf::Prk, info: &[&[u8]]) -> Result<Zeroizing<[u8; N]>, KeyringError> {
    let mut output = Zeroizing::new([0; N]);
    prk.expand(info, Length(N)).and_then(|okm| okm.fill(output.as_mut())).map_err(|_refused| KeyringError::Crypto)?;
    Ok(output)
}

/// HKDF-Expand-SHA-512 (RFC 5869). The parts of `info` are concatenated, so they must be parseable as one.
pub(crate) fn expand<const N: usize>(key: &Key, info: &[&[u8]]) -> Result<Zeroizing<[u8; N]>, KeyringError> {
    fill(&hkdf::Prk::new_less_safe(hkdf::HKDF_SHA512, key.bytes()), info)
}

/// The key of the values of one person in one retention class: it needs both keys, so destroying either is enough.
pub(crate) fn record_key(subject: &Key, class: &Key) -> Result<Key, KeyringError> {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA512, class.bytes()).extract(subject.bytes());
    fill(&prk, &[b"obhut/v1/record-input-key"]).map(Key)
}

/// The blind index of a normalised value of `field` under a tenant's key.
pub(crate) fn blind_index(tenant: &Key, field: &str, value: &str) -> Result<[u8; 16], KeyringError> {
    let key = Key(expand(tenant, &[b"obhut/v1/bidx\0", field.as_bytes()])?);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.bytes()), value.as_bytes());
    tag.as_ref().first_chunk().copied().ok_or(KeyringError::Crypto)
}

/// The first bytes of SHA-256 of a name: a name of any length in a field of fixed length.
pub(crate) fn name_hash<const N: usize>(name: &str) -> [u8; N] {
    const { assert!(N <= digest::SHA256_OUTPUT_LEN) };
    let mut hash = [0; N];
    for (byte, digest) in hash.iter_mut().zip(digest::digest(&digest::SHA256, name.as_bytes()).as_ref()) {
        *byte = *digest;
    }
    hash
}
