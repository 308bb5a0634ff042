//! Digests.

use aws_lc_rs::digest;

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    for (byte, computed) in hash.iter_mut().zip(digest::digest(&digest::SHA256, bytes).as_ref()) {
        *byte = *computed;
    }
    hash
}
